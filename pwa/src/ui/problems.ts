// The words of a problem as a form shows them. Which problems there are is decided by the checks, not here.
import { problemWords } from '../schema/words'

export interface FormProblem { code: string; field?: string | null; details?: unknown }

/** What is wrong and what to do next, in the person's language. */
export function problemText(problem: FormProblem, language: 'zh' | 'en', kind?: string): { words: string; next: string } {
  const [words, next] = problemWords(problem as never, language, kind as never) as unknown as [string, string]
  return { words, next }
}
