// What a month's spot checks of hours say, in numbers that each name their records, and the question that has them drawn.
// Showing them is HourChecks.svelte.
import { problemFields } from '../graphql';
import { stateOf } from '../records/steps';
import type { Problem } from '../sync/shapes';
import { gql } from '../view';
import type { Listed } from './rows';

const draw = `mutation draw_hour_checks($month_on: String!) { draw_hour_checks(month_on: $month_on) {
  plan problem { ${problemFields} } } }`;

export async function askDrawHours(month_on: string): Promise<Problem | null> {
  return (await gql<{ draw_hour_checks: { problem: Problem | null } }>(draw, { month_on })).draw_hour_checks.problem;
}

export interface Stratum { name: string; of: number; drawn: number }

/** How many of each stratum there were and were drawn, by the order in which they are declared; parts of one together. */
export function strataOf(strata: unknown, order: readonly string[]): Stratum[] {
  const rows = Object.values((strata ?? {}) as Record<string, { name: string; size: number; drawn?: string | null }>);
  return order.flatMap((name) => {
    const parts = rows.filter((row) => row.name === name);
    if (parts.length === 0) return [];
    const drawn = parts.reduce((sum, row) => sum + (row.drawn ? row.drawn.split(' ').length : 0), 0);
    return [{ name, of: parts.reduce((sum, row) => sum + row.size, 0), drawn }];
  });
}

/** The checks by how far they are, in the declared order; what is empty is left out. */
export function byState(rows: readonly Listed[], states: readonly string[]): { state: string; records: Listed[] }[] {
  return states.map((state) => ({ state, records: rows.filter((row) => stateOf(row) === state) })).filter((one) => one.records.length > 0);
}
