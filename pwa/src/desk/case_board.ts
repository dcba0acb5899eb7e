// Cases and referrals as the desk lists them: what waits for this person first, then stage by stage. Showing them is
// CaseBoard.svelte.
import type { Me, RecordView } from '../view';
import type { Language } from '../schema/model';
import { kindOf } from '../schema/schema';
import { daysBetween } from '../records/dates';
import { nextSteps, stateOf } from '../records/steps';
import { stepWords as w } from '../words/steps';

/** `quiet`: days without a note or a visit, where that is worth a look. */
export interface Row { record: RecordView; worker: string; stage: string; overdue: boolean; quiet?: number }
export interface Section { name: string; words: string; rows: Row[] }

/** The day of the next step of a case, or on which somebody asks after a referral. */
export function dueOn(record: RecordView): string | undefined {
  const on = record.values[record.kind === 'case' ? 'next_on' : 'follow_up_on'];
  return typeof on === 'string' ? on : undefined;
}

/** Whether a record waits for a decision of this person: who may send it back is who decides. */
function waits(record: RecordView, me: Me, language: Language): boolean {
  return nextSteps(record, me, language).some((step) => step.back);
}

/** Sections with a row for each record that is not over; within one what is overdue comes first, then by day. */
export function boardOf(records: readonly RecordView[], me: Me, day: string, language: Language, sessions?: ReadonlyMap<string, string>): Section[] {
  const cases = new Map(records.filter((one) => one.kind === 'case').map((one) => [one.record, one]));
  const rows = records.filter(isGoingOn).map((record): Row => {
    const of_case = record.kind === 'case' ? record : cases.get(String(record.values.case));
    const due = dueOn(record);
    const quiet = record.kind === 'case' && sessions ? quietDays(record, sessions.get(record.record), day) : 0;
    return { ...(quiet >= QUIET_DAYS ? { quiet } : {}), record, worker: String(of_case?.values.worker ?? ''), stage: wordsOf(record, language), overdue: due !== undefined && due < day };
  }).sort((one, other) => (dueOn(one.record) ?? '9999').localeCompare(dueOn(other.record) ?? '9999'));
  const for_me = rows.filter((row) => waits(row.record, me, language));
  const stages = (kindOf('case')?.states?.states ?? []).map((state): Section => ({
    name: state.code, words: state[language], rows: rows.filter((row) => row.record.kind === 'case' && stateOf(row.record) === state.code)
  }));
  const referrals: Section = { name: 'referral', words: w.referrals, rows: rows.filter((row) => row.record.kind === 'referral') };
  return [{ name: 'waits', words: w.waits_for_you, rows: for_me }, ...[referrals, ...stages].filter((section) => section.rows.length > 0)];
}

// After so many days without a session a case is worth a look; no regulation names a number.
const QUIET_DAYS = 30;

/** The last day of a note in each case. */
export function lastSessions(notes: readonly RecordView[]): Map<string, string> {
  const last = new Map<string, string>();
  for (const { values } of notes) {
    const [of_case, on] = [String(values.case ?? ''), String(values.written_on ?? '')];
    if (on > (last.get(of_case) ?? '')) last.set(of_case, on);
  }
  return last;
}

/** Days since the last session of a case that is being worked on, or since it was opened; 0 for one that rests or is over. */
function quietDays(record: RecordView, last: string | undefined, day: string): number {
  const since = last ?? record.values.opened_on;
  return typeof since === 'string' && ['intake', 'assessed', 'in_service'].includes(stateOf(record)) ? Math.max(0, daysBetween(since, day)) : 0;
}

/** Whether any step leads on from where a record stands. */
function isGoingOn(record: RecordView): boolean {
  return kindOf(record.kind)?.states?.moves.some((move) => move.from.includes(stateOf(record))) ?? false;
}

function wordsOf(record: RecordView, language: Language): string {
  const state = stateOf(record);
  return kindOf(record.kind)?.states?.states.find((one) => one.code === state)?.[language] ?? state;
}
