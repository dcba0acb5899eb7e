// Whether somebody's consent to a purpose counts on a day. Mirrors schema/basis.py. Not here: finding the consents.
import type { Basis, ConsentFields, Field, Values } from './model';
import { schema } from './schema';
import { isEmpty } from './field_types';
import { holds } from './validate';

export type Standing = 'current' | 'withdrawn' | 'over' | 'none';

/** The kind whose records say that somebody agreed, and its fields that do. */
export function consentKind(): { name: string; subject: string; fields: ConsentFields } | undefined {
  const kind = Object.values(schema.kinds).find((one) => one.consent !== undefined);
  return kind?.consent && kind.subject ? { name: kind.name, subject: kind.subject, fields: kind.consent } : undefined;
}

/** How the consents of one person to one purpose stand on a day: one that counts is enough; on the day of a withdrawal none does. */
export function standingOf(consents: Values[], names: ConsentFields, on: string): Standing {
  let found: Standing = 'none';
  for (const values of consents) {
    const [given_on, until, withdrawn_on] = [values[names.given_on], values[names.until], values[names.withdrawn_on]];
    if (typeof given_on !== 'string' || given_on > on) continue;
    if (typeof withdrawn_on === 'string' && withdrawn_on <= on) found = 'withdrawn';
    else if (typeof until === 'string' && until < on) found = found === 'withdrawn' ? found : 'over';
    else return 'current';
  }
  return found;
}

/** What a field of such a record may only be written and shown with; undefined where nobody has to be asked. */
export function needsConsent(field: Field, values: Values): Basis | undefined {
  if (!field.basis || isEmpty(values[field.name])) return undefined;
  return field.basis.unless && holds(field.basis.unless, values) ? undefined : field.basis;
}
