// At the door: the pack of a day is opened by its words, without the centre. Tries are counted before they are made, so that
// whoever ends the app in the middle of one has used it up. What the person sees is OpenDayPack.svelte.
import { afterWrongPin, secondsLeft, triesMax } from '../auth/here';
import { enterDayPack } from '../auth/session.svelte';
import { openPart } from '../seal/part';
import { WrongSecret } from '../seal/slots';
import { findPersonStore } from '../sync/store';
import { closePack, halfOf, keepOutside, outsideOf, type Outside } from './outside';

/** Why a pack stays closed, and how many tries are left where that is known. */
export class PackClosed extends Error {
  override name = 'PackClosed';
  constructor(readonly reason: 'none' | 'over' | 'tried_out' | 'wait' | 'wrong', readonly tries_left = 0) {
    super(`The pack stays closed: ${reason}`);
  }
}

/** The pack of a person as the door shows it; one whose time is over is closed for good, whatever a clock says later. */
export async function packAtDoor(person: string, now: number = Date.now()): Promise<Outside | undefined> {
  const outside = await outsideOf(person);
  if (outside?.state !== 'ready' || now < outside.until) return outside;
  await closePack(person, outside);
  return { ...outside, state: 'closed' };
}

/** Open the pack of a person by its words. Throws PackClosed, and WrongSecret for what no pack is opened with. */
export async function openDayPack(person: string, words: string, now: number = Date.now()): Promise<void> {
  const outside = await packAtDoor(person, now);
  if (!outside || outside.state === 'packing') throw new PackClosed('none');
  if (outside.state === 'closed') throw new PackClosed(outside.wrong_pins >= triesMax ? 'tried_out' : 'over');
  if (secondsLeft(outside, now) > 0) throw new PackClosed('wait', triesMax - outside.wrong_pins);
  const closed = await findPersonStore(outside.place, () => location.reload());
  const tried = afterWrongPin(outside, now);
  await keepOutside(person, tried);
  try {
    const part = { place: outside.place, closed, slots: await closed.slots() };
    const store = await openPart(part, 'shift', { words, device: await halfOf(outside) });
    await keepOutside(person, { ...outside, wrong_pins: 0, wait_until: 0 });
    await enterDayPack(store, outside.until);
  } catch (error) {
    closed.close();
    throw await told(person, tried, outside, error);
  }
}

async function told(person: string, tried: Outside, before: Outside, error: unknown): Promise<unknown> {
  if (!(error instanceof WrongSecret) || error.reason !== 'wrong') {
    // Nothing was guessed.
    await keepOutside(person, before);
    return error;
  }
  if (tried.wrong_pins >= triesMax) await closePack(person, tried);
  return new PackClosed(tried.wrong_pins >= triesMax ? 'tried_out' : 'wrong', triesMax - tried.wrong_pins);
}
