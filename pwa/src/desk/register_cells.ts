// The cells of the register: which can be written, what a typed or copied text means, and what a block would change. What is
// asked is register_grid.ts, what is shown Register.svelte.
import { checkWrite } from '../schema/validate';
import { kindOf, schema } from '../schema/schema';
import { choiceWords } from '../schema/words';
import type { Field, Json, Problem, Values } from '../schema/model';

/** The kinds of the register: those whose records can be merged. */
export const registerKinds = ['household', 'resident'] as const;
export const pageRows = 100;
/** A block beyond this is for the import. */
export const pasteRowsMax = 200;

export interface GridRow { record: string; revision: number; values: Values; called: Record<string, Record<'zh' | 'en', string | null>>; title_zh: string; title_en: string }
export interface GridPage { items: GridRow[]; total: number; next: string | null; sorts: string[] }
/** What is looked at; holds codes alone, so that it can be kept. */
export interface GridView { kind: string; filters: Record<string, string>; sort: string | null }

/** The columns: those that the declaration lists, then what else holds one short value. */
export function columnsOf(kind: string): Field[] {
  const declared = kindOf(kind);
  const short = (declared?.fields ?? []).filter((field) => ['text', 'date', 'choice', 'phone', 'integer'].includes(field.type));
  const listed = (declared?.list.columns ?? []).map((name) => declared?.fields.find((field) => field.name === name)).filter((field) => field !== undefined);
  return [...listed, ...short.filter((field) => !listed.includes(field))];
}

/** Whether a cell is written in the table; what names something else is changed in its form. */
export function isWritten(field: Field): boolean {
  return ['text', 'date', 'choice', 'phone', 'integer'].includes(field.type) && !field.derive;
}

/** The fields that a view can be narrowed by. */
export function filtersOf(kind: string): Field[] {
  return (kindOf(kind)?.fields ?? []).filter((field) => field.type === 'team' || field.type === 'choice');
}

/** A cell's text as the value of its field: a code for a word of a list, a day however a sheet writes it. */
export function valueOf(field: Field, text: string): Json {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (field.type === 'choice') {
    return codesIn(field).find((code) => [code, choiceWords(field.of ?? '', code, 'zh'), choiceWords(field.of ?? '', code, 'en')].includes(trimmed)) ?? trimmed;
  }
  if (field.type === 'date') {
    const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(trimmed);
    return found ? [found[1], found[2]?.padStart(2, '0'), found[3]?.padStart(2, '0')].join('-') : trimmed;
  }
  if (field.type === 'integer') return /^-?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
  return trimmed;
}

export interface Change { row: GridRow; field: Field; before: Json; value: Json; problem: Problem | null }

/**
 * What a block copied from a sheet would change, from one cell on to the right and below; cells beyond the table, and those
 * that say what stands there already, are left out.
 *
 * here  the values on this machine, with whole telephone numbers
 */
export function planned(kind: string, rows: readonly GridRow[], columns: readonly Field[], at: { row: number; column: number }, block: string, here: ReadonlyMap<string, Values>): Change[] {
  const cells = block.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n').slice(0, pasteRowsMax).map((line) => line.split('\t'));
  return cells.flatMap((line, down) => line.flatMap((text, right): Change[] => {
    const [row, field] = [rows[at.row + down], columns[at.column + right]];
    if (!row || !field) return [];
    const known = here.get(row.record);
    const before = (known ?? row.values)[field.name] ?? null;
    const value = valueOf(field, text);
    if (value === before || Object.values(row.called[field.name] ?? {}).includes(text.trim())) return [];
    return [{ row, field, before, value, problem: problemOf(kind, field, value, known !== undefined) }];
  }));
}

function problemOf(kind: string, field: Field, value: Json, is_here: boolean): Problem | null {
  if (!isWritten(field)) return { code: 'field_not_permitted', field: field.name };
  if (!is_here) return { code: 'out_of_scope', field: field.name };
  if (value === null) return field.required ? { code: 'missing', field: field.name } : null;
  const judged = checkWrite(kind, field.name, value);
  return 'problem' in judged ? judged.problem : null;
}

/** The codes that a cell of a choice may hold. */
export function codesIn(field: Field): string[] {
  return (schema.vocabularies[field.of ?? ''] ?? []).filter((choice) => !choice.retired).map((choice) => choice.code);
}
