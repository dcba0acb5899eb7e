// The shapes in which the centre answers the desk's questions. The questions themselves stand in questions.ts.
import type { Json, Problem, Standing, Values } from '../sync/shapes';

export type { Json, Problem, Standing, Values };

export const tabs = ['waiting', 'conflicts', 'duplicates', 'returned', 'held'] as const;
/** Lists behind a number, which are no queue to be emptied. */
export const extra_tabs = ['passed', 'answered'] as const;
export type Queue = (typeof tabs)[number];
export type ReviewTab = Queue | (typeof extra_tabs)[number];

export interface Workbench {
  waiting: number;
  oldest_waiting_hours: number | null;
  conflicts: number;
  duplicates: number;
  returned: number;
  held: number;
  /** Without anybody having looked. */
  passed: number;
  /** Returns of the last 30 days that were answered, and their median in working days. */
  answered: number;
  answer_median_days: number | null;
  urgent: number;
  hours_waiting: number;
  /** Opened in an emergency, and not read yet by anybody who answers for it. */
  openings: number;
  /** Over a clock that still runs. */
  overdue: number;
  reviewed_today: number;
}

/** Who looks at a record just now, and until when nobody else need. */
export interface Looking { record: string; person: string; person_name: string; until: string }
export interface ReviewItem {
  record: string;
  kind: string;
  title_zh: string;
  title_en: string;
  author: string | null;
  author_name: string | null;
  happened_on: string | null;
  delivered_at: string | null;
  revision: number;
  state: string | null;
  urgent: boolean;
  conflicts: string[];
  duplicates: string[];
  changed: string[];
  late_days: number | null;
  values: Values;
  problem: Problem | null;
  save: string | null;
  /** It was returned, and a save came since. */
  answered?: boolean;
  /** It was not drawn for review: it passes then unless somebody looks. */
  passes_at?: string | null;
  looking?: Looking | null;
}
/** What waits in one team, for somebody who looks on over a whole centre. */
export interface TeamFigures {
  team: string | null;
  team_name: string | null;
  waiting: number;
  oldest_waiting_hours: number | null;
  urgent: number;
  returned: number;
  conflicts: number;
  duplicates: number;
  held: number;
}
export interface ReviewPage { items: ReviewItem[]; total: number; next: string | null }

export interface ClaimView {
  field_key: string;
  key: string;
  value: Json;
  author: string;
  author_name: string;
  made_at: string;
  delivered_at: string | null;
  save: string;
  live: boolean;
}
export interface ConflictView { field_key: string; before: Json; has_before: boolean; versions: ClaimView[] }
export interface FieldChange { field_key: string; before: Json; after: Json; by: string; by_name: string; at: string }
export interface HistoryEntry {
  at: string;
  what: string;
  by: string | null;
  by_name: string | null;
  fields: string[];
  sentence: string | null;
  revision: number | null;
  /** The author's clock was wrong by so much; the times in their save mean little. */
  clock_minutes_ahead?: number | null;
  /** Of what passed without a look: the share that was drawn, and how long the others waited. */
  percent?: number | null;
  days?: number | null;
}
export interface HouseholdContext { record: string; title_zh: string; title_en: string; phone: string | null }

export interface RecordDetail {
  record: string;
  kind: string;
  revision: number;
  title_zh: string;
  title_en: string;
  values: Values;
  claims: ClaimView[];
  standing: Standing;
  conflicts: ConflictView[];
  changes: FieldChange[];
  merged: FieldChange[];
  history: HistoryEntry[];
  duplicates: ReviewItem[];
  household: HouseholdContext | null;
  /** How often it was sent back to its author. */
  returns?: number;
  passes_at?: string | null;
  named: NamedBy[];
  aliases: Alias[];
}
/** How many records of a kind name a record or an alias of it. */
export interface NamedBy { kind: string; count: number }
/** A record that was found to be the one that is shown. `changes`: written in it since, unseen by whoever merged. */
export interface Alias { record: string; into: string; title_zh: string; title_en: string; values: Values; at: string; by_name: string; can_part: boolean; changes: FieldChange[] }

/** One field of a held save: what its author wrote, had seen there, and what stands there now. */
export interface HeldField {
  field_key: string;
  wrote: Json;
  has_seen: boolean;
  seen: Json;
  stands: Json;
  stands_by: string | null;
  stands_by_name: string | null;
  stands_at: string | null;
  /** Another value stands that the author had not seen: released as it is, both would stand. */
  is_unseen: boolean;
}
export interface HeldVerdict { verdict: string; by: string; by_name: string; at: string; sentence: string | null; edited: string[] }
export interface HeldDetail {
  save: string;
  record: string;
  kind: string | null;
  title_zh: string;
  title_en: string;
  author: string;
  author_name: string;
  made_at: string | null;
  delivered_at: string;
  revision: number;
  problem: Problem | null;
  fields: HeldField[];
  values: Values;
  stands: Values;
  is_new: boolean;
  is_elsewhere: boolean;
  locked_by: string | null;
  opens_lock: boolean;
  waits: number;
  can_release: boolean;
  can_edit: boolean;
  can_reject: boolean;
  verdict: HeldVerdict | null;
}
/** One decision on a held save; `set` holds what is released with another value than its author's. */
export interface HeldDecision {
  id: string;
  save: string;
  revision: number;
  verdict: 'release' | 'reject';
  set: { [field_key: string]: Json } | null;
  sentence: string | null;
}
export interface HeldDecisionResult { id: string; save: string; verdict: HeldVerdict | null; revision: number | null; problem: Problem | null }

export type Verdict = 'approve' | 'return' | 'reject' | 'undo';
/** One decision of a reviewer; its id is drawn once, so that asking again never decides twice. */
export interface Decision {
  id: string;
  record: string;
  revision: number;
  verdict: Verdict;
  sentence: string | null;
  field: string | null;
}
export interface DecisionResult { id: string; record: string; standing: Standing | null; problem: Problem | null }
