// Whether a save has reached the centre, for a decision that can only be taken after it. Sending is done by the loop.
import { outbox, syncNow } from '../view';

/**
 * Send what waits and say how this save fared: `later` while it is only on this machine.
 *
 * A round that began before the save was sealed does not carry it, so one that went well is followed by another.
 */
export async function delivered(save: string): Promise<'accepted' | 'held' | 'later'> {
  const rounds_max = 3;
  for (let round = 0; round < rounds_max; round += 1) {
    if ((await syncNow()) !== 'ok') return 'later';
    const entry = (await outbox()).find((one) => one.save === save);
    if (!entry || entry.status === 'accepted') return 'accepted';
    if (entry.status === 'held') return 'held';
  }
  return 'later';
}
