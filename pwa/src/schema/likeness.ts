// How like two records are by the signs that their declaration names. Finding them is sync/duplicates.py at the centre and
// records/alike.ts on a phone.
import type { Duplicate, Values } from './model';

/** How like two records are by the declared signs; null where none of them holds. */
export function likenessTo(rules: readonly Duplicate[], one: Values, other: Values, sounds: boolean): 'very' | 'some' | null {
  const holding = rules.filter((rule) => (rule.sounds === undefined || sounds) && agrees(rule, one, other));
  if (holding.length === 0) return null;
  return holding.some((rule) => rule.likeness === 'very') ? 'very' : 'some';
}

function agrees(rule: Duplicate, one: Values, other: Values): boolean {
  return rule.overlap === undefined && rule.same.every((field) => {
    const [left, right] = [plainText(one[field]), plainText(other[field])];
    return left === right && (left !== '' || rule.blank?.includes(field) === true);
  });
}

/** A text or number as it is compared; nothing for all else. */
export function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
