// One meeting with the centre: send what waits, ask who I am, read what changed. When to meet is loop.ts.
import { gql } from '../graphql';
import type { Network } from '../network';
import { bringKinds } from '../schema/schema';
import { epochMoved, pull } from './pull';
import { startAgain } from './restored';
import type { Author } from './outbox';
import { push } from './push';
import { renewOutdated } from './renew';
import { handInReveals } from './reveals';
import type { Me, Member } from './shapes';
import { fact, write, type PersonStore } from './store';

const who = `query who {
  me { person name centre centre_name roles home teams { id name } scopes device device_twice_at }
  members { person name centre roles teams }
}`;

export interface Watched {
  /** How many saves are on their way just now. */
  sending(left: number): void;
  /** Something in base, view or outbox has changed. */
  /** `records` names them; null when it is not known which. */
  changed(records: string[] | null): void;
  known(me: Me, members: Member[]): void;
  /** Who seals here: what an earlier app had sealed is sealed anew where the centre will not take it. */
  author(): Promise<Author>;
}
export interface Met { accepted: number; held: number; retry: number; upgrade_required: boolean }

/** How often one round tries again what came back as `retry`: once more after what it waited for has gone. */
const pushesMax = 3;
/** How often what is here is compared with what the centre says should be; a clock that jumps does not put it off. */
const compareEveryMs = 86_400_000;

/** Meet the centre once. Throws NetworkFailure and ProblemError; whatever was stored before stays stored. */
export async function meet(store: PersonStore, network: Network, watched: Watched): Promise<Met> {
  const met: Met = { accepted: 0, held: 0, retry: 0, upgrade_required: false };
  for (let tries = 0; tries < pushesMax; tries += 1) {
    const pushed = await push(store, network, (left) => watched.sending(left));
    met.accepted += pushed.accepted;
    met.held += pushed.held;
    met.retry = pushed.retry;
    met.upgrade_required = pushed.upgrade_required > 0;
    if (pushed.accepted + pushed.held + pushed.retry + pushed.upgrade_required > 0) watched.changed([]);
    // A push can be the first to meet a restored centre: the pull that follows then reads everything anew.
    if (pushed.epoch !== null && (await epochMoved(store, pushed.epoch))) {
      await startAgain(store, pushed.epoch);
      continue;
    }
    if (pushed.upgrade_required > 0 && (await renewOutdated(await watched.author())) > 0) continue;
    if (pushed.retry === 0 || pushed.accepted === 0) break;
  }
  const { me, members } = await gql<{ me: Me; members: Member[] }>(who, {}, network);
  // A post that is new may bring kinds that this phone has not met.
  await bringKinds(me.roles);
  await write(store, async (transaction) => {
    await transaction.objectStore('meta').put(me, 'me');
    // Kept by itself: it must be known when this person signs in again.
    await transaction.objectStore('meta').put(me.device_twice_at ?? null, 'device_twice_at');
    await transaction.objectStore('meta').put(members, 'members');
  });
  watched.known(me, members);
  await handInReveals(store, network);
  const pulled = await pull(store, network, me.scopes, (records) => watched.changed(records));
  if (pulled.epoch_changed) await push(store, network, (left) => watched.sending(left));
  const now = Date.now();
  const compared_at = await fact<number>(store, 'digest_at');
  // What was just read for the first time needs no comparing.
  if (compared_at === undefined) await store.put('meta', now, 'digest_at');
  else if (Math.abs(now - compared_at) >= compareEveryMs) {
    const { mend } = await import('./digest');
    const mended = await mend(store, network, me.scopes, now);
    if (mended.length > 0) watched.changed(mended);
  }
  await store.put('meta', new Date().toISOString(), 'last_contact');
  return met;
}
