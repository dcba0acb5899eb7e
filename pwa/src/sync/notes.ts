// What the sync centre tells besides counts, from facts that the meetings with the centre have left on this phone.
import type { Mended } from './digest';
import type { Restored } from './restored';
import { fact, type PersonStore } from './store';

/** A clock that is further off than this is said on the phone, and at review. */
export const clockMinutesMax = 10;

export interface SyncNotes {
  restored: Restored | null;
  mended: Mended | null;
  /** Null while the clock is right enough. */
  clock_minutes_ahead: number | null;
  /** Null while this device is the only one of its name. */
  device_twice_at: string | null;
}

/** What there is to tell this person. */
export async function notesOf(store: PersonStore): Promise<SyncNotes> {
  const [restored, mended, minutes, twice_at] = await Promise.all([
    fact<Restored>(store, 'restored'), fact<Mended>(store, 'mended'), fact<number>(store, 'clock_minutes_ahead'), fact<string | null>(store, 'device_twice_at')
  ]);
  return {
    restored: restored ?? null,
    mended: mended ?? null,
    clock_minutes_ahead: minutes !== undefined && Math.abs(minutes) > clockMinutesMax ? minutes : null,
    device_twice_at: twice_at ?? null
  };
}
