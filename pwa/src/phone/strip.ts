// What the one line at the top of every screen says: the most important single thing, or nothing. The facts come from
// the sync state and the outbox; how the line is drawn is Strip.svelte.
import type { IconName } from '../ui/icons';

export interface StripFacts {
  online: boolean | null;
  sending: number;
  waiting: number;
  needs_you: number;
  /** The screen shows what needs the person in its own words already. */
  told_elsewhere: boolean;
  oldest_waiting_days: number;
  space_low: boolean;
  signed_out: boolean;
  /** The centre takes nothing more from this version of the app. */
  update_required: boolean;
  /** Only what was packed for a day is open, and nothing is sent. */
  day_pack: boolean;
}
export type StripKind = 'day_pack' | 'update' | 'needs_you' | 'signed_out' | 'space' | 'waiting_long' | 'sending' | 'offline_waiting' | 'offline';

/** The kind of line to show; null when all is well, for then there is nothing to say. */
export function stripOf(facts: StripFacts): StripKind | null {
  if (facts.day_pack) return 'day_pack';
  if (facts.signed_out) return 'signed_out';
  if (facts.update_required) return 'update';
  if (facts.needs_you > 0 && !facts.told_elsewhere) return 'needs_you';
  if (facts.space_low) return 'space';
  if (facts.waiting > 0 && facts.oldest_waiting_days >= 7) return 'waiting_long';
  if (facts.sending > 0) return 'sending';
  if (facts.online === false) return facts.waiting > 0 ? 'offline_waiting' : 'offline';
  return null;
}

export const stripIcons: Record<StripKind, IconName> = {
  day_pack: 'lock', update: 'download', needs_you: 'returned', signed_out: 'lock', space: 'care', waiting_long: 'clock', sending: 'sent', offline_waiting: 'offline', offline: 'offline'
};
