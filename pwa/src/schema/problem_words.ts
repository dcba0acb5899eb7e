// A problem in a person's language, with its next step. Mirrors schema/words.py; apart from the other words, because the
// first screen of a phone shows no problem and is loaded without their texts.
import problems from '../generated/problems.json';
import { labelsOf } from './labels';
import type { Language, Problem } from './model';
import { fieldOf, kindOf } from './schema';

interface ProblemWords { zh: string; en: string; next_zh: string; next_en: string }

const SEPARATOR = ' · ';
const THIS = { zh: '这一项', en: 'This item' };

/** What to tell a person about a problem, and the next step. */
export function problemWords(problem: Problem, language: Language, kindName?: string): [string, string] {
  const told = (problems as Record<string, ProblemWords>)[problem.code] ?? problems.failed;
  const name = problemLabel(problem, language, kindName) || THIS[language];
  return [told[language].replaceAll('{label}', name), told[`next_${language}`].replaceAll('{label}', name)];
}

function problemLabel(problem: Problem, language: Language, kindName?: string): string {
  const kind = kindOf(kindName ?? '');
  const field = kind && fieldOf(kind, problem.field ?? '');
  const column = field?.columns?.find((one) => one.name === problem.details?.column);
  return [field, column].map((one) => one && labelsOf(one).words[language]).filter(Boolean).join(SEPARATOR);
}
