// One GraphQL operation: sent as variables, answered as data or as a problem. Which operations there are stands where
// they are asked.
import { network, ProblemError, problemOf, type Network } from './network';
import type { Json } from './sync/shapes';

export type Variables = { [name: string]: Json | undefined };

/** Ask the centre. Throws NetworkFailure when it could not be asked, ProblemError when it refused. */
export async function gql<T>(query: string, variables: Variables = {}, through: Network = network): Promise<T> {
  return dataOf<T>(await through('/graphql', { method: 'POST', body: JSON.stringify({ query, variables }) }));
}

/** The data of an answer; a part that failed fails the whole, because screens have no use for half an answer. */
export function dataOf<T>(found: unknown): T {
  const problem = problemOf(found);
  if (problem) throw new ProblemError(problem, 200);
  return (found as { data: T }).data;
}
