// @vitest-environment happy-dom
// What is confidential closes half an hour after it was opened, however busy its reader is, and with the session.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import Confidential from '../../src/phone/Confidential.svelte';
import { closeInTime, openMinutesMax } from '../../src/seal/opened';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { seed } from '../sync/phone';

const told = '她说了上周夜里的事';
const note = { record: 'note-1', topic: 'violence', basis: 'separate_consent', written_on: '2026-11-20', content: told, keeper: 'li_min', second_person: null, third_person: null, remarks: null };
let asked: number;

beforeEach(async () => {
  localStorage.clear();
  asked = 0;
  const centre = new Centre();
  seed(centre);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (path === '/api/session') return new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me }));
    if (String(init?.body).includes('case_confidential_list')) {
      asked += 1;
      return new Response(JSON.stringify({ data: { case_confidential_list: { items: [note] } } }));
    }
    return centre.fetch(path, init);
  });
  await view.signIn('li_min');
  await view.syncNow();
});
afterEach(async () => {
  cleanup();
  vi.useRealTimers();
  (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
});

const text = () => document.body.textContent ?? '';

it('is open for half an hour of reading, and not a second longer; then it is asked for anew', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  render(Confidential, { params: { record: 'case-1' }, query: new URLSearchParams() });
  await vi.waitFor(() => expect(text()).toContain(told));

  for (let minute = 1; minute < openMinutesMax; minute += 1) {
    await vi.advanceTimersByTimeAsync(60_000);
    await fireEvent.pointerDown(document.body);
  }
  expect(text()).toContain(told);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(text()).not.toContain(told);
  expect(text()).toContain('最多开半小时');

  await fireEvent.click(document.querySelector('[data-action=open-again]')!);
  await vi.waitFor(() => expect(text()).toContain(told));
  expect(asked).toBe(2);
});

it('closes with the session', async () => {
  render(Confidential, { params: { record: 'case-1' }, query: new URLSearchParams() });
  await vi.waitFor(() => expect(text()).toContain(told));
  session.signedIn = false;
  await vi.waitFor(() => expect(text()).not.toContain(told));
});

it('counts by the clock that went further: neither sleep nor a clock put back gives more', () => {
  for (const moved of [0, 1]) {
    const clocks = [0, 0];
    const close = vi.fn();
    let sign: (is_touch: boolean) => void = () => undefined;
    closeInTime(close, { clocks: () => [...clocks], after: () => () => undefined, is_hidden: () => false, on_sign: (then) => { sign = then; return () => undefined; } });
    clocks[moved] = openMinutesMax * 60_000 - 1;
    sign(true);
    expect(close).not.toHaveBeenCalled();
    clocks[moved] += 1;
    clocks[1 - moved] = -3_600_000;
    sign(false);
    expect(close).toHaveBeenCalledOnce();
  }
});
