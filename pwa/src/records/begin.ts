// What a new record's form is filled with before anybody types: only what the phone knows for certain.
import { get, instant, today, type Me, type RecordView } from '../view';
import { fieldsOf, isFilled, type Values } from './declared';

/** The values a new form begins with: what the way here said, the day, the person, the only team. */
export function begun(kind: string, given: Record<string, string>, me: Me | null): Values {
  const values: Values = { ...given };
  for (const field of fieldsOf(kind)) {
    if (!field.required || isFilled(values[field.name])) continue;
    // What another record that is named here says of it comes from there.
    if (field.takes?.some((path) => isFilled(given[path.split('.')[0] ?? '']))) continue;
    if (field.type === 'date' && field.not_after === 'today') values[field.name] = today();
    if (field.type === 'datetime' && field.not_after === 'now') values[field.name] = instant(new Date());
    if (field.type === 'person' && me && (field.role === undefined || me.roles.includes(field.role))) values[field.name] = me.person;
    if (field.type === 'team' && me?.teams.length === 1) values[field.name] = me.teams[0]?.id;
  }
  return values;
}

/**
 * The values with what a newly chosen record implies: a case of a resident is a case of that resident's home. Fields
 * that are filled already stay. Gives back the very same object when nothing follows.
 */
export async function filledFromReferences(kind: string, values: Values, before: Values = {}): Promise<Values> {
  const references = fieldsOf(kind).filter((field) => field.type === 'ref');
  let filled = values;
  for (const field of references) {
    const chosen = values[field.name];
    if (typeof chosen !== 'string' || chosen === before[field.name]) continue;
    const record = await get(chosen);
    filled = taken(kind, field.name, record?.values, filled);
    for (const other of references) {
      if (isFilled(filled[other.name])) continue;
      // Of an earlier record of the same kind only what each of them needs.
      if (record?.kind === kind && !other.required) continue;
      const implied = record && fieldsOf(record.kind).find((one) => one.type === 'ref' && one.of === other.of);
      const value = implied && record.values[implied.name];
      if (typeof value === 'string') filled = { ...filled, [other.name]: value };
    }
  }
  return filled;
}

/** With what a field takes over from the record that a reference leads to, where it has nothing yet. */
function taken(kind: string, reference: string, from: RecordView['values'] | undefined, values: Values): Values {
  const more = fieldsOf(kind).flatMap((field) => {
    const source = field.takes?.find((path) => path.startsWith(`${reference}.`))?.split('.')[1];
    const value = source === undefined ? undefined : from?.[source];
    return value === undefined || value === null || isFilled(values[field.name]) ? [] : [[field.name, value] as const];
  });
  return more.length === 0 ? values : { ...values, ...Object.fromEntries(more) };
}
