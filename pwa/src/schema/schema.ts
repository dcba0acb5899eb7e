// The declarations of the centre as this app was built with them. An outreach worker's phone opens with the kinds of that
// role; all others are brought before anybody with another role is let in. Not here: rules that judge by them.
import declared from '../generated/schema.json';
import type { DeclaredKind, Field, Schema } from './model';

// The generator writes this file from declarations that were judged one by one; TypeScript reads it as plain strings.
export const schema = declared as unknown as Schema;

let further: Promise<void> | undefined;

/** Bring the kinds that somebody with these roles may see. Throws where the app is not whole on this device. */
export async function bringKinds(roles: readonly string[]): Promise<void> {
  if (roles.every((role) => declared.opens.includes(role))) return;
  further ??= import('../generated/further_kinds.json').then(({ default: brought }) => {
    Object.assign(schema.kinds, brought.kinds);
    Object.assign(schema.vocabularies, brought.vocabularies);
  });
  try {
    await further;
  } catch (error) {
    further = undefined;
    throw error;
  }
}

/** The declaration of a kind; undefined for a kind that a newer server knows and this app does not. */
export function kindOf(kind: string): DeclaredKind | undefined {
  return Object.hasOwn(schema.kinds, kind) ? schema.kinds[kind] : undefined;
}

/** The field that a field key (`outcome`, `services.greeting`, `remarks.k3x9`) belongs to, if it is declared. */
export function fieldOf(kind: DeclaredKind, fieldKey: string): Field | undefined {
  const [name] = splitKey(fieldKey);
  return kind.fields.find((field) => field.name === name);
}

/** Field and part of a field key; the part is undefined when there is no dot. */
export function splitKey(fieldKey: string): [string, string | undefined] {
  const dot = fieldKey.indexOf('.');
  return dot < 0 ? [fieldKey, undefined] : [fieldKey.slice(0, dot), fieldKey.slice(dot + 1)];
}

/** The codes a field's value may have, in declared order; undefined for a field without codes. */
export function codesOf(kind: DeclaredKind, field: { type: string; of?: string }): string[] | undefined {
  if (field.type === 'state') return kind.states?.states.map((state) => state.code) ?? [];
  if (field.type !== 'choice' && field.type !== 'choices') return undefined;
  return (schema.vocabularies[field.of ?? ''] ?? []).map((choice) => choice.code);
}
