// What the desk asks about a register that is brought in, and what its person decided about the file. The file and the
// decisions live on this page only. What is shown stands in RegisterImport.svelte.
import { problemFields } from '../graphql';
import { schema } from '../schema/schema';
import { base64 } from '../sync/save';
import type { Problem } from '../sync/shapes';
import { gql } from '../view';

/** One request carries the file in a form that is a third longer. */
export const fileBytesMax = 1_400_000;
// Five thousand rows are judged before the answer comes.
const secondsMax = 120;

export interface RegisterFile { name: string; content: string }
/** `fixes`: every cell of a column that says `text` says `to` instead. */
export interface Fix { position: number; text: string; to: string }
export interface Choices { columns: Record<number, string>; fixes: Fix[]; left_out: number[]; team: string }
export const undecided: Choices = { columns: {}, fixes: [], left_out: [], team: '' };

export interface RegisterColumn {
  position: number; heading: string; kind: string | null; field: string | null; guess_kind: string | null; guess_field: string | null;
  how: 'heading' | 'content' | 'none'; samples: string[]; lost: number; id_number: boolean;
}
export interface RegisterRepair { problem: Problem & Record<'words_zh' | 'words_en' | 'next_step_zh' | 'next_step_en', string>; column: string | null; position: number | null; rows: number[]; texts: { text: string; rows: number }[] }
export interface RegisterLook {
  is_done: boolean; problem: RegisterRepair['problem'] | null; sheet: string | null; header_row: number | null; rows: number;
  columns: RegisterColumn[]; repairs: RegisterRepair[]; households: number; known_households: number; residents: number;
  already: number[]; alike: { row: number; other_row: number | null }[]; left_out_csv: string | null;
}

const look = `is_done problem { ${problemFields} } sheet header_row rows
  columns { position heading kind field guess_kind guess_field how samples lost id_number }
  repairs { problem { ${problemFields} } column position rows texts { text rows } }
  households known_households residents already alike { row other_row } left_out_csv`;
const look_at_register = `query look_at_register($register: RegisterInput!) { look_at_register(register: $register) { ${look} } }`;
const import_register = `mutation import_register($id: ID!, $register: RegisterInput!) { import_register(id: $id, register: $register) { ${look} } }`;

/** A chosen file as it travels; null where it is too large, and then nothing of it was read. */
export async function fileOf(file: File): Promise<RegisterFile | null> {
  if (file.size > fileBytesMax) return null;
  return { name: file.name, content: base64(new Uint8Array(await file.arrayBuffer())) };
}

/** A block copied from a sheet, which comes with tabs between its cells; null where it is too large. */
export function blockOf(text: string): RegisterFile | null {
  const bytes = new TextEncoder().encode(text.trim() + '\n');
  return bytes.length > fileBytesMax ? null : { name: 'block.txt', content: base64(bytes) };
}

/** What importing would do; writes nothing. */
export async function askLook(file: RegisterFile, choices: Choices): Promise<RegisterLook> {
  return (await gql<{ look_at_register: RegisterLook }>(look_at_register, { register: sent(file, choices) }, secondsMax)).look_at_register;
}

/** Import it under an id of this run; asked again with the same id, the centre writes nothing twice. */
export async function sendImport(id: string, file: RegisterFile, choices: Choices): Promise<RegisterLook> {
  return (await gql<{ import_register: RegisterLook }>(import_register, { id, register: sent(file, choices) }, secondsMax)).import_register;
}

function sent(file: RegisterFile, choices: Choices) {
  const columns = Object.entries(choices.columns).map(([position, target]) => {
    const [kind = null, field = null] = target === '' ? [] : target.split('.');
    return { position: Number(position), kind, field };
  });
  return { ...file, columns, fixes: choices.fixes.map((fix) => ({ ...fix })), left_out: choices.left_out, team: choices.team || null };
}

/** All that a column can be taken for, as `kind.field`. */
export function targets(): string[] {
  const declared = ['household', 'resident'].flatMap((kind) => (schema.kinds[kind]?.fields ?? [])
    .filter((field) => !['ref', 'rows', 'files'].includes(field.type) && !field.derive).map((field) => `${kind}.${field.name}`));
  return ['shared.address', 'shared.phone', 'shared.remarks', ...declared];
}

/** What each column is first taken for: what its heading says, else what its content looks like. */
export function firstChoice(columns: readonly RegisterColumn[]): Record<number, string> {
  return Object.fromEntries(columns.map((column) => [column.position, targetOf(column.kind, column.field) || targetOf(column.guess_kind, column.guess_field)]));
}

function targetOf(kind: string | null, field: string | null): string {
  return kind && field ? `${kind}.${field}` : '';
}

/** The choices with one more mended cell text; what was decided about the same text before is replaced. */
export function mended(choices: Choices, position: number, texts: readonly string[], to: string): Choices {
  const others = choices.fixes.filter((fix) => fix.position !== position || !texts.includes(fix.text));
  return { ...choices, fixes: [...others, ...texts.map((text) => ({ position, text, to }))] };
}

/** The choices with these rows left out too. */
export function without(choices: Choices, rows: readonly number[]): Choices {
  return { ...choices, left_out: [...new Set([...choices.left_out, ...rows])].sort((one, other) => one - other) };
}

/** Numbers as people read them: 3–5, 9. */
export function spans(rows: readonly number[], most = 12): string {
  const found: [number, number][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last && row === last[1] + 1) last[1] = row;
    else found.push([row, row]);
  }
  const shown = found.slice(0, most).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return shown.join(', ') + (found.length > most ? ' …' : '');
}
