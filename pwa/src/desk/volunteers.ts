// The files of volunteers as the desk lists them: who waits for what, who fits the filters, who has none. Showing them is
// VolunteerBoard.svelte.
import type { Member, RecordView } from '../view';
import { stateOf } from '../records/steps';
import { countsFor, isOn } from '../phone/volunteer';

export type WaitsFor = 'applied' | 'doc_review' | 'interview' | 'admitted' | 'training' | 'training_done' | 'agreement' | 'back';

export function isTrained(file: RecordView, trainings: readonly RecordView[]): boolean {
  return trainings.some((one) => countsFor(one, file.record));
}

/** What a file waits for; undefined where nothing is due. */
export function waitsFor(file: RecordView, trainings: readonly RecordView[], today: string): WaitsFor | undefined {
  const state = stateOf(file);
  if (state === 'training') return !isTrained(file, trainings) ? 'training' : file.values.agreement_on ? 'training_done' : 'agreement';
  if (state === 'paused') return String(file.values.paused_until ?? '') < today ? 'back' : undefined;
  return state === 'applied' || state === 'doc_review' || state === 'interview' || state === 'admitted' ? state : undefined;
}

export interface Only { words: string; state: string; skill: string }

export function fits(file: RecordView, only: Only): boolean {
  return String(file.values.name ?? '').includes(only.words.trim()) && (!only.state || stateOf(file) === only.state) && (!only.skill || isOn(file.values.skills, only.skill));
}

/** Volunteers of the centre of whom there is no file. */
export function withoutFile(members: Iterable<Member>, files: readonly RecordView[]): Member[] {
  const filed = new Set(files.map((file) => file.values.person));
  return [...members].filter((member) => member.roles.includes('volunteer') && !filed.has(member.person)).sort((one, other) => one.name.localeCompare(other.name, 'zh'));
}
