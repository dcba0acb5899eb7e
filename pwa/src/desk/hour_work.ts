// Carrying out what was chosen about hours: saves and decisions, each by the way every save and decision goes, and the way
// back. Which steps a choice has is told by hour_choices.ts.
import { get, newRow, outbox, save, type Problem } from '../view';
import { decideOn, type Subject } from './deciding';
import { delivered } from './delivery';
import { askRecord } from './questions';
import type { Step } from './hour_choices';
import type { HourItem } from './hours';

export const kind = 'hour_entry';
export interface Worked {
  /** Why a step was not taken; what came before it stands. */
  problem?: Problem;
  /** It is kept here and goes out by itself. */
  unsent?: boolean;
  /** Undo the steps that were taken, the last one first; undefined where there is nothing to undo. */
  undo?: (note: string) => Promise<Worked>;
}
type Told = Pick<HourItem, 'record' | 'revision' | 'title_zh' | 'title_en' | 'started_at' | 'ended_at' | 'over_reason'>;
type Taken = { step: Step; subjects: Subject[]; before: Record<string, string | null> };

/** Take the steps one after the other, each once the one before has reached the centre. */
export async function carryOut(steps: readonly Step[], items: ReadonlyMap<string, Told>, titleOf: (item: Told) => string): Promise<Worked> {
  const revisions = new Map<string, number>();
  const taken: Taken[] = [];
  const undo = async (note: string): Promise<Worked> => {
    for (const one of [...taken].reverse()) {
      const found = one.step.do === 'write' ? await write(one.step.record, one.before, { text: note, about: one.step.about }) : await decided(one.subjects, 'undo', '');
      if (found.problem || found.unsent) return found;
    }
    return {};
  };
  const so_far = () => (taken.length > 0 ? { undo } : {});
  for (const step of steps) {
    if (step.do === 'write') {
      const item = items.get(step.record);
      const before = Object.fromEntries(Object.keys(step.set).map((name) => [name, item?.[name as 'started_at' | 'ended_at' | 'over_reason'] ?? null]));
      const found = await write(step.record, step.set, { text: step.note, about: step.about });
      if (found.problem || found.unsent) return { ...found, ...so_far() };
      revisions.set(step.record, found.revision);
      taken.push({ step, subjects: [], before });
      continue;
    }
    const subjects = step.records.flatMap((record): Subject[] => {
      const item = items.get(record);
      return item ? [{ record, revision: revisions.get(record) ?? item.revision, kind, title: titleOf(item) }] : [];
    });
    const found = await decided(subjects, step.verdict, step.sentence, step.field);
    if (found.done.length > 0) taken.push({ step, subjects: found.done, before: {} });
    if (found.problem || found.unsent) return { ...(found.problem ? { problem: found.problem } : {}), ...(found.unsent ? { unsent: true } : {}), ...so_far() };
  }
  return so_far();
}

async function decided(subjects: readonly Subject[], verdict: 'approve' | 'return' | 'reject' | 'undo', sentence: string, field?: string): Promise<{ done: Subject[]; problem?: Problem; unsent?: boolean }> {
  const found = await decideOn(subjects, verdict, { ...(sentence ? { sentence } : {}), ...(field ? { field } : {}) });
  const problem = found.refused[0]?.problem;
  return { done: found.done, ...(problem ? { problem } : {}), ...(found.unsent.length > 0 ? { unsent: true } : {}) };
}

/** A row whose name begins with the time, so that notes of a desk are read in the order in which they were written. */
function noteRow(): string {
  return Date.now().toString(36) + newRow();
}

/** Write on an entry, and its revision once the centre has taken it in. */
async function write(record: string, set: Record<string, string | null>, note: { text: string; about: string }): Promise<{ revision: number; problem?: Problem; unsent?: boolean }> {
  const none = { revision: 0 };
  const seen = await get(record);
  // This machine may not have it yet: then the centre says what is replaced.
  const detail = seen ? null : await askRecord(record);
  if (!seen && !detail) return { ...none, problem: { code: 'not_found' } };
  const options = detail
    ? { base: detail.revision, replaces: Object.fromEntries(Object.keys(set).map((name) => [name, detail.claims.filter((claim) => claim.live && claim.field_key === name).map((claim) => claim.key)])) }
    : {};
  const saved = await save(kind, record, { ...set, [`remarks.${noteRow()}`]: note }, options);
  const wrong = saved.problems?.[0];
  if (wrong) return { ...none, problem: wrong };
  const fared = await delivered(saved.save);
  if (fared === 'later') return { ...none, unsent: true };
  if (fared === 'held') return { ...none, problem: (await outbox()).find((one) => one.save === saved.save)?.problem ?? { code: 'failed' } };
  return { revision: (await get(record))?.revision ?? (await askRecord(record))?.revision ?? 0 };
}
