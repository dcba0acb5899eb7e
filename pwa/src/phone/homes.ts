// What a home and its people are called on the phone. The title itself is declared; this adds age, needs and place.
import { age } from '../records/dates';
import type { Language } from '../records/dates';
import { choiceWords } from '../schema/words';

interface RecordLike { title_zh: string; title_en: string; values: { [field: string]: unknown } }

export function titleOf(record: RecordLike | undefined, language: Language): string {
  return record ? (language === 'zh' ? record.title_zh : record.title_en) : '';
}

/** 78 岁 · 独居: what tells one old neighbour from another. */
export function personLine(values: { [field: string]: unknown } | undefined, language: Language, today: string): string {
  if (!values) return '';
  const born = typeof values.born_on === 'string' ? age(values.born_on, today) : null;
  const needs = Object.entries((values.vulnerabilities ?? {}) as Record<string, boolean>).filter(([, on]) => on).map(([code]) => choiceWords('vulnerability', code, language));
  return [born === null ? '' : language === 'zh' ? `${born} 岁` : `${born}`, ...needs].filter(Boolean).join(' · ');
}

/** Codes of what to mind before knocking, the pressing ones first. */
export function careCodes(values: { [field: string]: unknown } | undefined): string[] {
  return Object.entries((values?.tags ?? {}) as Record<string, boolean>).filter(([, on]) => on).map(([code]) => code);
}

/** A way to the door that any map application understands; it opens only when the person asks for it. */
export function directions(values: { [field: string]: unknown } | undefined): string {
  const place = [values?.estate, values?.building && `${String(values.building)}栋`].filter(Boolean).join('');
  return `geo:0,0?q=${encodeURIComponent(place)}`;
}

/** What is sorted by number where it is one: 3 栋 before 12 栋. */
export function byPlace(one: RecordLike, other: RecordLike): number {
  for (const field of ['estate', 'building', 'unit', 'room']) {
    const difference = String(one.values[field] ?? '').localeCompare(String(other.values[field] ?? ''), 'zh-CN', { numeric: true });
    if (difference !== 0) return difference;
  }
  return 0;
}
