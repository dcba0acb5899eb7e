// What screens may use of the pack of a day: what there is to choose from, packing, taking back. How it is done stands in
// the modules beside this one.
import { current, session } from '../auth/session.svelte';
import { placeOf } from '../auth/here';
import { NetworkFailure } from '../network';
import { gql, list, today, type RecordView } from '../view';
import { fact } from '../sync/store';
import { pack, PackRefused, refusalOf, type ToPack } from './packing';
import { packFact, type KeptPack, type Packed } from './shapes';
import { takeBack } from './taking_back';

export { lock } from '../auth/session.svelte';
export { homesMax } from './choice';
export { hoursMax, PackRefused } from './packing';
export { drawnDigits, easySecret } from './secret';
export type { Packed } from './shapes';

/** The hour at which most people of a centre go home; a pack for the day ends then. */
const dayEndsAt = '18:00';

/** Whether this person's phone opens only where there is a network, so that a pack is of use to them. */
export async function needsPack(): Promise<boolean> {
  const here = session.me && (await placeOf(session.me.person));
  return here !== undefined && here !== null && here.path !== 'prf';
}

/** What is packed now: within a pack itself, or as the person's own part knows it. */
export async function packedNow(): Promise<Packed | undefined> {
  const kept = await fact<Packed & Partial<KeptPack>>((await current()).store, packFact);
  return kept?.taken === 'whole' || kept?.taken === 'in_part' ? undefined : kept;
}

export interface Today { homes: string[]; shifts: RecordView[] }

/** Homes and shifts of this person's day. */
export async function plannedToday(): Promise<Today> {
  const [person, day] = [session.me?.person ?? '', today()];
  const [visits, shifts] = await Promise.all([list('home_visit', 'assigned_to+planned_on', `${person}|${day}`), list('shift', 'volunteer', person)]);
  const homes = new Set(visits.map(({ values }) => values.household).filter((home) => typeof home === 'string'));
  return { homes: [...homes], shifts: shifts.filter(({ values }) => values.shift_on === day) };
}

/** Until when a pack that is made now may be open, in milliseconds: to the end of the day's work while that is ahead, or so many hours. */
export function endsOf(hours_max: number, now: number = Date.now()): { day: number | null; hours: number } {
  const day = Date.parse(`${today(new Date(now))}T${dayEndsAt}:00+08:00`);
  const hours = now + hours_max * 3_600_000;
  return { day: day > now && day < hours ? day : null, hours };
}

const take_along = `mutation take_along($homes: [ID!]!, $minutes: Int!) { take_along(homes: $homes, minutes: $minutes) }`;
const minuteMs = 60_000;

/**
 * Pack, after meeting the centre, which is told first: should the phone be lost, it knows whose records lay open to
 * guessing. Throws PackRefused, NetworkFailure, ProblemError, and DOMException when the phone is full.
 */
export async function packDay(asked: ToPack): Promise<Packed> {
  const { author, loop, changed } = await current();
  const refused = refusalOf(asked, Date.now());
  if (refused) throw new PackRefused(refused);
  if ((await loop.now()) !== 'ok') throw new NetworkFailure('unreachable');
  await gql(take_along, { homes: asked.homes, minutes: Math.max(1, Math.round((asked.until - Date.now()) / minuteMs)) });
  const packed = await pack(await author(), asked);
  changed(null, 'at once');
  return packed;
}

/** Take the pack off this phone; what was written in it goes on its way. */
export async function putBack(): Promise<void> {
  const { author, loop, changed } = await current();
  await takeBack(await author(), 'always');
  changed(null, 'at once');
  loop.kick();
}
