// Mending a save that was not taken in: why it was not, what a supervisor said of it, and what it meant. The form itself
// draws this at its questions.
import { outbox } from '../view';
import type { FormProblem } from '../ui/problems';
import type { Json } from './declared';

/** What a supervisor said of a save that was not taken in, and who. */
export interface Rejection { sentence: string; by: string }

/** Why the centre did not take a save, said at the question it is about. */
export async function reasonOf(save: string): Promise<FormProblem[]> {
  const problem = (await outbox()).find((entry) => entry.save === save)?.problem;
  return problem ? [problem] : [];
}

/** What a held save wrote; it is made anew as a whole, with what was mended laid over. */
export async function heldSet(save: string): Promise<Record<string, Json>> {
  return (await outbox()).find((entry) => entry.save === save)?.set ?? {};
}

/** The supervisor's sentence about a save that was not taken in. */
export function rejectionOf(problem: { code: string; details?: { [key: string]: unknown } | null } | undefined): Rejection | null {
  if (problem?.code !== 'held_rejected') return null;
  const { sentence, by } = problem.details ?? {};
  return typeof sentence === 'string' ? { sentence, by: typeof by === 'string' ? by : '' } : null;
}
