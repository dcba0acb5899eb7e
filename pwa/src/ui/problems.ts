// The words of a problem as a form shows them. Which problems there are is decided by the checks, not here.
import type { Problem } from '../schema/model';
import { problemWords } from '../schema/problem_words';

export type FormProblem = Problem;

/** What is wrong and what to do next, in the person's language. */
export function problemText(problem: FormProblem, language: 'zh' | 'en', kind?: string): { words: string; next: string } {
  const [words, next] = problemWords(problem, language, kind);
  return { words, next };
}
