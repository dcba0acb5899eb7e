// The file of a volunteer in plain words: what she may correct, whether she is under age, which trainings she was at.
// Showing it is Volunteer.svelte on her phone and VolunteerFile.svelte at the desk.
import { gql, type RecordView } from '../view';
import { rowOfRecord } from '../schema/field_types';
import type { Json } from '../schema/model';

/** What an application asks, in this order; and what a guardian is asked for besides. */
export const asked = ['name', 'phone', 'birth_date', 'skills', 'languages', 'availability', 'target_groups', 'motive'];
export const of_guardian = ['guardian_name', 'guardian_phone', 'guardian_agreed_on'];
/** What she corrects by herself. */
export const hers = ['name', 'phone', 'skills', 'languages', 'availability', 'target_groups', 'channel', 'motive', ...of_guardian];

export interface Line { name: string; present?: boolean; passed?: boolean; score?: number }

/** The row of a training that stands for a file. */
export function lineOf(training: RecordView, file: string): Line | undefined {
  return linesOf(training).find(([row]) => row === rowOfRecord(file))?.[1];
}

/** Who is on the list of a training, in the order of their names. */
export function linesOf(training: RecordView): [string, Line][] {
  const rows = (training.values.people ?? {}) as unknown as Record<string, Line>;
  return Object.entries(rows).sort(([, one], [, other]) => one.name.localeCompare(other.name, 'zh'));
}

/** Whether a training lets somebody begin: verified, before service, there, and passed where there was a test. */
export function countsFor(training: RecordView, file: string): boolean {
  const line = lineOf(training, file);
  return training.values.state === 'verified' && training.values.type === 'pre_service' && line?.present === true
    && (training.values.tested !== true || line.passed === true);
}

export function isOn(value: Json | undefined, code: string): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value[code] === true;
}

export interface MyTraining { record: string; type: string; topics: string; held_on: string; starts_at: string; ends_at: string; place: string | null; trainer: string | null; state: string; present: boolean | null; passed: boolean | null }

const question = `query my_trainings { my_trainings { record type topics held_on starts_at ends_at place trainer state present passed } }`;

/** The trainings on whose list this person stands, with nobody else's line. Throws NetworkFailure without a network. */
export async function askMyTrainings(): Promise<MyTraining[]> {
  return (await gql<{ my_trainings: MyTraining[] }>(question)).my_trainings;
}
