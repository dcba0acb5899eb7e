// What is said on a desk's screen when the centre could not be asked, or said no.
import { problemWords } from '../schema/problem_words';
import { NetworkFailure, ProblemError, settings } from '../view';

/** The words of the screen for a line that is down, else what the centre says and the next step; throws any other error. */
export function troubleOf(error: unknown, offline: string): string {
  if (error instanceof NetworkFailure) return offline;
  if (!(error instanceof ProblemError)) throw error;
  return problemWords(error.problem, settings.language).join(' · ');
}
