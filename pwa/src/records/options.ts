// The choices of a vocabulary as a form offers them. Their words are declared; only their order is kept here as it is.
import { schema } from '../schema/schema'
import type { IconName } from '../ui/icons'

interface Code { code: string; zh: string; en: string; retired?: boolean | string }

/** The codes still offered, and those in `keep`, which were chosen before they were retired. */
export function optionsOf(vocabulary: string, language: 'zh' | 'en', keep: string[] = []): { value: string; text: string }[] {
  const codes = (schema.vocabularies as unknown as Record<string, Code[]>)[vocabulary] ?? []
  return codes.filter((one) => !one.retired || keep.includes(one.code)).map((one) => ({ value: one.code, text: one[language] }))
}

const drawings: Record<string, IconName> = { as_usual: 'check', follow_up: 'clock', urgent: 'held', low: 'down', medium: 'minus', high: 'up' }

/** A drawing for the few codes that have one; the others go by their word. */
export function iconOf(code: string): { icon?: IconName } {
  const icon = drawings[code]
  return icon ? { icon } : {}
}
