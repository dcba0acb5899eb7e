// @vitest-environment happy-dom
// Signing in to and out of a shift, on a real database: two taps, two facts, and the hours that follow.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Shift from '../../src/phone/Shift.svelte';
import { current, session } from '../../src/auth/session.svelte';
import * as view from '../../src/view';
import { snack, hideSnack } from '../../src/ui/snack.svelte';
import { Centre } from '../sync/centre';
import { morning } from '../sync/phone';

const today = '01900000-0000-7000-8000-000000000011';
const yesterday = '01900000-0000-7000-8000-000000000012';
let centre: Centre;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: morning });
  localStorage.clear();
  centre = new Centre();
  const made_at = `${String(morning - 90_000_000)}-0000`;
  const shift = { volunteer: 'li_min', activity: '便民服务日', place: '中心大厅', starts_at: '09:00', ends_at: '11:30' };
  centre.write({ record: today, kind: 'shift', client: 21, made_at, replaces: {}, set: { ...shift, shift_on: '2026-11-22' } }, 'chen_jing');
  centre.write({ record: yesterday, kind: 'shift', client: 22, made_at, replaces: {}, set: { ...shift, shift_on: '2026-11-21', signed_in_at: '2026-11-21T01:00:00Z' } }, 'chen_jing');
  const me = { ...centre.me, roles: ['volunteer'] };
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) =>
    path === '/api/session' ? new Response(JSON.stringify({ token: 't', device: 'device-1', me })) : centre.fetch(path, init));
  await view.signIn('li_min');
  await view.syncNow();
  centre.is_down = true;
});
afterEach(async () => {
  cleanup();
  hideSnack();
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function open(record: string) {
  const { container } = render(Shift, { params: { record }, query: new URLSearchParams() });
  const find = <E extends HTMLElement = HTMLElement>(selector: string) => vi.waitFor(() => {
    const found = container.querySelector<E>(selector);
    expect(found, selector).not.toBeNull();
    return found as E;
  });
  return { container, find, tap: async (action: string) => fireEvent.click(await find(`[data-action=${action}]`)) };
}

describe('a shift', () => {
  it('is signed in to with one tap, without a network, and can be taken back', async () => {
    const shift = await open(today);
    await shift.tap('sign-in');
    await shift.find('[data-signed=in]');
    expect((await view.get(today))?.values.signed_in_at).toBe('2026-11-22T01:00:00Z');
    await snack.now?.undo?.();
    await shift.find('[data-action=sign-in]');
    expect((await view.get(today))?.values.signed_in_at ?? null).toBeNull();
  });
  it('signed out makes the hours: first the shift, then the entry', async () => {
    const shift = await open(today);
    await shift.tap('sign-in');
    await shift.find('[data-signed=in]');
    vi.setSystemTime(morning + 150 * 60_000);
    await shift.tap('sign-out');
    await shift.find('[data-signed=out]');
    await shift.find('a[href^="/record/hour_entry/"]');
    const entries = await view.outbox();
    expect(entries.map((entry) => entry.kind)).toEqual(['shift', 'shift', 'hour_entry']);
    expect(entries[2]?.set).toEqual({ volunteer: 'li_min', shift: today, activity: '便民服务日', worked_on: '2026-11-22', started_at: '09:00', ended_at: '11:30', provenance: 'signed' });
    expect(shift.container.textContent).toContain('2 小时 30 分');
  });
  it('that was signed out by a phone that died before the hours still makes them', async () => {
    await view.save('shift', today, { signed_in_at: '2026-11-22T00:58:00Z', signed_out_at: '2026-11-22T00:59:30Z' });
    const shift = await open(today);
    await shift.tap('write-hours');
    await shift.find('a[href^="/record/hour_entry/"]');
    expect((await view.outbox()).at(-1)?.set).toMatchObject({ started_at: '08:58', ended_at: '08:59', provenance: 'signed' });
  });
  it('on a phone whose clock is known to be ten hours wrong is written by the centre’s clock, and both are kept', async () => {
    for (const ahead of [600, -600]) {
      await (await current()).store.put('meta', ahead, 'clock_minutes_ahead');
      vi.setSystemTime(morning + ahead * 60_000);
      const shift = await open(today);
      await shift.tap('sign-in');
      await shift.find('[data-signed=in]');
      expect(shift.container.textContent).toContain('手机时间不准，已按到达时间记');
      const { signed_in_at, phone_in_at } = (await view.get(today))?.values ?? {};
      expect(signed_in_at).toBe('2026-11-22T01:00:00Z');
      expect(Date.parse(String(phone_in_at)) - Date.parse(String(signed_in_at))).toBe(ahead * 60_000);
      await snack.now?.undo?.();
      cleanup();
      hideSnack();
    }
  });
  it('is still today’s on a phone whose clock has already passed midnight', async () => {
    await (await current()).store.put('meta', 16 * 60, 'clock_minutes_ahead');
    vi.setSystemTime(morning + 16 * 3_600_000);
    const shift = await open(today);
    await shift.tap('sign-in');
    await shift.find('[data-signed=in]');
    vi.setSystemTime(morning + 17 * 3_600_000);
    await shift.tap('sign-out');
    await shift.find('a[href^="/record/hour_entry/"]');
    expect((await view.outbox()).at(-1)?.set).toMatchObject({ worked_on: '2026-11-22', started_at: '09:00', provenance: 'signed' });
  });
  it('that nobody signed in to is added as planned with one tap once it is over, as added later', async () => {
    vi.setSystemTime(morning + 5 * 3_600_000);
    const shift = await open(today);
    await shift.tap('add-later');
    await shift.find('a[href^="/record/hour_entry/"]');
    const [turn, hours] = await view.outbox();
    expect(turn?.set).toEqual({ signed_in_at: '2026-11-22T01:00:00Z', signed_out_at: '2026-11-22T03:30:00Z' });
    expect(hours?.set).toMatchObject({ started_at: '09:00', ended_at: '11:30', provenance: 'added_later', late_reason: '忘了签到签退' });
  });
  it('signed out before it was signed in is stopped with words, and nothing is written', async () => {
    await view.save('shift', today, { signed_in_at: '2026-11-22T00:58:00Z' });
    const { problems } = await view.save('shift', today, { signed_out_at: '2026-11-22T00:57:00Z' });
    expect(problems?.map((one) => [one.code, one.field])).toEqual([['out_of_order', 'signed_out_at']]);
    const without = await view.save('shift', yesterday, { signed_in_at: null, signed_out_at: '2026-11-21T03:30:00Z' });
    expect(without.problems?.[0]?.field).toBe('signed_in_at');
  });
  it('late is taken as it is, with a word if one is wanted', async () => {
    vi.setSystemTime(morning + 20 * 60_000);
    const shift = await open(today);
    await fireEvent.input(await shift.find<HTMLInputElement>('[data-field=note] input'), { target: { value: '公交晚点' } });
    await shift.tap('sign-in');
    await shift.find('[data-signed=in]');
    expect((await view.get(today))?.values.note).toBe('公交晚点');
  });
  it('of yesterday that was never signed out asks when it ended, and marks the hours as added later', async () => {
    const shift = await open(yesterday);
    await fireEvent.click(await shift.find('[data-time="11:30"]'));
    await vi.waitFor(async () => expect((await view.outbox()).map((entry) => entry.kind)).toEqual(['shift', 'hour_entry']));
    const [ended, hours] = await view.outbox();
    expect(ended?.set).toEqual({ signed_out_at: '2026-11-21T03:30:00Z' });
    expect(hours?.set).toMatchObject({ worked_on: '2026-11-21', started_at: '09:00', ended_at: '11:30', provenance: 'added_later', late_reason: '忘了签退' });
  });
});
