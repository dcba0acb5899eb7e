// What a month's follow-ups say, in numbers that each name their records, and the question that has them drawn. Showing
// them is FollowUpBoard.svelte.
import { problemFields } from '../graphql';
import type { Problem } from '../sync/shapes';
import { gql } from '../view';
import { stateOf } from '../records/steps';
import type { Listed } from './rows';

const draw = `mutation draw_follow_ups($team: ID!, $month_on: String!) { draw_follow_ups(team: $team, month_on: $month_on) {
  plan problem { ${problemFields} } } }`;

export async function askDraw(team: string, month_on: string): Promise<Problem | null> {
  return (await gql<{ draw_follow_ups: { problem: Problem | null } }>(draw, { team, month_on })).draw_follow_ups.problem;
}

/** The first day of the month of a day, and that of the month before. */
export function monthsAt(day: string): { now: string; before: string } {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  const text = (y: number, m: number) => `${y}-${String(m).padStart(2, '0')}-01`;
  return { now: text(year, month), before: month === 1 ? text(year - 1, 12) : text(year, month - 1) };
}

export interface Figure<Key> { key: Key; records: Listed[] }

/** By state in the declared order, by points, by whether somebody came on time; what is empty is left out. */
export function figuresOf(rows: Listed[], states: readonly string[]): { states: Figure<string>[]; satisfied: Figure<number>[]; timely: Figure<boolean>[]; problems: Listed[] } {
  const by = <Key>(keys: readonly Key[], of: (row: Listed) => unknown): Figure<Key>[] =>
    keys.map((key) => ({ key, records: rows.filter((row) => of(row) === key) })).filter((figure) => figure.records.length > 0);
  return {
    states: by(states, stateOf),
    satisfied: by([1, 2, 3, 4, 5], (row) => row.values.satisfied),
    timely: by([true, false], (row) => row.values.timely),
    problems: rows.filter((row) => typeof row.values.problem === 'string' && row.values.problem !== '')
  };
}
