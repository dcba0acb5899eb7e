// @vitest-environment happy-dom
// A case as its people meet it: the row that stays of each step, the reason that another risk needs, one story, an offer.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import { boardOf, lastSessions } from '../../src/desk/case_board';
import { storyOf } from '../../src/phone/case_story';
import { begun, filledFromReferences } from '../../src/records/begin';
import { isReasonAsked } from '../../src/records/declared';
import { offeredField, placeOf } from '../../src/records/place';
import StepRows from '../../src/records/StepRows.svelte';
import { nextSteps, sentBack } from '../../src/records/steps';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { morning, seed, wang_household, wang_xiulan as wang } from '../sync/phone';

const day = '2026-11-22';
const plan = { stage: 'assessed', assessed_on: day, 'needs.income': true };
let id = '';

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: morning });
  localStorage.clear();
  const centre = new Centre();
  seed(centre);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) =>
    path === '/api/session' ? new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me })) : centre.fetch(path, init));
  await view.signIn('li_min');
  await view.syncNow();
  centre.is_down = true;
  const opened = { household: wang_household, resident: wang, worker: 'li_min', category: 'elderly_care', opened_on: day, presenting_problem: '下楼难', risk_level: 'low' };
  id = (await view.save('case', null, opened)).record;
});
afterEach(async () => {
  cleanup();
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const one = async () => (await view.get(id)) as view.RecordView;
const rows = async () => Object.values(((await one()).values.story ?? {}) as Record<string, unknown>);

it('leaves a row of each step and each change of the risk, with its sentence, and none of anything else', async () => {
  await view.save('case', id, { ...plan, next_step: '再访' });
  await view.save('case', id, { next_step: '打电话' });
  expect(await rows()).toEqual([{ field: 'stage', to: 'assessed' }]);

  expect((await view.save('case', id, { risk_level: 'high' })).problems).toEqual([{ code: 'missing', field: 'risk_because' }]);
  await view.save('case', id, { risk_level: 'high', risk_because: '漏服药两次' });
  await view.save('case', id, { stage: 'intake', returned_because: '目标写具体一点' });
  expect(await rows()).toEqual(expect.arrayContaining([
    { field: 'risk_level', to: 'high', said: '漏服药两次' }, { field: 'stage', to: 'intake', said: '目标写具体一点' }
  ]));
  expect(await rows()).toHaveLength(3);
  expect(sentBack(await one())).toBe('目标写具体一点');
});

it('tells notes, steps and the risk as one story, newest first, with who', async () => {
  await view.save('case', id, plan);
  vi.setSystemTime(new Date(Number(morning) + 3_600_000));
  await view.save('case_progress', null, { case: id, written_on: day, mode: 'visit', content: '谈了一次' });
  vi.setSystemTime(new Date(Number(morning) + 7_200_000));
  await view.save('case', id, { risk_level: 'medium', risk_because: '夜里摔过' });
  const story = await storyOf(await one(), 'zh');
  expect(story.map((told) => told.what)).toEqual(['风险改为中', '进展 · 上门', '进入“评估”', '接案']);
  expect(story.map((told) => told.by)).toEqual(['li_min', 'li_min', 'li_min', 'li_min']);
  expect(story[0]?.said).toBe('夜里摔过');
});

it('asks why only once the risk became another one', () => {
  expect(isReasonAsked('case', 'risk_because', { risk_level: 'high' }, {})).toBe(false);
  expect(isReasonAsked('case', 'risk_because', { risk_level: 'low' }, { risk_level: 'low' })).toBe(false);
  expect(isReasonAsked('case', 'risk_because', { risk_level: 'high' }, { risk_level: 'low' })).toBe(true);
  expect(isReasonAsked('case', 'next_step', {}, {})).toBe(true);
});

it('opens the next episode with what is known, and both tell of each other', async () => {
  const filled = await filledFromReferences('case', begun('case', { episode_of: id }, session.me));
  expect(filled).toMatchObject({ episode_of: id, resident: wang, household: wang_household, category: 'elderly_care', presenting_problem: '下楼难' });
  const next = (await view.save('case', null, filled as Record<string, view.Json>)).record;
  expect((await storyOf(await one(), 'zh')).find((told) => told.record === next)?.what).toBe('本人又开了个案');
  expect((await storyOf((await view.get(next)) as view.RecordView, 'zh')).find((told) => told.record === id)?.what).toBe('接着之前的个案');
});

it('asks at the end what became of each goal, and of nothing else in it', async () => {
  const supervisor = { ...(session.me as view.Me), person: 'zhou_hui', roles: ['supervisor'] };
  const goals = { goal0001: { text: '下楼走走', measure: '一周三次' } };
  const closing = nextSteps({ ...(await one()), values: { ...(await one()).values, stage: 'in_service', goals } }, supervisor, 'zh').find((step) => step.to === 'closing');
  expect(closing?.asks).toEqual(expect.arrayContaining(['goals.progress', 'close_reason', 'outcome_summary']));
  let after: view.Json = null;
  render(StepRows, { kind: 'case', path: 'goals.progress', values: { goals }, change: (_: string, rows: view.Json) => { after = rows; } });
  expect(document.body.textContent).toContain('下楼走走');
  expect(document.querySelectorAll('input[type=text], textarea')).toHaveLength(0);
  await fireEvent.click(document.querySelector('input[value=partly]') as Element);
  expect(after).toEqual({ goal0001: { text: '下楼走走', measure: '一周三次', progress: 'partly' } });
});

it('lets whoever a case is offered to take it, and do nothing else with it', async () => {
  const me = session.me as view.Me;
  const standing = { centre: me.centre, team: null, own: ['li_min', 'zhang_qiang'], created_by: 'li_min' } as unknown as view.Standing;
  const offered = { ...(await one()), values: { ...(await one()).values, offered_to: 'zhang_qiang' }, standing };
  const him = { ...me, person: 'zhang_qiang' };
  expect(offeredField(offered, 'zhang_qiang')).toEqual({ name: 'worker', offer: 'offered_to' });
  expect(placeOf(offered, him).own).toEqual(['li_min']);
  expect(nextSteps(offered, him, 'zh')).toEqual([]);
  expect(nextSteps(offered, me, 'zh').map((step) => step.to)).toEqual(['assessed', 'declined']);
  expect(nextSteps(offered, me, 'zh')[0]?.words).toBe('交主管看计划');
});

it('shows the supervisor what waits, and marks a case after thirty days without a session', async () => {
  const supervisor = { ...(session.me as view.Me), person: 'zhou_hui', roles: ['supervisor'] };
  await view.save('case', id, plan);
  const at = (on: string, notes: view.RecordView[] = []) => one().then((found) => boardOf([{ ...found, values: { ...found.values, opened_on: '2026-10-23' } }], supervisor, on, 'zh', lastSessions(notes))[0]?.rows[0]?.quiet);
  expect(await at('2026-11-21')).toBeUndefined();
  expect(await at('2026-11-22')).toBe(30);
  const note = { values: { case: id, written_on: '2026-10-24' } } as unknown as view.RecordView;
  expect(await at('2026-11-22', [note])).toBeUndefined();
});
