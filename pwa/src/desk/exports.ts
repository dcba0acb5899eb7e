// What the desk asks about files that leave, and taking one away. What is shown of it stands in Exports.svelte.
import { problemFields } from '../graphql';
import { download } from '../network';
import { schema } from '../schema/schema';
import type { Problem } from '../sync/shapes';
import { gql, ProblemError } from '../view';

export interface ExportEntry {
  id: string; number: string; kind: string; format: string; reason: string; is_whole: boolean; shared_with: string | null;
  subject: string | null; subject_name: string | null; rows: number;
  state: 'waiting' | 'ready' | 'fetched' | 'over'; by: string; by_name: string; made_at: string; approved_by_name: string | null;
  fetched_at: string | null; is_mine: boolean; can_agree: boolean;
}
interface Result { export: ExportEntry | null; token: string | null; problem: Problem | null }

const entry = 'id number kind format reason is_whole shared_with subject subject_name rows state by by_name made_at approved_by_name fetched_at is_mine can_agree';
const result = `export { ${entry} } token problem { ${problemFields} }`;
const exports_asked = `query exports { exports { ${entry} } }`;
const ask_export = `mutation ask_export($export: ExportInput!) { ask_export(export: $export) { ${result} } }`;
const agree_to_export = `mutation agree_to_export($id: ID!) { agree_to_export(id: $id) { ${result} } }`;
const open_export = `mutation open_export($id: ID!) { open_export(id: $id) { ${result} } }`;

/** The kinds that these roles could ask for; the centre judges what may leave. */
export function kindsToTake(roles: readonly string[]): string[] {
  const seen = Object.values(schema.kinds).filter((kind) => roles.some((role) => kind.access.see[role] !== undefined));
  return seen.sort((one, other) => one.sensitivity - other.sensitivity).map((kind) => kind.name);
}

export async function askExports(): Promise<ExportEntry[]> {
  return (await gql<{ exports: ExportEntry[] }>(exports_asked, {})).exports;
}

/** What is to leave: `shared_with` names the other unit it is for; `subject` the person who wants a copy of their own. */
export interface Wanted { kind: string; format: string; reason: string; is_whole: boolean; shared_with: string | null; subject: string | null }

/** Ask for all records of a kind, or all about one person; throws ProblemError with what the centre says against it. */
export async function sendExport(wanted: Wanted): Promise<ExportEntry> {
  return taken((await gql<{ ask_export: Result }>(ask_export, { export: { ...wanted } })).ask_export);
}

/** Say, as a second person, that it may leave. */
export async function sendAgreed(id: string): Promise<ExportEntry> {
  return taken((await gql<{ agree_to_export: Result }>(agree_to_export, { id })).agree_to_export);
}

/** Take it away: a token for this once, and the file it gives, into the folder of downloads. */
export async function takeAway(one: ExportEntry): Promise<void> {
  const { open_export: opened } = await gql<{ open_export: Result }>(open_export, { id: one.id });
  taken(opened);
  const file = await download('/api/exports', JSON.stringify({ token: opened.token }));
  putInDownloads(file, `doorstep-${one.number}.${one.format}`);
}

/** Give a file to the browser, which puts it into the folder of downloads. */
export function putInDownloads(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by the next turn; before that the address must stay.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function taken(found: Result): ExportEntry {
  if (found.problem || !found.export) throw new ProblemError(found.problem ?? { code: 'failed', field: null, details: null }, 200);
  return found.export;
}
