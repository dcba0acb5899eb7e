// The shapes that saves, receipts, records and drafts have on this phone. Names are those of the protocol; nothing is
// decided here.

import type { Claim, Json, Values } from '../schema/model';

export type { Claim, Json, Values };

export interface Problem {
  code: string;
  field?: string | null;
  details?: { [key: string]: Json } | null;
  words_zh?: string;
  words_en?: string;
  next_step?: string;
  next_step_zh?: string;
  next_step_en?: string;
}

export interface Review {
  state: 'waiting' | 'returned' | 'approved' | 'changed' | 'rejected' | 'passed';
  by: string | null;
  at: string | null;
  revision: number | null;
  sentence: string | null;
  field: string | null;
  answered: boolean;
}

/** Server facts that travel with each record. */
export interface Standing {
  centre: string;
  team: string | null;
  own: string[];
  created_by: string;
  delivered_at: string | null;
  locked_at: number | null;
  duplicates: string[];
  search: string | null;
  review: Review | null;
  /** Only where it is in no list. */
  put_away?: PutAway;
}

/** Why a record is in no list. what: merged | archived; survivor: the record it is an alias of, over however many merges. */
export interface PutAway { what: string; into: string | null; survivor: string | null; by: string; at: string; revision: number; because: string | null }

/** One action a person confirmed on one record, as it goes over the wire. Sealed: never changed afterwards. */
export interface Save {
  id: string;
  record: string;
  kind: string;
  schema: number;
  device_sequence: number;
  client: number;
  base: number;
  made_at: string;
  /** There at the first save of a record, and only there: what follows it must never be taken for the first. */
  scopes?: string[];
  set: { [field_key: string]: Json };
  replaces: { [field_key: string]: string[] };
  signature: string;
}

export type ReceiptStatus = 'accepted' | 'held' | 'retry' | 'upgrade_required';
/** Who decided on a held save since, and how. verdict: release | reject | withdraw | keep */
export interface VerdictGiven { verdict: string; by: string; by_name: string; at: string; sentence: string | null; edited: string[] }
export interface Receipt { save: string; status: ReceiptStatus; revision?: number | null; problem?: Problem | null; verdict?: VerdictGiven | null }
/** A verdict with the words it was about. */
export interface Told extends VerdictGiven { save: string; record: string; kind: string; set: { [field_key: string]: Json } }

/** A sealed save that the server has not yet confirmed in a pulled base. */
export interface OutboxRow {
  save: string;
  record: string;
  kind: string;
  device_sequence: number;
  /** The very text that is sent, each time the same bytes. */
  sealed: string;
  content: Save;
  author: string;
  status: 'waiting' | ReceiptStatus;
  problem: Problem | null;
  /** Revision of the receipt, once accepted. */
  revision: number | null;
  /** Number of the pull round at which the receipt was stored; see pull.ts. */
  receipt_round: number;
  /** The author had the supervisor's returned sentence open: this save answers it. */
  answers: boolean;
  /** Accepted in an earlier life of the centre, and sent again: a base of that life already holds it. */
  again?: boolean;
}

/** An accepted save, as it was sealed, that the centre may still lose. */
export interface KeptRow {
  save: string;
  sealed: string;
  author: string;
  revision: number;
  /** By the centre's clock, at the first complete pull after; null before. */
  kept_at: string | null;
}

/** The last state of a record that the server confirmed; revision 0: an earlier life of it (restored.ts). */
export interface BaseRow {
  record: string;
  kind: string;
  revision: number;
  standing: Standing;
  /** Live claims, those of the oldest save first. */
  claims: Claim[];
  /** Left the scopes of this person while the outbox still held a save for it; dropped when that is settled. */
  leaving: boolean;
  /** Of the claims, as they came (sum.ts). */
  sum?: number;
}

/** How far one record has come; computed from stored facts only, never from connectivity. */
export type Mark = 'draft' | 'saved' | 'sent' | 'reviewed' | 'returned' | 'held' | 'versions';

/** What the person sees of one record: base and outbox together. */
export interface ViewRow {
  record: string;
  kind: string;
  revision: number;
  values: Values;
  conflicts: Record<string, Claim[]>;
  /** Save keys of the live claims of each field key: what somebody who reads this row has seen. */
  live: Record<string, string[]>;
  standing: Standing | null;
  mark: Mark;
  /** Saves of this record the centre has not answered yet. */
  pending: number;
  problem?: Problem;
  keys: string[];
  changed_at: string;
}
export interface RecordView extends ViewRow { title_zh: string; title_en: string }

export interface DraftRow { key: string; kind: string; record: string | null; values: Values; changed_at: string }

export interface OutboxEntry {
  save: string;
  record: string;
  kind: string;
  title_zh: string;
  title_en: string;
  made_at: string;
  status: 'waiting' | ReceiptStatus;
  problem?: Problem;
  set: { [field_key: string]: Json };
}

export interface Member { person: string; name: string; centre: string; roles: string[]; teams: string[] }
export interface Me {
  person: string;
  name: string;
  centre: string;
  centre_name: string;
  roles: string[];
  home: 'phone' | 'desk';
  teams: { id: string; name: string }[];
  scopes: string[];
  device: string;
  /** The centre is a demo: then, and only then, nothing is asked of whoever opens this phone. */
  demo?: boolean;
  /** Since then the centre knows that this device lives twice: a cloned profile, or a phone put back to a copy of itself. */
  device_twice_at?: string | null;
}
