// @vitest-environment happy-dom
// One phone signs in thirty people of a duty without a network: on a real database, one save for each on their own shift.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import SignInList from '../../src/phone/SignInList.svelte';
import { current, session } from '../../src/auth/session.svelte';
import { hoursIdOf } from '../../src/phone/turns';
import * as view from '../../src/view';
import { hideSnack, snack } from '../../src/ui/snack.svelte';
import { Centre } from '../sync/centre';
import { morning } from '../sync/phone';

const duty = '01900000-0000-7000-8000-0000000000d1';
const shifts = Array.from({ length: 30 }, (_, at) => `01900000-0000-7000-8000-0000000001${String(at).padStart(2, '0')}`);
const planned = { activity: '重阳百家宴', place: '中心大厅', starts_at: '09:00', ends_at: '11:30' };

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: morning });
  localStorage.clear();
  const centre = new Centre();
  const made_at = `${String(morning - 90_000_000)}-0000`;
  centre.write({ record: duty, kind: 'duty', client: 20, made_at, replaces: {}, set: { ...planned, duty_on: '2026-11-22', capacity: 30 } }, 'li_min');
  for (const [at, record] of shifts.entries()) {
    centre.write({ record, kind: 'shift', client: 100 + at, made_at, replaces: {}, set: { ...planned, volunteer: `volunteer_${String(at)}`, duty, shift_on: '2026-11-22' } }, 'li_min');
  }
  const me = Object.assign(centre.me, { roles: ['volunteer_coordinator'] });
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

it('signs in thirty, takes one back, signs all out, and names who pressed', async () => {
  const { container } = render(SignInList, { params: { record: duty }, query: new URLSearchParams() });
  const rows = (state: string) => container.querySelectorAll(`li[data-signed=${state}]`).length;
  const tap = async (action: string) => fireEvent.click(await vi.waitFor(() => {
    const found = container.querySelector(`[data-action=${action}]`);
    expect(found).not.toBeNull();
    return found as HTMLElement;
  }));
  await vi.waitFor(() => { expect(rows('no')).toBe(30); });
  await tap('all-in');
  await vi.waitFor(() => { expect([rows('in'), snack.now?.text]).toEqual([30, '30 人已签到，存在本机']); }, 20_000);
  expect((await view.outbox()).map((entry) => entry.set)).toEqual(Array.from({ length: 30 }, () => ({ signed_in_at: expect.stringMatching(/T01:00:\d\dZ$/), signed_in_by: 'li_min' })));

  vi.setSystemTime(morning + 150 * 60_000);
  await tap('all-out');
  await vi.waitFor(() => { expect([rows('out'), snack.now?.text]).toEqual([30, '30 人已签退，存在本机']); }, 20_000);
  const hours = (await view.outbox()).filter((entry) => entry.kind === 'hour_entry');
  expect(new Set(hours.map((entry) => entry.record))).toEqual(new Set(shifts.map(hoursIdOf)));
  expect(hours[0]?.set).toMatchObject({ worked_on: '2026-11-22', started_at: '09:00', ended_at: '11:30', provenance: 'signed' });

  // Taken back, and once more: the hours are the same records, with the later end.
  await snack.now?.undo?.();
  await vi.waitFor(() => { expect(rows('in')).toBe(30); }, 20_000);
  vi.setSystemTime(morning + 160 * 60_000);
  hideSnack();
  await tap('all-out');
  await vi.waitFor(() => { expect([rows('out'), snack.now?.text]).toEqual([30, '30 人已签退，存在本机']); }, 20_000);
  const later = (await view.outbox()).filter((entry) => entry.kind === 'hour_entry');
  expect(new Set(later.map((entry) => entry.record)).size).toBe(30);
  expect((await view.get(hoursIdOf(shifts[0] ?? '')))?.values.ended_at).toBe('11:40');
}, 60_000);
