// What is new in a record since it was last looked at, as rows a reviewer reads: ticks of one question together, each
// sentence whole. Words for values come from field_text.ts.
import { fieldOf, kindOf, splitKey } from '../schema/schema';
import { isEqual } from '../schema/view';
import type { FieldChange, Json, Values } from './shapes';

/** One row: a single value before and after, or the parts of a list that came and went. */
export interface ChangeRow {
  field: string;
  /** Field keys behind this row, in the order in which they changed. */
  keys: string[];
  before: Json;
  after: Json;
  added: FieldChange[];
  removed: FieldChange[];
  by: string[];
  at: string;
}

/** The changes in the order of the record's form; a field that came back to what it was is left out. */
export function changeRows(kind: string, changes: readonly FieldChange[]): ChangeRow[] {
  const rows = new Map<string, ChangeRow>();
  for (const change of changes) {
    const [name, part] = splitKey(change.field_key);
    const row = rows.get(name) ?? { field: name, keys: [], before: change.before, after: change.after, added: [], removed: [], by: [], at: '' };
    row.keys.push(change.field_key);
    row.after = change.after;
    if (!row.by.includes(change.by_name)) row.by.push(change.by_name);
    if (change.at > row.at) row.at = change.at;
    if (part !== undefined) {
      const is = isSet(change.after);
      if (is !== isSet(change.before) || (is && !isEqual(change.before, change.after))) (is ? row.added : row.removed).push(change);
    }
    rows.set(name, row);
  }
  const order = formOrder(kind);
  return [...rows.values()].filter(isNews).sort((one, other) => order.indexOf(one.field) - order.indexOf(other.field));
}

function isSet(value: Json): boolean {
  return value !== null && value !== false;
}

function isNews(row: ChangeRow): boolean {
  const inParts = row.keys.some((key) => splitKey(key)[1] !== undefined);
  return inParts ? row.added.length + row.removed.length > 0 : !isEqual(row.before, row.after);
}

/** Fields in the order of the form, then the rest as declared. */
export function formOrder(kind: string): string[] {
  const declared = kindOf(kind);
  if (!declared) return [];
  const inForm = declared.form.flatMap((section) => section.fields);
  return [...inForm, ...declared.fields.map((field) => field.name).filter((name) => !inForm.includes(name))];
}

/** The fields with a value that are not among the news, in the order of the form. */
export function restOf(kind: string, values: Values, news: readonly string[]): string[] {
  const has = (value: Json | undefined) => value !== null && value !== undefined && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
  return formOrder(kind).filter((name) => !news.includes(name) && has(values[name]));
}

/** Whether the words of a field are sentences, which are shown whole and never cut or laid side by side in a cell. */
export function isNarrative(kind: string, key: string): boolean {
  const declared = kindOf(kind);
  return declared !== undefined && fieldOf(declared, key)?.type === 'long_text';
}
