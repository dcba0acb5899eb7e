// Two versions of one field side by side, what was chosen, and the save that settles it. Sending the save is done by
// the screen.
import { splitKey } from '../schema/schema';
import type { ClaimView, ConflictView, Json, RecordDetail } from './shapes';
import { isNarrative } from './change_rows';

/** One person's column. `number` is the key that chooses it. */
export interface Column { id: string; number: number; author: string; author_name: string; made_at: string | null; delivered_at: string | null }
/** What will be saved for one field: a version by its number, a value of the reader's own, or every sentence. */
export type Choice = { kind: 'version'; number: number } | { kind: 'own'; value: Json } | { kind: 'both' };
export type Choices = Record<string, Choice | undefined>;

/** Two versions stand in the order in which they were written; more than two with the newest first. */
export function columnsOf(conflicts: readonly ConflictView[]): Column[] {
  const columns = new Map<string, { claims: ClaimView[] }>();
  for (const conflict of conflicts) {
    for (const [id, claim] of placed(conflict)) {
      const column = columns.get(id) ?? { claims: [] };
      column.claims.push(claim);
      columns.set(id, column);
    }
  }
  const first = ({ claims }: { claims: ClaimView[] }) => claims.map((claim) => claim.made_at).sort()[0] ?? '';
  const sorted = [...columns].sort(([, one], [, other]) => (first(one) < first(other) ? -1 : 1));
  if (sorted.length > 2) sorted.reverse();
  return sorted.map(([id, { claims }], at) => ({
    id,
    number: at + 1,
    author: claims[0]?.author ?? '',
    author_name: claims[0]?.author_name ?? '',
    made_at: only(claims.map((claim) => claim.made_at)),
    delivered_at: only(claims.map((claim) => claim.delivered_at)),
  }));
}

/** The version that stands in a column for one field, if that person changed it. */
export function versionIn(conflict: ConflictView, column: Column): ClaimView | undefined {
  return placed(conflict).find(([id]) => id === column.id)?.[1];
}

/** One person may have written two versions on two devices: each gets a column of its own. */
function placed(conflict: ConflictView): [string, ClaimView][] {
  const seen = new Map<string, number>();
  return conflict.versions.map((claim) => {
    const nth = (seen.get(claim.author) ?? 0) + 1;
    seen.set(claim.author, nth);
    return [`${claim.author} ${nth}`, claim];
  });
}

function only<T>(values: T[]): T | null {
  return new Set(values).size === 1 ? (values[0] ?? null) : null;
}

/** What is chosen before anybody chose: of sentences both are kept; a single value waits for a person. */
export function firstChoices(kind: string, conflicts: readonly ConflictView[]): Choices {
  return Object.fromEntries(conflicts.map((conflict) => [conflict.field_key, isNarrative(kind, conflict.field_key) ? { kind: 'both' } : undefined]));
}

/** Whether every field has a choice. */
export function isComplete(conflicts: readonly ConflictView[], choices: Choices): boolean {
  return conflicts.every((conflict) => choices[conflict.field_key] !== undefined);
}

/** The value a choice leads to; undefined while there is none. */
export function resultOf(conflict: ConflictView, choice: Choice | undefined, columns: readonly Column[]): Json | undefined {
  if (!choice) return undefined;
  if (choice.kind === 'own') return choice.value;
  if (choice.kind === 'both') return oldestFirst(conflict)[0]?.value;
  const column = columns.find((one) => one.number === choice.number);
  return column && versionIn(conflict, column)?.value;
}

/** Versions in the order in which they were written. */
export function oldestFirst(conflict: ConflictView): ClaimView[] {
  return [...conflict.versions].sort((one, other) => (one.made_at < other.made_at ? -1 : 1));
}

export interface Settlement {
  set: Record<string, Json>;
  /** Every live claim of the settled fields, also one that the other versions equal. */
  replaces: Record<string, string[]>;
}
/** A remark that goes with a settled field. */
export interface Note { field_key: string; text: string }
const remark_characters_max = 2000;

/**
 * The save that settles these fields. When both sentences are kept, the field keeps the one written first, letter by
 * letter, and each other one becomes a remark of its own: nobody's sentences are woven into somebody else's.
 *
 * keepsRemarks  whether the kind has remarks; without them there are no notes and only one version can be kept
 * newRow        draws the id of a new remark
 */
export function settlementOf(
  detail: Pick<RecordDetail, 'claims' | 'conflicts'>,
  choices: Choices,
  notes: readonly Note[],
  columns: readonly Column[],
  keepsRemarks: boolean,
  newRow: () => string,
): Settlement {
  const settlement: Settlement = { set: {}, replaces: {} };
  const remark = (text: string, about: string) => {
    if (!keepsRemarks) return;
    for (let from = 0; from < text.length; from += remark_characters_max) {
      const key = `remarks.${newRow()}`;
      settlement.set[key] = { text: text.slice(from, from + remark_characters_max), about };
      settlement.replaces[key] = [];
    }
  };
  for (const conflict of detail.conflicts) {
    const key = conflict.field_key;
    const choice = choices[key];
    const value = resultOf(conflict, choice, columns);
    if (!choice || value === undefined) continue;
    settlement.set[key] = value;
    settlement.replaces[key] = liveKeys(detail, key);
    const about = splitKey(key)[0];
    if (choice.kind === 'both') for (const other of oldestFirst(conflict).slice(1)) if (typeof other.value === 'string') remark(other.value, about);
    const note = notes.find((one) => one.field_key === key)?.text.trim() ?? '';
    if (note !== '') remark(note, about);
  }
  return settlement;
}

/** The save keys of all live claims of a field key. */
export function liveKeys(detail: Pick<RecordDetail, 'claims' | 'conflicts'>, key: string): string[] {
  const versions = detail.conflicts.find((conflict) => conflict.field_key === key)?.versions ?? [];
  const live = detail.claims.filter((claim) => claim.field_key === key && claim.live);
  return [...new Set([...live, ...versions].map((claim) => claim.key))].sort();
}
