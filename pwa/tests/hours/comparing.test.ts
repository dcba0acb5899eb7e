// @vitest-environment happy-dom
// What a phone says of its hours: what counts, what was held counts nowhere, drafts are told and never counted.
import { expect, it } from 'vitest';
import { grouped, toldOf, type Difference } from '../../src/hours/comparing';
import type { Hours } from '../../src/hours/standing';

function hours(record: string, state: Hours['state'], mark: string, problem?: string): Hours {
  const entry = { record, mark, values: { worked_on: '2026-11-02' }, ...(problem ? { problem: { code: problem } } : {}) } as unknown as Hours['entry'];
  return { entry, state, written: 67, counted: 60, with: [], corrected_by: undefined };
}

it('counts what is certified or waits, also what was not sent yet, and nothing that was held or returned', () => {
  const told = toldOf([hours('a', 'certified', 'reviewed'), hours('b', 'waiting', 'saved'), hours('c', 'waiting', 'held', 'month_closed'), hours('d', 'returned', 'returned')], []);
  expect(told.map((one) => [one.record, one.minutes, one.mark, one.problem])).toEqual([
    ['a', 60, 'reviewed', null], ['b', 60, 'saved', null], ['c', 0, 'held', 'month_closed'], ['d', 0, 'returned', null]
  ]);
});
it('tells a draft of a new entry by its day, and not one of an entry that stands', () => {
  const draft = (record: string | null) => ({ key: 'k', kind: 'hour_entry', record, values: { form: { worked_on: '2026-11-03' } }, changed_at: '' });
  expect(toldOf([], [draft(null), draft('a')])).toEqual([{ record: 'draft-1', worked_on: '2026-11-03', minutes: 0, mark: 'draft', problem: null }]);
});
it('groups differences by what they are and leaves out what there is none of', () => {
  const one = (code: Difference['code']): Difference => ({ record: code, worked_on: '', activity: '', code, phone: null, written: null, centre: null, certified: null, problem: null, sentence: null, other: null });
  expect(grouped([one('waiting'), one('held'), one('not_sent')]).map((group) => [group.name, group.items.length])).toEqual([['apart', 2], ['open', 1]]);
});
