// The consents of the people whom records on this phone are about: what was answered at the door becomes one, and what
// has none any more is not shown. Not here: how consents stand on a day (schema/basis.ts).
import { get, list, save, session, today } from '../view';
import { consentKind, needsConsent, standingOf, type Standing } from '../schema/basis';
import { declared, fieldsOf, type Values } from './declared';

// What was read at the door for each purpose; and which of the answers there says that somebody of the family agreed.
const door_wordings: Record<string, string> = { voice: 'door_voice_2026_11' };
const door_wording = 'door_2026_11';
const by_family = 'guardian';

/** How a person's consent to a purpose stands today, as far as this phone knows; with `unit` only to this other unit. */
export async function standingTo(subject: string, purpose: string, on = today(), unit?: string): Promise<Standing> {
  const kind = consentKind();
  if (!kind) return 'none';
  const found = await list(kind.name, `${kind.subject}+${kind.fields.purpose}`, `${subject}|${purpose}`);
  const counted = unit === undefined ? found : found.filter((one) => alike(one.values[kind.fields.shared_with]) === alike(unit));
  return standingOf(counted.map((one) => one.values), kind.fields, on);
}

/** A name as it is compared: however wide its characters are, without the blanks in it. */
function alike(name: unknown): string {
  return typeof name === 'string' ? name.normalize('NFKC').toLowerCase().replace(/\s/g, '') : '';
}

/**
 * Write down what was agreed to at the door, where it is not written down yet. Before the visit that needs it, so that
 * the centre has the consent first. Its day is the visit's own.
 */
export async function keepAgreed(values: Values): Promise<void> {
  const needed = fieldsOf('home_visit').map((field) => needsConsent(field, values)).filter((basis) => basis !== undefined).map((basis) => ({ purpose: basis.purpose, answer: values[Object.keys(basis.unless ?? {})[0] ?? ''] }));
  if (needed.length === 0 || typeof values.resident !== 'string') return;
  const given_on = typeof values.visited_on === 'string' ? values.visited_on : today();
  // To be shown elsewhere is a purpose of its own.
  for (const { purpose, answer } of values.photo_consent === 'publicity' ? [...needed, { purpose: 'publicity', answer: 'publicity' }] : needed) {
    if ((await standingTo(values.resident, purpose)) === 'current') continue;
    await save('consent', null, {
      resident: values.resident, purpose, wording: door_wordings[purpose] ?? door_wording, given_by: answer === by_family ? 'family' : 'self',
      proof: 'oral', witness: (session.me?.name ?? '').slice(0, 30), given_on
    });
  }
}

/** The fields of a record that this phone shows no more, because the consent to them has ended. */
export async function shutFields(record: string): Promise<string[]> {
  const found = await get(record);
  const subject = found && declared(found.kind)?.subject;
  if (!found || !subject) return [];
  const shut: string[] = [];
  for (const field of fieldsOf(found.kind)) {
    const basis = needsConsent(field, found.values);
    const person = found.values[subject];
    if (!basis || typeof person !== 'string') continue;
    const standing = await standingTo(person, basis.purpose);
    if (standing === 'withdrawn' || standing === 'over') shut.push(field.name);
  }
  return shut;
}
