// What this phone counts of its person's hours, as it is told to the centre, and the centre's answer. Counting is
// standing.ts; which entries differ and why is judged by the centre.
import { getMany, gql, list, listDrafts, type DraftRow } from '../view';
import { hoursOf, rulesFrom, type Hours } from './standing';

export const apart = ['draft', 'not_sent', 'held', 'gone', 'not_on_phone', 'other_day', 'behind'] as const;
export const less = ['cut_to_shift', 'day_full', 'break', 'rounded'] as const;
export const open = ['joined', 'rejected', 'returned', 'corrected', 'clock', 'questioned', 'waiting'] as const;
export type Code = (typeof apart)[number] | (typeof less)[number] | (typeof open)[number];
/** Minutes; null where a side does not have the entry. */
export interface Difference {
  record: string; worked_on: string; activity: string; code: Code;
  phone: number | null; written: number | null; centre: number | null; certified: number | null;
  problem: string | null; sentence: string | null; other: string | null;
}
export interface Comparison { volunteer: string; device_name: string; told_at: string; phone: number; centre: number; certified: number; is_equal: boolean; differences: Difference[] }
/** One entry as this phone has it; `minutes`: 0 where it counts nowhere. */
export interface Told { record: string; worked_on: string; minutes: number; mark: string; problem: string | null }
export interface Here { told: Told[]; hours: Hours[]; drafts: DraftRow[] }

const fields = `volunteer device_name told_at phone centre certified is_equal
  differences { record worked_on activity code phone written centre certified problem sentence other }`;
const tell = `mutation tell_hours($entries: [HoursTold!]!) { tell_hours(entries: $entries) { ${fields} } }`;
const compare = `query hour_comparisons($volunteer: ID!) { hour_comparisons(volunteer: $volunteer) { ${fields} } }`;

/** What this phone has of a person's hours; drafts are told, and never counted. */
export async function hoursHere(person: string): Promise<Here> {
  const [entries, rules, all_drafts] = await Promise.all([list('hour_entry', 'volunteer', person), list('hour_rule'), listDrafts()]);
  const shifts = await getMany([...new Set(entries.map((entry) => String(entry.values.shift ?? '')).filter((name) => name !== ''))]);
  const hours = hoursOf(entries, new Map(shifts.flatMap((shift) => (shift ? [[shift.record, shift] as const] : []))), rulesFrom(rules));
  const drafts = all_drafts.filter((draft) => draft.kind === 'hour_entry');
  return { hours, drafts, told: toldOf(hours, drafts) };
}

export function toldOf(hours: readonly Hours[], drafts: readonly DraftRow[]): Told[] {
  const entries = hours.map(({ entry, state, counted }) => ({
    record: entry.record,
    worked_on: String(entry.values.worked_on ?? '').slice(0, 10),
    minutes: (state === 'certified' || state === 'waiting') && entry.mark !== 'held' ? counted : 0,
    mark: entry.mark,
    problem: entry.mark === 'held' ? (entry.problem?.code ?? null) : null
  }));
  // A draft of an entry that stands changes nothing yet; one of a new entry counts nowhere.
  const begun = drafts.filter((draft) => draft.record === null).map((draft, at) => {
    const form = (draft.values.form ?? draft.values) as Record<string, unknown>;
    return { record: `draft-${at + 1}`, worked_on: String(form.worked_on ?? '').slice(0, 10), minutes: 0, mark: 'draft', problem: null };
  });
  return [...entries, ...begun];
}

/** Tell the centre what this phone counts; its answer. Throws NetworkFailure without a network. */
export async function tellHours(entries: readonly Told[]): Promise<Comparison> {
  return (await gql<{ tell_hours: Comparison }>(tell, { entries: entries.map((one) => ({ ...one })) })).tell_hours;
}

/** What each phone of a volunteer said last, beside what the centre counts. */
export async function askComparisons(volunteer: string): Promise<Comparison[]> {
  return (await gql<{ hour_comparisons: Comparison[] }>(compare, { volunteer })).hour_comparisons;
}

/** The differences as they are shown: where the sides differ, where less counts, what is open; empty groups left out. */
export function grouped(differences: readonly Difference[]): { name: 'apart' | 'less' | 'open'; items: Difference[] }[] {
  const groups = [['apart', apart], ['less', less], ['open', open]] as const;
  return groups.map(([name, codes]) => ({ name, items: differences.filter((one) => (codes as readonly string[]).includes(one.code)) })).filter((group) => group.items.length > 0);
}
