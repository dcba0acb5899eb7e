// @vitest-environment happy-dom
// Planning at the desk: what a pasted line means, and what one home that is planned writes.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cellsOf, doorOf, meant, planOne, readLine, stateOf, workersFor, type Choice } from '../../src/desk/visits';
import { current, session } from '../../src/auth/session.svelte';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { morning, seed, wang_household, wang_visit, wang_xiulan } from '../sync/phone';

let centre: Centre;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: morning });
  localStorage.clear();
  centre = new Centre();
  seed(centre);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) =>
    path === '/api/session' ? new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me })) : centre.fetch(path, init));
  await view.signIn('li_min');
  await view.syncNow();
  centre.is_down = true;
});
afterEach(async () => {
  (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const choice = (more: Partial<Choice> = {}): Choice => ({ household: wang_household, title: '', why: null, visit: null, request: null, ...more });
const find = (text: string) => view.search(text, 12);

it('reads a door however it is written', () => {
  for (const door of ['3-2-502', '3栋2单元502', '３栋 2单元 502室', '3 号楼 2 单元 502']) expect(doorOf(door)).toBe('3-2-502');
  expect(doorOf('和平里3栋2单元502')).toBe('和平里-3-2-502');
  expect(cellsOf('3-2-502\t王秀兰，82')).toEqual(['3-2-502', '王秀兰', '82']);
});
it('takes the very door or the very name, and neither a part of one nor what is merely alike', async () => {
  for (const line of ['3-2-502', '和平里3栋2单元502', '王秀兰', '王秀兰\t138****5521', '和平里 3 栋 2 单元 502, 王秀兰']) expect(await readLine(line, find), line).toEqual([wang_household]);
  for (const line of ['王秀', '3-2-50', '02', '王大力', '', '9-9-999\t不在名册']) expect(await readLine(line, find), line).toEqual([]);
});
it('leaves it to people where a door could be several homes, and lets the name beside it decide', async () => {
  const hit = (record: string, title: string) => ({ record, kind: 'household', title, subtitle: '', household: record });
  const two = [hit('a', '和平里 3 栋 2 单元 502'), hit('b', '桂花苑 3 栋 2 单元 502')];
  expect(meant('3-2-502', two)).toEqual(['a', 'b']);
  expect(meant('桂花苑3-2-502', two)).toEqual(['b']);
  const found = async (text: string) => (text === '3-2-502' ? two : text === '陈丽' ? [{ record: 'p', kind: 'resident', title: '陈丽', subtitle: '', household: 'b' }] : []);
  expect(await readLine('3-2-502\t陈丽', found)).toEqual(['b']);
  expect(await readLine('3-2-502\t谁也不是', found)).toEqual(['a', 'b']);
});
it('plans a home with the only person who lives there, and none twice on a day', async () => {
  expect(await planOne(choice(), 'li_min', '2026-11-22')).toEqual({ already: 'li_min' });
  const planned = await planOne(choice({ why: 'follow_up' }), 'li_min', '2026-11-23');
  expect('record' in planned && (await view.get(planned.record))?.values).toMatchObject({ resident: wang_xiulan, planned_on: '2026-11-23', reason: 'follow_up', assigned_to: 'li_min' });
});
it('gives what was planned and not done another day instead of a second record', async () => {
  await planOne(choice({ why: 'missed', visit: wang_visit }), 'li_min', '2026-11-24');
  expect((await view.list('home_visit', 'household', wang_household)).map((visit) => [visit.record, visit.values.planned_on, visit.values.planned_at ?? null])).toEqual([[wang_visit, '2026-11-24', null]]);
});
it('links a visit and the request that asked for it, both ways', async () => {
  const request = await view.save('visit_request', null, { household: wang_household, asked_by: '女儿', channel: 'phone', asked_on: '2026-11-22', wanted: '量血压' });
  const planned = await planOne(choice({ why: 'requested', request: request.record }), 'li_min', '2026-11-25');
  const visit = 'record' in planned ? planned.record : '';
  expect((await view.get(visit))?.values).toMatchObject({ request: request.record, reason: 'requested' });
  // What a worker may not move on is judged at the centre; here only what is written is looked at.
  expect((await view.get(request.record))?.values).toMatchObject({ state: 'planned', visit });
});
it('takes the visit of that day for what was asked, where there is one', async () => {
  const request = await view.save('visit_request', null, { household: wang_household, asked_by: '女儿', channel: 'phone', asked_on: '2026-11-22', wanted: '量血压' });
  await planOne(choice({ why: 'requested', request: request.record }), 'li_min', '2026-11-22');
  expect((await view.get(wang_visit))?.values.request).toBe(request.record);
  expect((await view.list('home_visit', 'household', wang_household))).toHaveLength(1);
  expect((await view.get(request.record))?.values).toMatchObject({ state: 'planned', visit: wang_visit });
});
it('calls a day that is over without an answer late, and never done', () => {
  const line = { outcome: null, skipped: null, planned_on: '2026-11-21' };
  expect(stateOf(line, '2026-11-22')).toBe('late');
  expect(stateOf(line, '2026-11-21')).toBe('planned');
  expect(stateOf({ ...line, skipped: 'away' }, '2026-11-22')).toBe('skipped');
  expect(stateOf({ ...line, skipped: 'away', outcome: 'met_person' }, '2026-11-22')).toBe('done');
});
it('offers the workers of one’s own teams', () => {
  const member = (person: string, roles: string[], teams: string[]) => ({ person, name: person, roles, teams });
  const me = { ...session.me, teams: [{ id: 'heping_1', name: '一组' }] } as unknown as view.Me;
  const members = [member('a', ['outreach_worker'], ['heping_1']), member('b', ['outreach_worker'], ['heping_2']), member('c', ['supervisor'], ['heping_1'])] as unknown as view.Member[];
  expect(workersFor(me, members).map((one) => one.person)).toEqual(['a']);
});
