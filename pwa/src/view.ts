// All that screens may use of the phone's core: reading, saving, drafts, search, sending, and who is signed in. How it is
// done stands in sync/ and auth/; screens import from here and not from there.
import { current, gql, names, session } from './auth/session.svelte';
import type { Kind } from './generated/types';
import { problemFields } from './graphql';
import { settings } from './settings.svelte';
import * as drafts from './sync/drafts';
import type { Outcome } from './sync/loop';
import { notesOf, type SyncNotes } from './sync/notes';
import * as records from './sync/records';
import * as searching from './sync/search';
import { soundingLike } from './sync/sounds';
import { startSearcher, type Searcher } from './sync/search_kept';
import { newId } from './sync/save';
import type { Claim, DraftRow, Json, OutboxEntry, Problem, RecordView, Told, Values } from './sync/shapes';
import { projectAgain } from './sync/outbox';
import { noteReveal } from './sync/reveals';
import { fact, write } from './sync/store';
import { isDecided, verdictsTold } from './sync/verdicts';
import * as writing from './sync/write';
import { takeUpdate } from './update';

export { demoPeople, gql, nameOf, session, signIn, signOut, syncNow } from './auth/session.svelte';
export { NetworkFailure, ProblemError } from './network';
export { beforeLeaving, navigate, place } from './router.svelte';
export { settings } from './settings.svelte';
export { instant, instantOf, nowTime, today } from './sync/clock';
export { newId, newRow } from './sync/save';
export { live, syncState } from './sync/state.svelte';
export type { Listed } from './auth/session.svelte';
export type { Outcome } from './sync/loop';
export type { Claim, DraftRow, Json, Mark, Me, Member, OutboxEntry, Problem, RecordView, Review, Standing, Told, Values } from './sync/shapes';
export type { Saved, SaveOptions } from './sync/write';

export interface Hit { record: string; kind: string; title: string; subtitle: string; household: string | null }
/** A declared kind; a string may name one that is only known to a newer centre. */
export type KindName = Kind | (string & Record<never, never>);
/** What a save writes, by field key; undefined leaves a field as it is, null clears it. */
export type Written = Record<string, Json | undefined>;

/** One record as the person sees it: base and outbox together; undefined when it is not on this phone. */
export async function get(record: string): Promise<RecordView | undefined> {
  return records.get((await current()).store, names, record);
}

/** Who wrote what of a record, and when: the claims that stand. */
export async function claimsOf(record: string): Promise<Claim[]> {
  return records.claims((await current()).store, record);
}

/** Several records at once, in the order asked for; undefined for each that is not on this phone. */
export async function getMany(ids: string[]): Promise<(RecordView | undefined)[]> {
  return records.getMany((await current()).store, names, ids);
}

/**
 * The records of a kind in their declared order, all or those under one key of a declared index, for example
 * `list('home_visit', 'assigned_to+planned_on', 'li_min|2026-11-22')`. Any field that refers to a record is an index
 * too, and so is `mark`.
 */
export async function list(kind: KindName, index?: string, value?: string): Promise<RecordView[]> {
  return records.list((await current()).store, names, kind, index, value);
}

/** The records that were found to be this one. */
export async function aliasesOf(record: string): Promise<RecordView[]> {
  const { store } = await current();
  const known = [...(await records.aliases(store))].filter(([, end]) => end === record).map(([alias]) => alias);
  return (await records.getMany(store, names, known)).filter((one) => one !== undefined);
}

/**
 * Save what a person confirmed. Judged first: with problems nothing is written. Resolves when it is on disk; only then
 * may "saved" be shown. Throws DOMException when the disk refuses, and then nothing has changed.
 */
export async function save(kind: KindName, record: string | null, set: Written, options: writing.SaveOptions = {}): Promise<writing.Saved> {
  return told(await writing.save(await (await current()).author(), kind, record, set, options));
}

/** Keep what is being written; survives a reload. */
export async function putDraft(key: string, kind: KindName, record: string | null, values: Values): Promise<void> {
  await drafts.putDraft((await current()).store, key, kind, record, writing.plain(values), Date.now());
}

export async function getDraft(key: string): Promise<DraftRow | undefined> {
  return drafts.getDraft((await current()).store, key);
}

export async function removeDraft(key: string): Promise<void> {
  await drafts.removeDraft((await current()).store, key);
}

/** All drafts, newest first. */
export async function listDrafts(): Promise<DraftRow[]> {
  return drafts.listDrafts((await current()).store);
}

/** Homes and people by characters, pinyin, initials, room or last four digits. An empty text makes it ready. */
export async function search(text: string, limit = 50): Promise<Hit[]> {
  if (text !== '') searchers += 1;
  try {
    return await hitsFor(text, limit);
  } finally {
    if (text !== '') searchers -= 1;
  }
}

async function hitsFor(text: string, limit: number): Promise<Hit[]> {
  const index = await searchIndex();
  const language = settings.language;
  return searching.searchIn(index, text, limit).map((found) => ({
    record: found.record, kind: found.kind, household: found.household,
    title: found[`title_${language}`], subtitle: found[`subtitle_${language}`]
  }));
}

/** The records on this phone whose name sounds like this one. */
export async function soundsLike(name: string): Promise<string[]> {
  return soundingLike(await searchIndex(), name);
}

/** How this person likes to look at something; kept sealed on this machine. */
export async function likingOf(name: string): Promise<unknown> {
  return fact<unknown>((await current()).store, `liking.${name}`);
}

export async function keepLiking(name: string, value: unknown): Promise<void> {
  await (await current()).store.put('meta', value, `liking.${name}`);
}

/** Note that a covered number is looked at. Resolves when it is on disk; only then may the number be shown. */
export async function reveals(record: string, field: string): Promise<void> {
  const { store, loop } = await current();
  await noteReveal(store, record, field);
  loop.kick();
}

/** How many records this phone holds. */
export async function recordsHere(): Promise<number> {
  return (await current()).store.count('view');
}

/** Every save the centre has not confirmed, oldest first. */
export async function outbox(): Promise<OutboxEntry[]> {
  return records.outboxEntries((await current()).store, names);
}

/** What there is to know about this phone and the centre besides counts. */
export async function syncNotes(): Promise<SyncNotes> {
  return notesOf((await current()).store);
}

/** Meet the centre now, and compare what is here with what it says should be. */
export async function compareNow(): Promise<Outcome> {
  const { store, loop } = await current();
  await store.put('meta', 0, 'digest_at');
  return loop.now();
}

/** The values a held save meant, over the record as it is now: what a form starts from to send it again. */
export async function sendAgain(save_id: string): Promise<{ kind: string; record: string; values: Values } | undefined> {
  const { store } = await current();
  const row = await store.get('outbox', save_id);
  if (!row) return undefined;
  const view = await store.get('view', row.record);
  return { kind: row.kind, record: row.record, values: writing.meantBy(view?.values ?? {}, row.content.set) };
}

/** Seal a held save anew on the record as it is now; the held one leaves the outbox in the same transaction. */
export async function replaceHeld(save_id: string, set: Written): Promise<writing.Saved> {
  return told(await writing.replaceHeld(await (await current()).author(), save_id, set));
}

/** What was decided later on saves this phone was refused, newest first. */
export async function verdicts(): Promise<Told[]> {
  return verdictsTold((await current()).store);
}

const withdraw = `mutation withdraw($decisions: [HeldDecisionInput!]!) { decide_held(decisions: $decisions) {
  problem { ${problemFields} } } }`;

/**
 * Put a refused save away. Unless somebody has decided on it already, the centre is told first that its author takes it
 * back, and keeps the words; without network nothing is put away (NetworkFailure). The problem, where it cannot be.
 */
export async function putAway(save_id: string): Promise<Problem | undefined> {
  const { store, changed, loop } = await current();
  const row = await store.get('outbox', save_id);
  if (row?.status !== 'held') return undefined;
  if (!isDecided(row)) {
    const decision = { id: newId(), save: save_id, revision: 0, verdict: 'withdraw' };
    const { decide_held } = await gql<{ decide_held: { problem: Problem | null }[] }>(withdraw, { decisions: [decision] });
    const problem = decide_held[0]?.problem;
    if (problem) {
      // Somebody was quicker: the next pull brings what they decided.
      loop.kick();
      return problem;
    }
  }
  await write(store, async (transaction) => {
    await transaction.objectStore('outbox').delete(save_id);
    await projectAgain(transaction, row.record);
  });
  changed([row.record], 'at once');
  return undefined;
}

/** The end of the centre's audit when this phone last sent something, as it can be read out to whoever proves it. */
export async function witnessed(): Promise<string | undefined> {
  return fact<string>((await current()).store, 'witness');
}

/** Take the newer app that waits. Drafts are written first; the outbox is in the database and is not touched. */
export async function applyUpdate(): Promise<void> {
  await takeUpdate();
}

async function told(saved: writing.Saved): Promise<writing.Saved> {
  if (!saved.problems) {
    const { changed, loop } = await current();
    changed([saved.record], 'at once');
    loop.kick();
  }
  return saved;
}

/** How many questions wait for an answer; while there are none, making the index gives way to everything else. */
let searchers = 0;

async function giveWay(): Promise<void> {
  if (searchers === 0) await new Promise((then) => setTimeout(then, 15));
}

const idle = (work: () => void): void => {
  if (window.requestIdleCallback) window.requestIdleCallback(() => work());
  else setTimeout(work, 1);
};
/** What is kept of the index follows so long after a change: a first sync brings many. */
const keepSeconds = 4;
let searcher: { store: unknown; of: Searcher } | undefined;

// One index for the person who is signed in, opened when it is first wanted and brought up to date at the next question.
async function searchIndex(): Promise<searching.SearchIndex> {
  const { store, listen } = await current();
  if (searcher?.store !== store) {
    const later = (work: () => void): void => void setTimeout(() => idle(work), keepSeconds * 1000);
    searcher = { store, of: startSearcher(store, names, { listen, breathe: giveWay, later }) };
  }
  return searcher.of.index();
}

/** Make search ready while nothing else is going on, so that the first key is as quick as the others. */
export function warmSearch(): void {
  setTimeout(() => idle(() => { if (session.me) void search(''); }), 3000);
}
