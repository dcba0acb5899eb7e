// The form of a value of each field type. Mirrors schema/field_types.py; both run the examples of every kind.
// Not here: rules between fields (checks.ts) or about the whole record (validate.ts).
import type { Column, DeclaredKind, Field, FieldTypeName, Json } from './model';
import { codesOf } from './schema';

export const STRING_CHARACTERS_MAX = 20_000;
export const ROWS_MAX_DEFAULT = 200;
/** Written row by row, as `remarks.<row id>`; `choices` too are written part by part. */
export function isInRows(field: { type: string }): boolean {
  return field.type === 'rows' || field.type === 'files';
}

const HASH = /^[0-9a-f]{64}$/;
const ROW_ID = /^[a-z0-9]{8,32}$/;
const RECORD_AS_ROW = /^[0-9a-f]{32}$/;
const PLAIN = /^[a-z0-9_.]{1,80}$/;
const BLANK = /^[\s\u200b]*$/;
const BLANK_ENDS = /^[\s\u200b]+|[\s\u200b]+$/g;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const DATETIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;
const PHONE = /^[0-9+\- ]{7,40}$/;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** A value in its one normal form, or why it is not one. */
export type Judged = { value: Json } | { code: string; details?: { [key: string]: Json } };
type Form = (value: Json, bounds: Field | Column, kind: DeclaredKind) => Judged;

const WRONG_TYPE: Judged = { code: 'wrong_type' };

/** Whether a row of this field may have this id: where rows stand for records (`of`), the record's own id. */
export function isRowId(part: string, field: { of?: string } = {}): boolean {
  return (field.of === undefined ? ROW_ID : RECORD_AS_ROW).test(part);
}

/** The id of the row that stands for a record. */
export function rowOfRecord(record: string): string {
  return record.replaceAll('-', '');
}

/** A name from outside if it can be repeated in an answer; null for what no declaration could name. */
export function plainName(name: string): string | null {
  return PLAIN.test(name) ? name : null;
}

/** Whether a value says nothing: null, blank text, no choice, no row. `false` and 0 say something. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return BLANK.test(value);
  return typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** Whether this is a day that exists, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1900 || year > 2199) return false;
  const made = new Date(Date.UTC(year, month - 1, day));
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

/** Whether this is a minute of a day, written HH:MM. */
export function isTime(text: string): boolean {
  return TIME.test(text);
}

/** Whether this is an instant of a day that exists, written YYYY-MM-DDTHH:MM:SSZ. */
export function isDatetime(text: string): boolean {
  return DATETIME.test(text) && isDate(text.slice(0, 10));
}

/** Characters as people count them, or undefined where one cannot be stored: a control character, half a pair. */
function charactersOf(text: string): number | undefined {
  let count = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const isControl = (point < 0x20 && point !== 0x09 && point !== 0x0a && point !== 0x0d) || (point > 0x7e && point < 0xa0);
    if (isControl || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    count += 1;
  }
  return count;
}

const text: Form = (value, bounds) => {
  const characters = typeof value === 'string' ? charactersOf(value) : undefined;
  if (typeof value !== 'string' || characters === undefined) return WRONG_TYPE;
  const longest = Math.min(bounds.max ?? STRING_CHARACTERS_MAX, STRING_CHARACTERS_MAX);
  if (characters > longest) return { code: 'text_too_long', details: { max: longest } };
  const isShort = bounds.min !== undefined && !isEmpty(value) && [...value.replace(BLANK_ENDS, '')].length < bounds.min;
  return isShort ? { code: 'text_too_short', details: { min: bounds.min ?? 0 } } : { value };
};

const line: Form = (value, bounds, kind) => (typeof value === 'string' && /[\n\r]/.test(value) ? WRONG_TYPE : text(value, bounds, kind));

function matching(pattern: RegExp): Form {
  return (value) => (typeof value === 'string' && pattern.test(value) ? { value } : WRONG_TYPE);
}

const day: Form = (value) => (typeof value === 'string' && isDate(value) ? { value } : WRONG_TYPE);

const instant: Form = (value) => (typeof value === 'string' && isDatetime(value) ? { value } : WRONG_TYPE);

const phone: Form = (value) => {
  if (typeof value !== 'string' || !PHONE.test(value)) return WRONG_TYPE;
  const digits = value.replace(/[^0-9]/g, '').length;
  return digits >= 7 && digits <= 20 ? { value } : WRONG_TYPE;
};

const integer: Form = (value, bounds) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return WRONG_TYPE;
  if ((bounds.min !== undefined && value < bounds.min) || (bounds.max !== undefined && value > bounds.max)) {
    return { code: 'out_of_range', details: { min: bounds.min ?? null, max: bounds.max ?? null } };
  }
  // JavaScript has a second zero.
  return { value: value === 0 ? 0 : value };
};

const yesOrNo: Form = (value) => (typeof value === 'boolean' ? { value } : WRONG_TYPE);

const choice: Form = (value, bounds, kind) => {
  if (typeof value !== 'string') return WRONG_TYPE;
  return codesOf(kind, bounds)?.includes(value) ? { value } : { code: 'unknown_choice' };
};

const row: Form = (value, bounds, kind) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return WRONG_TYPE;
  const columns = ('columns' in bounds && bounds.columns) || [];
  for (const name of Object.keys(value)) {
    if (!columns.some((column) => column.name === name)) return { code: 'unknown_field', details: { column: plainName(name) } };
  }
  const kept: { [column: string]: Json } = {};
  for (const column of columns) {
    const given = value[column.name] ?? null;
    if (isEmpty(given)) {
      if (column.required) return { code: 'missing', details: { column: column.name } };
      continue;
    }
    const judged = forms[column.type](given, column, kind);
    if ('code' in judged) return { code: judged.code, details: { ...judged.details, column: column.name } };
    kept[column.name] = judged.value;
  }
  return { value: kept };
};

const file: Form = (value, bounds, kind) => {
  const judged = row(value, bounds, kind);
  if ('code' in judged) return judged;
  const { hash, media, bytes } = judged.value as { hash: string; media: string; bytes: number };
  const { media: taken = [], bytes_max } = bounds as Field;
  if (!HASH.test(hash)) return { code: 'wrong_type', details: { column: 'hash' } };
  if (!taken.includes(media)) return { code: 'file_media_not_taken', details: { column: 'media' } };
  if (bytes_max !== undefined && bytes > bytes_max) return { code: 'file_over_bound', details: { column: 'bytes', max: bytes_max } };
  return judged;
};

/** Judges one written value by itself; for `choices` one choice, for `rows` and `files` one row. */
export const forms: Record<FieldTypeName, Form> = {
  text: line,
  long_text: text,
  date: day,
  time: matching(TIME),
  datetime: instant,
  integer,
  boolean: yesOrNo,
  phone,
  choice,
  choices: yesOrNo,
  person: matching(ID),
  team: matching(ID),
  ref: matching(ID),
  state: choice,
  rows: row,
  files: file,
};
