// What stalls, as the centre tells a desk; answering is an ordinary save. How it looks is Signals.svelte.
import { gql } from '../view';

export interface SignalNote { by_name: string; on: string; until: string | null; reason: string }
export interface SignalItem { subject: string; kind: string | null; title_zh: string; title_en: string; team: string | null; since: string; raised_on: string; note: SignalNote | null }
export interface Signal { rule: string; zh: string; en: string; open: number; answered: number; items: SignalItem[] }

const signals = `query signals { signals { rule zh en open answered items {
  subject kind title_zh title_en team since raised_on note { by_name on until reason } } } }`;

/** Every signal of the asking person's desk. */
export async function askSignals(): Promise<Signal[]> {
  return (await gql<{ signals: Signal[] }>(signals, {})).signals;
}

/** Where what a signal is about is looked at. */
export function hrefOf(item: SignalItem): string {
  return item.kind === null ? `/devices/${item.subject}/report` : `/review/${item.subject}`;
}

/** The same signal with one item answered, before the centre has told it anew. */
export function withNote(signal: Signal, subject: string, note: SignalNote): Signal {
  const items = signal.items.map((item) => (item.subject === subject ? { ...item, note } : item));
  const gained = signal.items.some((item) => item.subject === subject && item.note === null) ? 1 : 0;
  return { ...signal, items, open: signal.open - gained, answered: signal.answered + gained };
}
