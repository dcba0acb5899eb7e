// What a desk makes of one held save: the rows it shows, and which values become the supervisor's own. Asking and sending
// are done elsewhere.
import { fieldOf, kindOf, splitKey } from '../schema/schema';
import { isEqual } from '../schema/view';
import { formOrder } from './change_rows';
import type { HeldDetail, HeldField, Json } from './shapes';

/** One line of the comparison. Without `written` the author wrote nothing there: the reason itself asks for it. */
export interface HeldRow { key: string; written: HeldField | null }

/** What the author wrote, in the order of the form, and the question that the reason is about when they left it out. */
export function heldRows(detail: HeldDetail): HeldRow[] {
  const kind = detail.kind ?? '';
  const rows: HeldRow[] = detail.fields.map((written) => ({ key: written.field_key, written }));
  const about = detail.problem?.field ?? '';
  const declared = kindOf(kind);
  if (about !== '' && declared && fieldOf(declared, about) && !rows.some((row) => row.key === about)) rows.push({ key: about, written: null });
  const order = formOrder(kind);
  const place = (row: HeldRow) => order.indexOf(splitKey(row.key)[0] ?? '');
  return rows.sort((one, other) => place(one) - place(other));
}

/** Whether a desk can write another value there by one field: ticks and rows are let in as they are. */
export function canEdit(kind: string | null, key: string): boolean {
  const declared = kind === null ? undefined : kindOf(kind);
  const type = declared && fieldOf(declared, key)?.type;
  return type !== undefined && !['choices', 'rows', 'boolean', 'ref', 'person', 'team', 'state'].includes(type);
}

/** What is really another value than the author's; what was changed and changed back is theirs again. */
export function editsOf(detail: HeldDetail, edits: Readonly<Record<string, Json>>): Record<string, Json> {
  const own = (key: string) => detail.fields.find((field) => field.field_key === key)?.wrote ?? null;
  return Object.fromEntries(Object.entries(edits).filter(([key, value]) => !isEqual(own(key), value)));
}

/** Fields where the author's value and one they had not seen would both stand after a release as it is. */
export function wouldStandBeside(detail: HeldDetail, edits: Readonly<Record<string, Json>>): string[] {
  return detail.fields.filter((field) => field.is_unseen && !(field.field_key in edits)).map((field) => field.field_key);
}

/** Which sentence explains the reason to whoever decides; the problem's own words speak to the author. */
export function explanationOf(detail: HeldDetail): 'late_edit' | 'locked' | 'moved' | 'waits' | 'unreadable' | 'plain' {
  const code = detail.problem?.code;
  if (code === 'locked_after_edit') return 'late_edit';
  if (code === 'locked') return 'locked';
  if (code === 'out_of_scope') return 'moved';
  if (code === 'depends_on_held') return 'waits';
  return !detail.can_release && detail.can_reject ? 'unreadable' : 'plain';
}
