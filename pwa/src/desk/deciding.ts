// One decision about one or many records, and the way back. Which records, and what the screen then shows, is told by the
// screen.
import { newId } from '../view';
import { decisions, refreshFigures } from './desk.svelte';
import type { Outcome } from './decisions.svelte';
import type { Problem, Verdict } from './shapes';

export interface Subject { record: string; revision: number; kind: string; title: string }
export interface Decided {
  done: Subject[];
  refused: { subject: Subject; problem: Problem }[];
  /** Kept, and shown above the page until they are sent. */
  unsent: Subject[];
}

/** Hand one verdict on these records to the centre. */
export async function decideOn(subjects: readonly Subject[], verdict: Verdict, about: { sentence?: string; field?: string } = {}): Promise<Decided> {
  const outcomes = await decisions.decide(subjects.map((subject) => ({
    decision: { id: newId(), record: subject.record, revision: subject.revision, verdict, sentence: about.sentence ?? null, field: about.field ?? null },
    title: subject.title,
    kind: subject.kind,
  })));
  void refreshFigures();
  return sorted(subjects, outcomes);
}

/** Outcomes with the records they are about. */
export function sorted(subjects: readonly Subject[], outcomes: readonly Outcome[]): Decided {
  const found: Decided = { done: [], refused: [], unsent: [] };
  for (const outcome of outcomes) {
    const subject = subjects.find((one) => one.record === outcome.decision.record);
    if (!subject) continue;
    if (outcome.done) found.done.push(subject);
    else if ('unsent' in outcome) found.unsent.push(subject);
    else found.refused.push({ subject, problem: outcome.problem });
  }
  return found;
}
