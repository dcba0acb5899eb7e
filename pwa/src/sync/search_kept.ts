// The search index of one person, kept sealed on the phone in pieces: a cold start opens those instead of every record. What
// is found is search.ts; that a record has changed is noted by the transaction that changes it (store.ts).
import { schema } from '../schema/schema';
import type { Names } from './records';
import { buildIndex, updateIndex, type Entry, type SearchIndex } from './search';
import { aboutSearch, changedSince, searchedKinds } from './searched';
import { write, type PersonStore } from './store';

/** One change is one piece sealed again: many small ones are quick to change, few large ones quick to open. */
const piecesCount = 64;
/** With more changes than that, reading everything anew is quicker. */
const changesMax = 2000;
const headKey = `${aboutSearch}head`;
const pieceKey = (number: number): string => `${aboutSearch}piece.${String(number)}`;

/** `made_of`: what entries follow from besides records. `turn` rises with every writing, so that two tabs notice each other. */
interface Head { made_of: string; turn: number }
type Piece = [record: string, entry: Entry][];

/** Raised when an entry comes to look otherwise; what the declarations say of searching and titles counts by itself. */
const form = 1;
const madeOf = (): string => JSON.stringify([form, searchedKinds().map((name) => {
  const kind = schema.kinds[name];
  return [name, kind?.version, kind?.title, kind?.fields.filter((field) => field.search !== undefined).map((field) => [field.name, field.search])];
})]);

/** What a searcher needs besides the records. */
export interface SearchWorld {
  /** Calls `then` with the records that changed here or in another tab; null where it may be any. */
  listen(then: (records: string[] | null) => void): void;
  /** Awaited between portions of long work; lets the page draw and answer. */
  breathe(): Promise<void>;
  /** Does something when nothing else is going on. */
  later(work: () => void): void;
}

export interface Searcher {
  /** Everything that can be found now. */
  index(): Promise<SearchIndex>;
  /** Resolves once what is kept says what this index says, or another tab has it in hand. */
  kept(): Promise<void>;
}

/** Begin; nothing is read before somebody asks. */
export function startSearcher(store: PersonStore, names: Names, { listen, breathe, later }: SearchWorld): Searcher {
  let opening: Promise<SearchIndex> | null = null;
  let news: Set<string> = new Set();
  let turn = 0;
  /** Pieces, and notes of changes, that the disk has to follow up. */
  let stale = new Set<number>();
  let noted = new Set<string>();
  let keeping: Promise<void> = Promise.resolve();
  let is_waiting = false;
  let is_elsewhere = false;

  listen((records) => {
    if (!opening) return;
    if (records === null) opening = null;
    else if (records.length > 0) {
      news = new Set([...news, ...records]);
      keepLater();
    }
  });

  async function open(): Promise<SearchIndex> {
    news = new Set();
    const found = await store.facts(aboutSearch);
    const head = found.get(headKey) as Head | undefined;
    turn = head?.turn ?? 0;
    const [notes, changed] = changesIn(found);
    noted = new Set(notes);
    const pieces = head?.made_of === madeOf() ? piecesIn(found) : undefined;
    if (!pieces || changed.size > changesMax) {
      stale = new Set(Array.from({ length: piecesCount }, (_none, number) => number));
      keepLater();
      return buildIndex(store, names, breathe);
    }
    const index: SearchIndex = new Map(pieces.flat());
    if (changed.size > 0) await takeIn(index, changed);
    return index;
  }
  async function takeIn(index: SearchIndex, changed: Iterable<string>): Promise<void> {
    for (const record of await updateIndex(index, store, names, changed)) stale.add(pieceOf(record));
    keepLater();
  }
  async function index(): Promise<SearchIndex> {
    const found = await (opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    }));
    const changed = news;
    news = new Set();
    if (changed.size > 0) await takeIn(found, changed);
    return found;
  }

  function keepLater(): void {
    if (is_waiting || is_elsewhere) return;
    is_waiting = true;
    later(() => {
      is_waiting = false;
      void kept();
    });
  }
  function kept(): Promise<void> {
    keeping = keeping.then(keep).catch((error: unknown) => {
      // A phone that was locked meanwhile, or is full, goes without: the index is made again from the records.
      if (!(error instanceof DOMException)) reportError(error);
    });
    return keeping;
  }
  async function keep(): Promise<void> {
    // The notes come before what they are about, so that none is put away that is not in the index yet.
    const [notes, changed] = changesIn(await store.facts(changedSince));
    const found = await index();
    if (changed.size > 0) await takeIn(found, changed);
    const done = new Set([...noted, ...notes]);
    if (stale.size === 0 && done.size === 0) return;
    const numbers = stale;
    stale = new Set();
    noted = new Set();
    try {
      await put(await sealed(found, numbers), done);
    } catch (error) {
      stale = new Set([...stale, ...numbers]);
      throw error;
    }
  }
  async function sealed(found: SearchIndex, numbers: Set<number>): Promise<Map<number, Piece>> {
    const pieces = new Map([...numbers].map((number): [number, Piece] => [number, []]));
    for (const entry of found) pieces.get(pieceOf(entry[0]))?.push(entry);
    for (const [number, piece] of pieces) {
      await store.sealAhead('meta', piece, pieceKey(number));
      await breathe();
    }
    return pieces;
  }
  async function put(pieces: Map<number, Piece>, done: Set<string>): Promise<void> {
    await write(store, async (transaction) => {
      const meta = transaction.objectStore('meta');
      const head = (await meta.get(headKey)) as Head | undefined;
      // Another tab keeps its own index of the same records, and reads the same notes.
      is_elsewhere = (head?.turn ?? 0) !== turn;
      if (is_elsewhere) return;
      turn += 1;
      await Promise.all([
        meta.put({ made_of: madeOf(), turn } satisfies Head, headKey),
        ...[...pieces].map(([number, piece]) => meta.put(piece, pieceKey(number))),
        ...[...done].map((note) => meta.delete(note))
      ]);
    }, 'relaxed');
  }
  return { index, kept };
}

function changesIn(facts: Map<string, unknown>): [notes: string[], records: Set<string>] {
  const notes = [...facts.keys()].filter((key) => key.startsWith(changedSince));
  return [notes, new Set(notes.flatMap((key) => (facts.get(key) ?? []) as string[]))];
}

/** Undefined where one is not there or did not open: then nobody can say who stood in it. */
function piecesIn(facts: Map<string, unknown>): Piece[] | undefined {
  const pieces = Array.from({ length: piecesCount }, (_none, number) => facts.get(pieceKey(number)) as Piece | undefined);
  return pieces.every((piece) => piece !== undefined) ? pieces : undefined;
}

/** Ids of records end in random digits. */
function pieceOf(record: string): number {
  return parseInt(record.slice(-2), 16) % piecesCount || 0;
}
