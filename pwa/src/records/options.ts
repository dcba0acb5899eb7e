// The choices of a vocabulary as a form offers them. Their words and order are declared.
import { schema } from '../schema/schema';
import type { IconName } from '../ui/icons';

/** The codes still offered, and those in `keep`, which were chosen before they were retired. */
export function optionsOf(vocabulary: string, language: 'zh' | 'en', keep: string[] = []): { value: string; text: string }[] {
  const codes = schema.vocabularies[vocabulary] ?? [];
  return codes.filter((one) => !one.retired || keep.includes(one.code)).map((one) => ({ value: one.code, text: one[language] }));
}

const drawings: Record<string, IconName> = { as_usual: 'check', follow_up: 'clock', urgent: 'held', low: 'down', medium: 'minus', high: 'up' };

/** A drawing for the few codes that have one; the others go by their word. */
export function iconOf(code: string): { icon?: IconName } {
  const icon = drawings[code];
  return icon ? { icon } : {};
}
