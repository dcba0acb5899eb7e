// The way back from a save: the same field keys with the values they had. Nothing is erased; it is a save like another.
import { fieldsOf, type Json, type Values } from './declared';

/**
 * What has to be written to undo `set`. Entries of append-only fields and, in a record that did not exist before,
 * required fields stay: neither can be taken back by a later save.
 */
export function inverseOf(kind: string, before: Values, set: Record<string, Json>, was_new: boolean): Record<string, Json> {
  const inverse: Record<string, Json> = {};
  for (const key of Object.keys(set)) {
    const dot = key.indexOf('.');
    const name = dot < 0 ? key : key.slice(0, dot);
    const field = fieldsOf(kind).find((one) => one.name === name);
    if (!field || field.append_only || (was_new && field.required)) continue;
    if (dot < 0) {
      inverse[key] = before[key] ?? null;
      continue;
    }
    const inside = (before[name] ?? {}) as Record<string, Json>;
    inverse[key] = inside[key.slice(dot + 1)] ?? (field.type === 'choices' ? false : null);
  }
  return inverse;
}
