// What screens may use of files: taking, showing, sending. How it is done stands in the modules beside this one.
import { current, session } from '../auth/session.svelte';
import { settings } from '../settings.svelte';
import { network, NetworkFailure, ProblemError } from '../network';
import * as kept from './kept';
import { madeSmaller } from './picture';
import * as queue from './queue';
import type { FileRow, Media, NamedFile } from './shapes';

export { connectionKind } from './connection';
export { fileState, percentOf } from './state.svelte';
export type { FileRow, Media, NamedFile } from './shapes';

/** Make a photo or a page of paper small and keep it; undefined when this phone cannot open it. Throws DOMException when the phone is full. */
export async function takePicture(media: Media, file: Blob): Promise<NamedFile | undefined> {
  const picture = await madeSmaller(file, media === 'scan');
  if (!picture) return undefined;
  return { ...(await take(media, picture.content)), width: picture.width, height: picture.height };
}

/** Keep a file as it is. Throws DOMException when the phone is full. */
export async function take(media: Media, content: Blob): Promise<NamedFile> {
  const now = Date.now();
  const row = await kept.keepFile((await current()).store, media, content, now);
  return { hash: row.hash, media, bytes: row.bytes, taken_at: new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z') };
}

/** A file that is on this phone. */
export async function contentHere(hash: string): Promise<Blob | undefined> {
  return kept.contentOf((await current()).store, hash);
}

/** Take away a file that no save has named yet. */
export async function forget(hash: string): Promise<void> {
  await kept.forgetKept((await current()).store, hash);
}

/** Every file this phone has to tell about. */
export async function fileRows(): Promise<FileRow[]> {
  return (await current()).store.getAll('file');
}

/** Where a file of a record can be had from the centre. */
export function address(record: string, hash: string, is_small = false): string {
  return `/api/files/${record}/${hash}${is_small ? '/thumbnail' : ''}`;
}

/** Of the files of a record: which ones the centre has, and which ones nobody is shown, because the consent has ended. */
export interface AtCentre { files: Record<string, boolean>; withheld: string[] }

/** Which files of a record the centre has; null when it cannot be asked now. */
export async function arrivedOf(record: string): Promise<AtCentre | null> {
  if (session.day_pack !== null) return null;
  try {
    return (await network(`/api/files/${record}`)) as AtCentre;
  } catch (error) {
    if (!(error instanceof NetworkFailure || error instanceof ProblemError)) throw error;
    return null;
  }
}

/** Send what waits now, over whatever network there is; with a hash, a refused file too. */
export async function sendNow(hash?: string): Promise<void> {
  if (session.day_pack !== null) return;
  const { store, files } = await current();
  if (hash !== undefined) await queue.sendAgain(store, hash);
  await (await files()).anyway();
}

/** Let the files stay where they are, or go on as the person's choice of network allows. */
export async function pauseFiles(is_paused: boolean): Promise<void> {
  settings.photos_paused = is_paused;
  if (!is_paused) (await (await current()).files()).kick();
}
