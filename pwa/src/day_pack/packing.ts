// The pack of a day, made while everything is open and the centre was just met: a part of this phone beside the person's own,
// with the records of a few homes and a key of its own, which the day's words open without a network. What is written in
// it goes nowhere by itself: the person's own part takes it back (taking_back.ts). Opening it is opening.ts.
import { keysFrom, newMasterKey } from '../seal/keys';
import { newPlace } from '../seal/part';
import { makeSlot, type SlotOptions } from '../seal/slots';
import type { Author } from '../sync/outbox';
import { project } from '../sync/project';
import { base64 } from '../sync/save';
import type { BaseRow, ViewRow } from '../sync/shapes';
import { fact, findPersonStore, write, type PersonStore } from '../sync/store';
import { today } from '../sync/clock';
import { alongWith, homesMax } from './choice';
import { halfOf, keepOutside, newOutside } from './outside';
import { easySecret } from './secret';
import { packFact, type KeptPack, type Packed } from './shapes';
import { takeBack } from './taking_back';

export const hoursMax = 12;

/** What somebody takes along: homes and shifts by their ids, until when (milliseconds), and the words that open it. */
export interface ToPack { homes: string[]; shifts: string[]; until: number; words: string }

/** Of a pack that is refused nothing is made, and one that was there before stays. */
export class PackRefused extends Error {
  override name = 'PackRefused';
  constructor(readonly reason: 'nothing' | 'too_many' | 'too_easy' | 'too_long') {
    super(`Nothing was packed: ${reason}`);
  }
}

/** Facts without which nobody could work in a pack: who they are, names, how far the phone had read, what it counts. */
const factsAlong = ['me', 'members', 'cursors', 'last_contact', 'counted'];

/** Pack for a day; what an earlier pack still held is taken back first. Throws PackRefused. */
export async function pack(author: Author, asked: ToPack, options: SlotOptions = {}): Promise<Packed> {
  const now = author.now();
  const refused = refusalOf(asked, now);
  if (refused) throw new PackRefused(refused);
  const rows = await rowsFor(author.store, asked, today(new Date(now)));
  if (rows.base.length === 0) throw new PackRefused('nothing');
  await takeBack(author, 'always');
  const packed: Packed = { homes: asked.homes, records: rows.base.length, until: asked.until, packed_at: new Date(now).toISOString() };
  await make(author, asked.words, packed, rows, options);
  return packed;
}

/** Why this is not packed; null where it is. */
export function refusalOf({ homes, shifts, until, words }: ToPack, now: number): PackRefused['reason'] | null {
  if (homes.length + shifts.length === 0) return 'nothing';
  if (homes.length > homesMax) return 'too_many';
  if (easySecret(words) !== null) return 'too_easy';
  return until <= now || until > now + hoursMax * 3_600_000 ? 'too_long' : null;
}

interface Along { base: BaseRow[]; view: ViewRow[]; facts: Map<string, unknown> }

// As the centre has them: what waits to be sent, or was refused, stays where it is, and is not written a second time.
async function rowsFor(store: PersonStore, { homes, shifts }: ToPack, day: string): Promise<Along> {
  const base = (await store.getMany('base', await alongWith(store, [...homes, ...shifts], day))).filter(({ leaving }) => !leaving);
  const view = base.map((row) => project(row, [])).filter((row) => row !== undefined);
  const facts = new Map(await Promise.all(factsAlong.map(async (key) => [key, await fact(store, key)] as const)));
  return { base, view, facts };
}

// Killed between any two of these steps, it is no pack yet: nothing opens it, and the next opening of the person's own part
// takes away what there is of it. Its key is kept there before anything can be written in it.
async function make(author: Author, words: string, packed: Packed, along: Along, options: SlotOptions): Promise<void> {
  const { person, store } = author;
  const master = newMasterKey();
  const place = newPlace();
  const outside = await newOutside(place, packed.until);
  await keepOutside(person, outside);
  const kept: KeptPack = { ...packed, place, master: base64(master), taken: 'no' };
  await write(store, (transaction) => transaction.objectStore('meta').put(kept, packFact));
  const closed = await findPersonStore(place);
  const slot = await makeSlot('shift', master, { words, device: await halfOf(outside) }, { ...options, until: new Date(packed.until).toISOString() });
  const inside = closed.open(await keysFrom(master));
  await fill(inside, along, packed);
  inside.keys.lock();
  await closed.keepSlot(slot);
  closed.close();
  await keepOutside(person, { ...outside, state: 'ready' });
}

async function fill(inside: PersonStore, { base, view, facts }: Along, packed: Packed): Promise<void> {
  const [bases, views] = await Promise.all([inside.sealAll('base', base), inside.sealAll('view', view)]);
  await write(inside, async (transaction) => {
    const meta = transaction.objectStore('meta');
    await Promise.all([
      ...bases.map((row) => transaction.objectStore('base').putSealed(row)),
      ...views.map((row) => transaction.objectStore('view').putSealed(row)),
      ...[...facts].filter(([, value]) => value !== undefined).map(([key, value]) => meta.put(value, key)),
      meta.put(packed, packFact)
    ]);
  });
}
