// One GraphQL operation: sent as variables, answered as data or as a problem. Which operations there are stands where
// they are asked.
import { network, NetworkFailure, ProblemError, problemOf, type Network } from './network';
import type { Json } from './sync/shapes';

/** What is asked of every problem that is shown to a person. */
export const problemFields = 'code field details words_zh words_en next_step_zh next_step_en next_step';

export type Variables = { [name: string]: Json | undefined };

/** Ask the centre. Throws NetworkFailure when it could not be asked, ProblemError when it refused. */
export async function gql<T>(query: string, variables: Variables = {}, through: Network = network): Promise<T> {
  return dataOf<T>(await through('/graphql', { method: 'POST', body: JSON.stringify({ query, variables }) }));
}

/**
 * The data of an answer; a part that failed fails the whole, because screens have no use for half an answer.
 *
 * part  what was asked for: JSON in which it is not was said by somebody else, a portal for instance
 */
export function dataOf<T>(found: unknown, part?: keyof T & string): T {
  const problem = problemOf(found);
  if (problem) throw new ProblemError(problem, 200);
  const data = (found as { data?: Record<string, unknown> | null } | null)?.data;
  if (typeof data !== 'object' || data === null || Object.keys(data).length === 0) throw new NetworkFailure('not_the_centre');
  if (part !== undefined && !data[part]) throw new NetworkFailure('not_the_centre');
  return data as T;
}
