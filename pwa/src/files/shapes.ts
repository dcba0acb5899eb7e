// The rows of the files on this phone, and of the fields that name them. Their bytes lie beside them, under the same hash.
import type { file_media, file_row } from '../generated/types';
import type { Problem } from '../sync/shapes';

export type Media = file_media;

/** What a record says of a file: one row of a field of type `files`; the columns stand in schema/files.py. */
export type NamedFile = file_row;

/**
 * kept       taken, and not yet named by a save
 * waiting    named by a save; on its way to the centre
 * delivered  the centre has verified it
 * refused    the centre will not take it; `problem` says why
 */
export type FileStatus = 'kept' | 'waiting' | 'delivered' | 'refused';

export interface FileRow {
  hash: string;
  media: Media;
  /** As the browser names it, for example image/jpeg. */
  type: string;
  bytes: number;
  status: FileStatus;
  /** The record whose save named it. */
  record: string | null;
  problem: Problem | null;
  kept_at: string;
  delivered_at: string | null;
  /** The life of the centre's store that has it: a restored one may not. */
  epoch: string | null;
}
