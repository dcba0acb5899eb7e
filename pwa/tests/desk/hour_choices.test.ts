// @vitest-environment happy-dom
// What can be done about odd hours: each choice says beforehand what becomes of the minutes and what the volunteer reads.
import { describe, expect, it } from 'vitest';
import { askedOf, checksOf, choicesOf, completed, wantsSentence, type Choice } from '../../src/desk/hour_choices';
import { parted, type Case, type HourBeside, type HourItem } from '../../src/desk/hours';
import { hours, shift } from './world';

function caseOf(items: HourItem[], beside: HourBeside[] = []): Case {
  const [found] = parted({ items, beside }).odd;
  if (!found) throw new Error('nothing odd');
  return found;
}
function choice(one: Case, name: string): Choice {
  const found = choicesOf(one).find((each) => each.name === name);
  if (!found) throw new Error(`no choice ${name}`);
  return found;
}
const names = (one: Case) => choicesOf(one).map((each) => each.name);

describe('two that overlap', () => {
  const one = caseOf([
    hours('fair', '09:00', '12:00', { checks: ['overlap'], against: ['visit'] }),
    hours('visit', '11:30', '13:00', { activity: '探访', checks: ['overlap'], against: ['fair'] }),
  ]);
  it('are cut first, where the earlier one ends', () => {
    expect(names(one)).toEqual(['cut', 'return_both', 'merge', 'keep', 'keep_other', 'return']);
    expect(choice(one, 'cut')).toMatchObject({ minutes: [270, 240], steps: [{ do: 'write', record: 'visit', set: { started_at: '12:00' }, about: 'started_at' }] });
  });
  it('tell the volunteer why in the entry that was cut', () => {
    const cut = choice(one, 'cut');
    expect(cut.says).toBe('和 09:00–12:00 便民服务日 重叠，这一条从 12:00 算起。');
    expect(cut.steps[0]).toMatchObject({ note: cut.says });
  });
  it('go back both with one sentence, and nothing counts until then', () => {
    expect(choice(one, 'return_both')).toMatchObject({ minutes: [270, null], steps: [{ verdict: 'return', records: ['fair', 'visit'] }] });
  });
  it('become one with the time of both, and the other is rejected with the reason', () => {
    const merged = choice(one, 'merge');
    expect(merged.minutes).toEqual([270, 240]);
    expect(merged.steps).toMatchObject([{ do: 'write', record: 'fair', set: { ended_at: '13:00' } }, { do: 'decide', records: ['visit'], verdict: 'reject', sentence: merged.says }]);
  });
  it('are never certified as they are', () => {
    expect(names(one)).not.toContain('approve');
  });
  it('one inside the other cannot be cut apart', () => {
    const inside = caseOf([hours('a', '09:00', '12:00', { checks: ['overlap'], against: ['b'] }), hours('b', '10:00', '11:00', { checks: ['overlap'], against: ['a'] })]);
    expect(names(inside)).not.toContain('cut');
  });
});

describe('one that overlaps what is certified', () => {
  const certified = hours('certified', '09:00', '11:30', { state: 'certified' });
  it('gives way at its beginning', () => {
    const one = caseOf([hours('a', '11:00', '13:00', { checks: ['overlap'], against: ['certified'] })], [certified]);
    expect(names(one)).toEqual(['cut', 'keep_other', 'return']);
    expect(choice(one, 'cut')).toMatchObject({ minutes: [120, 90], steps: [{ record: 'a', set: { started_at: '11:30' } }] });
  });
  it('gives way at its end', () => {
    const one = caseOf([hours('a', '08:00', '10:00', { checks: ['overlap'], against: ['certified'] })], [certified]);
    expect(choice(one, 'cut').steps).toMatchObject([{ record: 'a', set: { ended_at: '09:00' } }]);
  });
  it('inside of it is not taken in, and the certified one stays untouched', () => {
    const one = caseOf([hours('a', '09:30', '10:00', { checks: ['overlap'], against: ['certified'] })], [certified]);
    expect(choice(one, 'keep_other')).toMatchObject({ minutes: [30, 0], steps: [{ records: ['a'], verdict: 'reject' }] });
    expect(choicesOf(one).flatMap((each) => each.steps).flatMap((step) => (step.do === 'write' ? [step.record] : step.records))).not.toContain('certified');
  });
});

describe('two of one shift, of which the later counts only what the shift leaves', () => {
  const one = caseOf([
    hours('phone', '09:55', '13:05', { checks: ['same'], against: ['sheet'], minutes: 190, minutes_written: 190 }),
    hours('sheet', '10:00', '13:00', { checks: ['same'], against: ['phone'], minutes: 20, minutes_written: 180, provenance: 'added_later' }),
  ]);
  it('the one that is kept counts whole', () => {
    expect(choice(one, 'keep_other')).toMatchObject({ minutes: [210, 180], steps: [{ records: ['phone'], verdict: 'reject' }] });
  });
});

describe('the same time written twice', () => {
  const one = caseOf([
    hours('desk', '09:00', '11:30', { provenance: 'added_later', checks: ['same'], against: ['phone'] }),
    hours('phone', '09:00', '11:30', { checks: ['same'], against: ['desk'] }),
  ]);
  it('becomes one first; the one that was signed stays', () => {
    expect(names(one)[0]).toBe('merge');
    expect(choice(one, 'merge')).toMatchObject({ minutes: [300, 150], steps: [{ records: ['desk'], verdict: 'reject' }] });
  });
  it('or the other one stays', () => {
    expect(choice(one, 'keep_other').steps).toMatchObject([{ records: ['phone'], verdict: 'reject' }]);
  });
});

describe('one that is longer than its shift', () => {
  const one = caseOf([hours('a', '08:40', '12:30', { checks: ['over_shift'], shift: shift('09:00', '11:30') })]);
  it('is cut to the shift first', () => {
    expect(names(one)[0]).toBe('shift');
    expect(choice(one, 'shift')).toMatchObject({ minutes: [230, 150], steps: [{ set: { started_at: '09:00', ended_at: '11:30' }, note: '按班次 09:00–11:30 算。' }] });
  });
  it('or is certified whole with a reason that is written down', () => {
    const whole = choice(one, 'approve');
    expect(wantsSentence(whole)).toBe(true);
    expect(completed(whole, one, whole.ready[0] ?? '')).toMatchObject([{ do: 'write', set: { over_reason: '活动延长了，时间属实。' } }, { do: 'decide', verdict: 'approve', sentence: '活动延长了，时间属实。' }]);
  });
});

describe('one without a sign-out', () => {
  const one = caseOf([hours('a', '09:00', '11:45', { checks: ['no_sign_out'], shift: shift('09:00', '11:30') })]);
  it('is asked about first, with the end of the shift as the answer to agree to', () => {
    expect(names(one)[0]).toBe('ask');
    expect(choice(one, 'ask')).toMatchObject({ minutes: [165, null], steps: [{ verdict: 'return', field: 'ended_at', sentence: '这一次没有签退。按班次是 11:30 结束，对吗？不对请改好再送。' }] });
  });
  it('or counts until the end of the shift, and is certified with that reason', () => {
    expect(choice(one, 'shift').steps).toMatchObject([{ do: 'write', set: { ended_at: '11:30' } }, { do: 'decide', verdict: 'approve', sentence: '没有签退，按班次结束 11:30 算。' }]);
  });
});

describe('one that is only to be explained', () => {
  it.each([['late', '补录的原因清楚，和签到表一致。'], ['correction', '更正的原因清楚。']])('%s: a reason comes first', (check, reason) => {
    const one = caseOf([hours('a', '09:00', '10:00', { checks: [check] })]);
    expect(names(one)).toEqual(['approve', 'return']);
    expect(choice(one, 'approve').ready[0]).toBe(reason);
    expect(completed(choice(one, 'approve'), one, reason)).toMatchObject([{ verdict: 'approve', sentence: reason }]);
  });
  it('without a sentence nothing is done', () => {
    const one = caseOf([hours('a', '09:00', '10:00', { checks: ['late'] })]);
    expect(completed(choice(one, 'approve'), one, '  ')).toEqual([]);
  });
  it('a day that is too long is asked about or explained', () => {
    const one = caseOf([hours('a', '08:00', '19:00', { checks: ['over_day'] })]);
    expect(names(one)).toEqual(['return', 'approve']);
  });
});

describe('several checks at once', () => {
  it('the gravest is settled first', () => {
    const one = caseOf([hours('a', '09:00', '12:00', { checks: ['late', 'overlap'], against: ['b'] }), hours('b', '11:00', '13:00', { checks: ['overlap'], against: ['a'] })]);
    expect(checksOf(one)).toEqual(['overlap', 'late']);
    expect(askedOf(one)?.record).toBe('a');
    expect(names(one)[0]).toBe('cut');
  });
  it('of a kind that this machine does not know are still shown, and can be returned', () => {
    const one = caseOf([hours('a', '09:00', '12:00', { checks: ['from_a_newer_centre'] })]);
    expect(names(one)).toContain('return');
  });
});

it('what is fine is certified without another word', () => {
  const one: Case = { key: 'a', items: [hours('a', '09:00', '10:00')], day: [] };
  const [first] = choicesOf(one);
  expect(first).toMatchObject({ name: 'approve', steps: [{ verdict: 'approve', records: ['a'] }] });
  expect(first && wantsSentence(first)).toBe(false);
});
