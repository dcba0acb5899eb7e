// @vitest-environment happy-dom
// A referral goes on from the door to the supervisor and back: each step asks for what it cannot do without, and for the
// person's consent to this very unit.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import { boardOf } from '../../src/desk/case_board';
import { askedFirst, begunStep, nextSteps, sentBack } from '../../src/records/steps';
import Steps from '../../src/records/Steps.svelte';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { morning, seed, wang_household, wang_xiulan as wang } from '../sync/phone';

const unit = '街道社会事务办';
const day = '2026-11-22';
let referral = '';

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
  const opened = { household: wang_household, resident: wang, worker: 'li_min', category: 'elderly_care', opened_on: day, presenting_problem: '下楼难' };
  const of_case = await view.save('case', null, opened);
  referral = (await view.save('referral', null, { case: of_case.record, receiver: unit, reason: '要申请长护险', summary: '下楼要人扶', proposed_on: day })).record;
});
afterEach(async () => {
  cleanup();
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const one = async () => (await view.get(referral)) as view.RecordView;
const shown = (what: string) => vi.waitFor(() => {
  const found = document.querySelector(what);
  expect(found).not.toBeNull();
  return found as Element;
});
const tap = async (action: string) => { await fireEvent.click(await shown(`[data-action="${action}"]`)); };

it('offers the steps of the role from where the record stands, and no other', async () => {
  const me = session.me as view.Me;
  const steps = async (who: view.Me) => nextSteps(await one(), who, 'zh').map((step) => step.to);
  expect(await steps(me)).toEqual(['consented', 'withdrawn']);
  expect(nextSteps(await one(), me, 'zh')[1]?.asks).toEqual(['withdrawn_because']);

  await view.save('referral', referral, { state: 'consented' });
  expect(await steps(me)).toEqual(['withdrawn']);
  const supervisor = { ...me, person: 'zhou_hui', roles: ['supervisor'] };
  expect(await steps(supervisor)).toEqual(['approved', 'proposed', 'withdrawn']);
  expect(boardOf([await one()], supervisor, day, 'zh').map((section) => [section.name, section.rows.length])).toEqual([['waits', 1], ['referral', 1]]);
  expect(boardOf([await one()], me, day, 'zh')[0]?.rows).toEqual([]);
});
it('asks for a consent to this unit, keeps it before the step, and asks no more', async () => {
  await view.save('consent', null, { resident: wang, purpose: 'sharing', partner: '保险公司', wording: 'form_2026_11', given_by: 'self', proof: 'oral', witness: '李敏', given_on: day });
  const first = nextSteps(await one(), session.me as view.Me, 'zh')[0];
  expect(first && await askedFirst(await one(), first)).toEqual({ person: wang, purpose: 'sharing', unit });

  render(Steps, { record: await one() });
  await tap('step-consented');
  await vi.waitFor(() => expect(document.querySelector('[data-consent]')?.textContent).toContain(unit));
  await tap('take-step');
  await vi.waitFor(async () => expect((await one()).values.state).toBe('consented'));
  expect((await view.outbox()).map((row) => row.kind)).toEqual(['case', 'referral', 'consent', 'consent', 'referral']);
  expect(first && await askedFirst(await one(), first)).toBeUndefined();
});
it('asks for what a step cannot do without, and says what is missing', async () => {
  render(Steps, { record: await one() });
  await tap('step-withdrawn');
  const box = await shown('[data-field=withdrawn_because] :is(textarea, input)');
  await tap('take-step');
  await vi.waitFor(() => expect(document.body.textContent).toContain('还差一项'));
  expect((await one()).values.state).toBe('proposed');

  await fireEvent.input(box, { target: { value: '本人不想去了' } });
  // A second tap on one button counts only after a moment.
  await vi.waitFor(async () => {
    document.querySelector<HTMLElement>('[data-action=take-step]')?.click();
    expect((await one()).values).toMatchObject({ state: 'withdrawn', withdrawn_because: '本人不想去了' });
  }, 3000);
});
it('takes nothing back without a word, and shows the sentence until the record has gone on', async () => {
  await view.save('referral', referral, { state: 'consented' });
  expect((await view.save('referral', referral, { state: 'proposed' })).problems?.map((problem) => [problem.code, problem.field])).toEqual([['missing', 'returned_because']]);

  await view.save('referral', referral, { state: 'proposed', returned_because: '写上腿脚的情况' });
  expect(sentBack(await one())).toBe('写上腿脚的情况');
  await view.save('referral', referral, { state: 'consented' });
  expect(sentBack(await one())).toBeUndefined();
});

it('begins with the day of the follow-up five working days on, over a weekend', async () => {
  const [record] = await view.getMany([referral]);
  if (!record) throw new Error('the referral is not here');
  // Sunday is 22 November; five working days later it is Friday.
  const sent = begunStep({ ...record, values: { ...record.values, state: 'approved' } }, { to: 'sent', words: '', asks: ['sent_on', 'follow_up_on'], back: false } as never);
  expect([sent.sent_on, sent.follow_up_on]).toEqual([day, '2026-11-27']);
  const kept = begunStep({ ...record, values: { ...record.values, follow_up_on: '2026-12-01' } }, { to: 'sent', words: '', asks: ['sent_on', 'follow_up_on'], back: false } as never);
  expect(kept.follow_up_on).toBe('2026-12-01');
});
