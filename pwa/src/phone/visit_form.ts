// Which questions the door asks, in which situation, and what "as last time" copies. The questions themselves, their
// words and checks are declared; drawing them is Visit.svelte.
import { declared, fieldOf, isFilled, questionOf, type Json, type Values } from '../records/declared';

export type Branch = 'open' | 'met' | 'rebook' | 'away';

export function branchOf(values: Values): Branch {
  switch (values.outcome) {
    case 'met_person':
    case 'met_family':
      return 'met';
    case 'no_answer':
    case 'come_back':
      return 'rebook';
    case undefined:
    case null:
      return 'open';
    default:
      return 'away';
  }
}

function asks(name: string, values: Values): boolean {
  const branch = branchOf(values);
  if (name === 'outcome') return true;
  // A file that was taken is never taken back by another answer; somebody has to be there to sign.
  if (fieldOf('home_visit', name)?.type === 'files') return isFilled(values[name]) || (name === 'signature' ? branch === 'met' : branch !== 'rebook');
  if (name === 'rebook_on') return branch === 'rebook';
  if (name === 'observation') return branch !== 'rebook';
  if (name === 'persons_met' || name === 'explained') return branch === 'met';
  if (name === 'follow_up_on') return (branch === 'met' || branch === 'open') && (values.condition === 'follow_up' || values.condition === 'urgent');
  return branch === 'met' || branch === 'open';
}

/** The door's questions: the first section of the declared form. */
function doorFields(): string[] {
  return declared('home_visit')?.form[0]?.fields ?? [];
}

/** The questions to draw, in the declared order; a question that was sent back is drawn whatever the branch. */
export function questionsFor(values: Values, pinned: string): string[] {
  const shown = doorFields().filter((name) => questionOf('home_visit', name) === name && (name === pinned || asks(name, values)));
  return pinned !== '' && !shown.includes(pinned) ? [pinned, ...shown] : shown;
}

/** The form with the answers of questions that are no longer asked taken out, so that a changed mind leaves no trace. */
export function cleaned(values: Values, pinned: string): Values {
  const asked = new Set(questionsFor(values, pinned));
  const after: Values = { ...values };
  for (const name of doorFields()) if (!asked.has(questionOf('home_visit', name)) && isFilled(after[name])) after[name] = name === 'services' ? {} : null;
  // Somebody went after all.
  if (isFilled(after.outcome) && isFilled(after.skipped)) Object.assign(after, { skipped: null, skipped_because: null });
  return after;
}

/** The choices of the last visit. Never its sentence: that would be copied, not written. And never its worry: it was dealt with. */
export function asLastTime(values: Values, last: Values): Values {
  return { ...values, outcome: last.outcome ?? null, services: { ...((last.services ?? {}) as Record<string, Json>) }, condition: 'as_usual', follow_up_on: null, rebook_on: null };
}

/** When the visit happened, filled in for the person: only what the form does not know yet. */
export function started(values: Values, today: string, now: string): Values {
  return isFilled(values.outcome) ? values : { ...values, visited_on: values.visited_on ?? today, arrived_at: values.arrived_at ?? now };
}

/** The end of the visit. Less than a minute after arriving, or past midnight, nothing is claimed about it. */
export function ended(values: Values, today: string, now: string): Values {
  if (isFilled(values.left_at) || values.visited_on !== today || typeof values.arrived_at !== 'string' || now <= values.arrived_at) return values;
  return { ...values, left_at: now };
}
