// Who looked at a covered telephone number on this phone: noted here, sealed, before the number is shown, and handed in at
// the next meeting with the centre. What the centre makes of it is sync/reveals.py.
import { gql, problemFields } from '../graphql';
import { ProblemError, type Network } from '../network';
import { instant } from './clock';
import { newId } from './save';
import type { Problem } from './shapes';
import { write, type PersonStore } from './store';

/** One look. The id stays the same however often it is told, and the time is this phone's. */
export interface Reveal { id: string; record: string; field: string; seen_at: string }

const prefix = 'reveal.';
/** What the centre takes at once. */
const atOnce = 100;

const note_reveals = `mutation note_reveals($looks: [RevealInput!]!) { note_reveals(looks: $looks) {
  id problem { ${problemFields} } } }`;

/** Resolves when it is on the disk; only then may the number be shown. */
export async function noteReveal(store: PersonStore, record: string, field: string, now = new Date()): Promise<void> {
  const reveal: Reveal = { id: newId(), record, field, seen_at: instant(now) };
  await write(store, (transaction) => transaction.objectStore('meta').put(reveal, prefix + reveal.id));
}

/** Those that the centre has not heard of, oldest first. */
export async function revealsKept(store: PersonStore): Promise<Reveal[]> {
  return [...(await store.facts(prefix)).values()] as Reveal[];
}

/** Keep what was noted elsewhere on this phone, in the transaction that takes it over. */
export async function takeReveals(meta: { put(value: unknown, key: string): Promise<void> }, reveals: Reveal[]): Promise<void> {
  for (const reveal of reveals) await meta.put(reveal, prefix + reveal.id);
}

/** Tell the centre. What it has answered leaves the phone, also where it found no such number: that stands in its trail. */
export async function handInReveals(store: PersonStore, network: Network): Promise<void> {
  const kept = await revealsKept(store);
  for (let at = 0; at < kept.length; at += atOnce) {
    const looks = kept.slice(at, at + atOnce).map((reveal) => ({ ...reveal }));
    try {
      const { note_reveals: answered } = await gql<{ note_reveals: { id: string; problem: Problem | null }[] }>(note_reveals, { looks }, network);
      await write(store, async (transaction) => {
        for (const { id } of answered) await transaction.objectStore('meta').delete(prefix + id);
      });
    } catch (error) {
      // Refused as a whole, for instance by a centre of before: it waits here, and keeps nothing else from its meeting.
      if (!(error instanceof ProblemError)) throw error;
      return;
    }
  }
}
