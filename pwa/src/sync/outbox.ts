// Sealing a save: outbox entry, view row and draft in one durable transaction. Sending what is sealed is push.ts;
// whether the words are right was judged before, by schema/validate.ts.
import { nameFiles } from '../files/named';
import { kindOf } from '../schema/schema';
import { nextStamp } from './clock';
import { claimsOf, project, saveKey } from './project';
import { drawClient, newId, newOutboxRow, seal } from './save';
import type { BaseRow, Claim, Json, OutboxRow, Save, ViewRow } from './shapes';
import { fact, write, type PersonStore, type Writing } from './store';

/** Who seals, with what: the open database, the person, and the device's private key, which never leaves the browser. */
export interface Author { store: PersonStore; person: string; key: CryptoKey; now: () => number }

/** What a person confirmed on one record. */
export interface Wish {
  record: string;
  kind: string;
  set: { [field_key: string]: Json };
  /** Save keys of the claims the author had before their eyes, by field key. */
  seen: Record<string, string[]>;
  /** Names exactly what is replaced, for a desk that settles a record it does not hold. */
  replaces?: Record<string, string[]> | undefined;
  /** Revision of the base the author had open; 0 for a new record. */
  base: number;
  /** Key of the draft this save confirms. */
  draft?: string | undefined;
  /** The supervisor's returned sentence was before the author's eyes. */
  answers?: boolean;
  /** Outbox entries this save takes the place of; they leave in the same transaction. */
  instead_of?: string[];
}

/** What this device counts: rises by one per save, the newest time stamp it gave, and the keys of its newest saves. */
export interface Counted { device_sequence: number; made_at: string; keys?: string[] }
/** A form is rarely open for longer than so many saves. */
export const keysMax = 200;

/** What this phone has of one record, and what it counts. */
export interface Known { base: BaseRow | undefined; entries: OutboxRow[]; counted: Counted | undefined }

export async function knownOf(store: PersonStore, record: string): Promise<Known> {
  const [base, entries, counted] = await Promise.all([
    store.get('base', record), store.getAllFromIndex('outbox', 'record', record), fact<Counted>(store, 'counted')
  ]);
  return { base, entries, counted };
}

/** Another tab sealed a save between signing and writing; the number is taken, so it is signed again. */
class NumberTaken extends Error {}

const triesMax = 20;

/**
 * Seal one save. Resolves only when the transaction is on disk: then, and not before, may "saved" be shown.
 *
 * It replaces what the author saw, and what the author wrote on this device: somebody has always seen what they wrote
 * themselves, but not yet what came from another device of theirs. When anything fails nothing is written; a full disk
 * leaves outbox and draft as they were.
 *
 * known  what was just read of the record, where the words were judged on it
 */
export async function sealSave(author: Author, wish: Wish, known?: Known): Promise<OutboxRow> {
  for (let tries = 1; ; tries += 1) {
    const before = (tries === 1 && known) || (await knownOf(author.store, wish.record));
    const row = await sign(author, wish, before);
    const ready = await makeReady(author.store, row, wish, before);
    try {
      await write(author.store, (transaction) => keep(transaction, row, wish, ready));
      return row;
    } catch (error) {
      if (!(error instanceof NumberTaken) || tries === triesMax) throw error;
    }
  }
}

// Signing awaits the crypto engine, and a transaction does not survive that: so sign first, then write, and let the
// transaction check that the number is still free.
async function sign(author: Author, wish: Wish, { base, entries, counted }: Known): Promise<OutboxRow> {
  const { person } = author;
  const outbox = entries.filter((entry) => !(wish.instead_of ?? []).includes(entry.save));
  const claims = claimsOf(base, outbox);
  const own = ownKeys(counted, entries);
  const used = new Set([...claims, ...(base?.claims ?? [])].map((claim) => claim.save_key));
  for (const entry of entries) used.add(saveKey(entry.content.client));
  const save: Omit<Save, 'signature'> = {
    id: newId(author.now()),
    record: wish.record,
    kind: wish.kind,
    schema: kindOf(wish.kind)?.version ?? 0,
    device_sequence: (counted?.device_sequence ?? 0) + 1,
    client: drawClient(used),
    base: wish.base,
    made_at: nextStamp(author.now(), counted?.made_at, claims.map((claim) => claim.made_at)),
    ...(isFirst(base, outbox, entries, wish) ? { scopes: [] } : {}),
    set: wish.set,
    replaces: wish.replaces ?? replacedBy(wish, claims, entries, own)
  };
  const sealed = await seal(save, author.key);
  return { ...newOutboxRow(sealed, person), answers: wish.answers ?? false };
}

// The first save of a record says so; one that is made anew after a refusal is the first again.
function isFirst(base: BaseRow | undefined, outbox: OutboxRow[], entries: OutboxRow[], wish: Wish): boolean {
  if (base || wish.replaces) return false;
  return outbox.length === 0 || entries.some((entry) => wish.instead_of?.includes(entry.save) && entry.content.scopes !== undefined);
}

/** The save keys of what was written on this device, as far back as an open form may reach. */
export function ownKeys(counted: Counted | undefined, entries: OutboxRow[]): Set<string> {
  return new Set([...(counted?.keys ?? []), ...entries.map((entry) => saveKey(entry.content.client))]);
}

function replacedBy(wish: Wish, claims: Claim[], entries: OutboxRow[], written: Set<string>): Record<string, string[]> {
  const discarded = entries.filter((entry) => wish.instead_of?.includes(entry.save));
  const unknown = new Set(discarded.map((entry) => saveKey(entry.content.client)));
  const replaced: Record<string, string[]> = {};
  for (const field_key of Object.keys(wish.set)) {
    const own = claims.filter((claim) => claim.field_key === field_key && written.has(claim.save_key)).map((claim) => claim.save_key);
    // What a discarded save had replaced was seen by its author too. Its own claim never reached the centre's record,
    // so nothing there can be replaced by that name.
    const before = discarded.flatMap((entry) => entry.content.replaces[field_key] ?? []);
    const keys = new Set([...own, ...before, ...(wish.seen[field_key] ?? [])].filter((key) => !unknown.has(key)));
    if (keys.size > 0) replaced[field_key] = [...keys].sort();
  }
  return replaced;
}

/** What is written beside a save if nothing has changed since it was signed. */
interface Ready { counted: Counted; view: ViewRow | undefined; made_of: string }

// Sealed before the transaction, by the browser's engine: within it only the slower way is open.
async function makeReady(store: PersonStore, row: OutboxRow, wish: Wish, { base, entries, counted }: Known): Promise<Ready> {
  const ready: Ready = {
    counted: { device_sequence: row.device_sequence, made_at: row.content.made_at, keys: [...(counted?.keys ?? []), saveKey(row.content.client)].slice(-keysMax) },
    view: viewWith(base, entries, row, wish),
    made_of: JSON.stringify([base, entries])
  };
  await Promise.all([
    store.sealAhead('outbox', row), store.sealAhead('meta', ready.counted, 'counted'), ready.view && store.sealAhead('view', ready.view)
  ]);
  return ready;
}

function viewWith(base: BaseRow | undefined, entries: OutboxRow[], row: OutboxRow, wish: Wish): ViewRow | undefined {
  return project(base, [...entries.filter((entry) => !(wish.instead_of ?? []).includes(entry.save)), row]);
}

// Asked for at once and written at once: each answer awaited by itself is a way to the database and back, and a slow
// phone takes ten milliseconds for one.
async function keep(transaction: Writing, row: OutboxRow, wish: Wish, ready: Ready): Promise<void> {
  const [meta, outbox] = [transaction.objectStore('meta'), transaction.objectStore('outbox')];
  const [counted, base, entries] = await Promise.all([
    meta.get('counted') as Promise<Counted | undefined>,
    transaction.objectStore('base').get(row.record),
    outbox.index('record').getAll(row.record)
  ]);
  if ((counted?.device_sequence ?? 0) + 1 !== row.device_sequence) throw new NumberTaken();
  const gone = wish.instead_of ?? [];
  const view = JSON.stringify([base, entries]) === ready.made_of ? ready.view : viewWith(base, entries, row, wish);
  await Promise.all([
    meta.put(ready.counted, 'counted'),
    ...gone.map((save) => outbox.delete(save)),
    // add, not put: nothing ever takes the place of a sealed save unnamed.
    outbox.add(row),
    nameFiles(transaction, row.record, row.kind, row.content.set),
    wish.draft === undefined ? undefined : transaction.objectStore('draft').delete(wish.draft),
    view && transaction.objectStore('view').put(view)
  ]);
}

/** Make the view row of a record anew from base and outbox, within the transaction that changed either. */
export async function projectAgain(transaction: Writing, record: string): Promise<void> {
  const base = await transaction.objectStore('base').get(record);
  const outbox = await transaction.objectStore('outbox').index('record').getAll(record);
  const row = project(base, outbox);
  if (row) await transaction.objectStore('view').put(row);
  else await transaction.objectStore('view').delete(record);
}
