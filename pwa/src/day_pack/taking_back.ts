// What was written in the pack of a day, taken over by the person's own part of the phone: into its outbox with the ids and
// words it had, numbered and signed as this device goes on counting; then the pack is taken away. It is called whenever the
// own part has been opened, and may be cut off anywhere. Sending is sync/push.ts.
import { fieldOf, kindOf } from '../schema/schema';
import { bytesOf } from '../auth/bytes';
import { keysFrom } from '../seal/keys';
import { keysMax, projectAgain, type Author, type Counted } from '../sync/outbox';
import { saveKey } from '../sync/project';
import { revealsKept, takeReveals, type Reveal } from '../sync/reveals';
import { newOutboxRow, seal } from '../sync/save';
import { openFile, sealFile } from '../sync/sealed';
import { fact, findPersonStore, removePart, takeBackPersonStore, write, type PersonStore, type Writing } from '../sync/store';
import type { DraftRow, Json, OutboxRow, Save, Values } from '../sync/shapes';
import type { FileRow } from '../files/shapes';
import { forgetOutside, outsideOf, setAside } from './outside';
import { packFact, type KeptPack } from './shapes';

/**
 * Take back the pack of this person; how many saves that were. One in which nothing was written stays until its time is
 * over, unless `when` is `always`.
 */
export async function takeBack(author: Author, when: 'written in' | 'always' = 'written in'): Promise<number> {
  const kept = await fact<KeptPack>(author.store, packFact);
  await clearStray(author.person, kept?.place);
  if (!kept) return 0;
  if (when === 'written in' && kept.taken === 'no' && (await isUnused(author, kept))) return 0;
  const { taken, saves } = kept.taken === 'no' ? await takeOver(author, kept) : { taken: kept.taken, saves: 0 };
  // What somebody has changed on the disk does not open: it stays where it is, and goes when the phone is cleared.
  if (taken === 'whole') await removePart(kept.place);
  else await setAside(author.person, kept.place);
  await forgetOutside(author.person);
  await author.store.delete('meta', packFact);
  return saves;
}

// A pack that this part does not know of: either it was never whole, or it belongs to a part that was set aside.
async function clearStray(person: string, known: string | undefined): Promise<void> {
  const outside = await outsideOf(person);
  if (!outside || outside.place === known) return;
  if (outside.state === 'packing') await removePart(outside.place);
  else await setAside(person, outside.place);
  await forgetOutside(person);
}

async function isUnused({ person, now }: Author, kept: KeptPack): Promise<boolean> {
  const outside = await outsideOf(person);
  if (outside?.state !== 'ready' || now() >= kept.until) return false;
  let inside: PersonStore;
  try {
    inside = (await findPersonStore(kept.place)).open(await keysFrom(bytesOf(kept.master)));
  } catch (error) {
    // It is being taken back already: an earlier time was cut off.
    if (!(error instanceof DOMException && error.name === 'VersionError')) throw error;
    return false;
  }
  const counts = [...(await Promise.all((['outbox', 'draft', 'file'] as const).map((name) => inside.count(name)))), (await revealsKept(inside)).length];
  inside.keys.lock();
  inside.close();
  return counts.every((count) => count === 0);
}

interface Written { outbox: OutboxRow[]; drafts: DraftRow[]; files: { row: FileRow; bytes: ArrayBuffer }[]; reveals: Reveal[]; is_whole: boolean }

async function takeOver(author: Author, kept: KeptPack): Promise<{ taken: KeptPack['taken']; saves: number }> {
  const inside = (await takeBackPersonStore(kept.place)).open(await keysFrom(bytesOf(kept.master)));
  const written = await writtenIn(inside);
  inside.keys.lock();
  inside.close();
  const after: KeptPack = { ...kept, taken: written.is_whole ? 'whole' : 'in_part' };
  while (!(await handOver(author, after, written)));
  return { taken: after.taken, saves: written.outbox.length };
}

async function writtenIn(inside: PersonStore): Promise<Written> {
  const [outbox, drafts, rows, reveals] = await Promise.all([inside.getAllFromIndex('outbox', 'device_sequence'), inside.getAll('draft'), inside.getAll('file'), revealsKept(inside)]);
  const files = await Promise.all(rows.map(async (row) => ({ row, bytes: await bytesIn(inside, row.hash) })));
  const found = files.filter((file): file is { row: FileRow; bytes: ArrayBuffer } => file.bytes !== undefined);
  const counts = await Promise.all((['outbox', 'draft', 'file'] as const).map((name) => inside.count(name)));
  return { outbox, drafts, files: found, reveals, is_whole: outbox.length === counts[0] && drafts.length === counts[1] && found.length === counts[2] };
}

async function bytesIn(inside: PersonStore, hash: string): Promise<ArrayBuffer | undefined> {
  const sealed = await inside.get('file_bytes', hash);
  return sealed && openFile(inside.keys, hash, sealed);
}

/** False: another tab has sealed a save meanwhile, and the numbers are taken. */
async function handOver({ store, key }: Author, after: KeptPack, { outbox, drafts, files, reveals }: Written): Promise<boolean> {
  const before = await fact<Counted>(store, 'counted');
  const rows = await Promise.all(outbox.map((row, at) => signedAnew(key, row, (before?.device_sequence ?? 0) + 1 + at)));
  const sealed = await Promise.all(files.map(async ({ row, bytes }) => ({ row, bytes: await sealFile(store.keys, row.hash, bytes) })));
  const stamps = [before?.made_at ?? '', ...rows.map(({ content }) => content.made_at)];
  const counted: Counted = {
    device_sequence: (before?.device_sequence ?? 0) + rows.length,
    made_at: stamps.reduce((one, other) => (one > other ? one : other)),
    keys: [...(before?.keys ?? []), ...rows.map(({ content }) => saveKey(content.client))].slice(-keysMax)
  };
  return write(store, async (transaction) => {
    const meta = transaction.objectStore('meta');
    const now = (await meta.get('counted')) as Counted | undefined;
    if ((now?.device_sequence ?? 0) !== (before?.device_sequence ?? 0)) return false;
    if (rows.length > 0) await meta.put(counted, 'counted');
    for (const row of rows) await transaction.objectStore('outbox').add(row);
    for (const record of new Set(rows.map((row) => row.record))) await projectAgain(transaction, record);
    for (const file of sealed) await keepFile(transaction, file.row, file.bytes);
    for (const draft of drafts) await keepDraft(transaction, draft);
    await takeReveals(meta, reveals);
    await meta.put(after, packFact);
    return true;
  });
}

// It never left the pack, so nobody has seen the number and the signature it had there.
async function signedAnew(key: CryptoKey, row: OutboxRow, device_sequence: number): Promise<OutboxRow> {
  const words: Omit<Save, 'signature'> & Partial<Save> = { ...row.content, device_sequence };
  delete words.signature;
  return { ...newOutboxRow(await seal(words, key), row.author), answers: row.answers };
}

async function keepFile(transaction: Writing, row: FileRow, bytes: Awaited<ReturnType<typeof sealFile>>): Promise<void> {
  const here = await transaction.objectStore('file').get(row.hash);
  if (here && here.status !== 'kept') return;
  await transaction.objectStore('file_bytes').put(bytes, row.hash);
  await transaction.objectStore('file').put(row);
}

async function keepDraft(transaction: Writing, draft: DraftRow): Promise<void> {
  const drafts = transaction.objectStore('draft');
  const here = await drafts.get(draft.key);
  await drafts.put(here ? bothDrafts(here, draft) : draft);
}

/** One form that was begun twice: the newer answers stand, and of the older no sentence is lost. */
export function bothDrafts(one: DraftRow, other: DraftRow): DraftRow {
  const [older, newer] = one.changed_at <= other.changed_at ? [one, other] : [other, one];
  const form = { ...formOf(newer) };
  const kind = kindOf(newer.kind);
  for (const [name, value] of Object.entries(formOf(older))) {
    if (!kind || fieldOf(kind, name)?.type !== 'long_text' || typeof value !== 'string' || value === '') continue;
    const now = typeof form[name] === 'string' ? form[name] : '';
    form[name] = now.includes(value) ? now : [value, now].filter(Boolean).join('\n');
  }
  const whole = newer.values as { form?: Json };
  return { ...newer, values: 'form' in whole ? { ...newer.values, form: form as Json } : form };
}

function formOf({ values }: DraftRow): Values {
  return ((values as { form?: Values }).form ?? values) as Values;
}
