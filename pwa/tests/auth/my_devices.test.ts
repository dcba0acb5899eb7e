// @vitest-environment happy-dom
// The list of one's own devices: which one is in the hand, and signing out another.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import MyDevices from '../../src/auth/MyDevices.svelte';
import { current, session } from '../../src/auth/session.svelte';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { seed } from '../sync/phone';

const device = { form: 'phone', path: 'prf', added_at: '2026-11-01T01:00:00Z', seen_at: '2026-11-22T01:00:00Z', is_this: false, is_open: true };
const mine = [{ ...device, device: 'device-1', name: '李敏的手机', is_this: true }, { ...device, device: 'device-2', name: '旧手机' }];
let centre: Centre;
let ended: string[];

beforeEach(async () => {
  localStorage.clear();
  ended = [];
  centre = new Centre();
  seed(centre);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (path === '/api/session') return new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me }));
    const body = String(init?.body);
    if (!centre.is_down && body.includes('end_own_session')) {
      ended.push((JSON.parse(body) as { variables: { device: string } }).variables.device);
      return new Response(JSON.stringify({ data: { end_own_session: mine.map((one) => (one.is_this ? one : { ...one, is_open: false })) } }));
    }
    if (!centre.is_down && body.includes('own_devices')) return new Response(JSON.stringify({ data: { own_devices: mine } }));
    return centre.fetch(path, init);
  });
  await view.signIn('li_min');
  await view.syncNow();
});
afterEach(async () => {
  cleanup();
  (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
});

const row = (name: string) => document.querySelector(`[data-device="${name}"]`);

it('names each with its last contact, tells which is this one, and signs out another', async () => {
  render(MyDevices);
  await vi.waitFor(() => expect(row('device-2')?.textContent).toContain('旧手机'));
  expect(row('device-1')?.textContent).toContain('这一台');
  expect(row('device-1')?.querySelector('button')).toBeNull();
  expect(row('device-2')?.textContent).toContain('上次联系');

  await fireEvent.click(row('device-2')!.querySelector('[data-action=end-session]')!);
  await vi.waitFor(() => expect(row('device-2')?.textContent).toContain('已退出'));
  expect(ended).toEqual(['device-2']);
  expect(row('device-2')?.querySelector('button')).toBeNull();
});

it('says without a network that the others are not to be seen, and asks again', async () => {
  centre.is_down = true;
  render(MyDevices);
  await vi.waitFor(() => expect(document.querySelector('[role=alert]')?.textContent).toContain('连上网'));
  centre.is_down = false;
  await fireEvent.click(document.querySelector('[data-action=devices-again]')!);
  await vi.waitFor(() => expect(row('device-1')).not.toBeNull());
});
