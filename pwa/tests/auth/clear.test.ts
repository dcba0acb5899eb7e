// @vitest-environment happy-dom
// A phone that was taken back is empty in the end, wherever it was cut off, and its keys went first.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { beginClearing, goOnClearing, isClearing, orderIn, type Order } from '../../src/auth/clear';
import { deviceKey, publicKey } from '../../src/auth/device';
import { NetworkFailure, ProblemError, type Network } from '../../src/network';
import { makePart, partOf } from '../../src/seal/part';
import { openDeviceStore } from '../../src/sync/store';

const killsInARow = 5;
const order: Order = { device: 'device-1', order: 'now', ordered_at: '2026-11-22T02:00:00Z' };

/** A phone with a record, a key and a session of Li Min; with another person's beside them where one is named. */
async function phone(other?: string) {
  const devices = await openDeviceStore();
  await deviceKey(devices, 'li_min');
  for (const person of ['li_min', ...(other ? [other] : [])]) await devices.put('meta', `device of ${person}`, `device.${person}`);
  await devices.put('meta', { person: 'li_min' }, 'session');
  await devices.put('meta', { person: 'li_min', name: '李敏' }, 'here.li_min');
  devices.close();
  for (const person of ['li_min', ...(other ? [other] : [])]) {
    // The second is what opens; the first was set aside.
    for (let part = 0; part < 2; part += 1) {
      const { store } = await makePart(person, 'demo', null, { is_demo: true });
      await store.put('meta', 'canary', 'me');
      store.close();
    }
  }
  localStorage.setItem('doorstep.session', '{"person":"li_min"}');
}
async function databases(): Promise<string[]> {
  return (await indexedDB.databases()).map((one) => one.name ?? '').filter((name) => name !== 'doorstep').sort();
}
async function keysHere(): Promise<string[]> {
  const devices = await openDeviceStore();
  const names = (await devices.getAllKeys('meta')) as string[];
  devices.close();
  return names.sort();
}
async function slotsIn(name: string): Promise<number> {
  const { openDB } = await import('idb');
  const part = await openDB(name);
  const count = await part.count('slot');
  part.close();
  return count;
}
function centre(answer: () => unknown = () => ({ cleared: true })): { told: string[]; network: Network } {
  const told: string[] = [];
  return { told, network: async (path, request) => { told.push(`${path} ${request?.body ?? ''}`); return Promise.resolve(answer()); } };
}

async function empties(): Promise<void> {
  localStorage.clear();
  for (const name of ['doorstep', ...(await databases())]) {
    await new Promise((done) => { indexedDB.deleteDatabase(name).onsuccess = done; });
  }
}
afterEach(empties);

describe('a phone that was taken back', () => {
  it('forgets its keys, then its records, and tells the centre by a statement it signed before', async () => {
    await phone();
    const devices = await openDeviceStore();
    const key = await publicKey(await deviceKey(devices, 'li_min'));
    devices.close();
    const { told, network } = centre();
    const seen: string[] = [];
    await beginClearing(order, 'li_min');
    expect(await goOnClearing(network, (step) => seen.push(step))).toBe(true);
    expect(seen).toEqual(['keys', 'stores', 'caches', 'tell']);
    expect([await databases(), await keysHere(), localStorage.length]).toEqual([[], [], 0]);
    const body = JSON.parse(told[0]?.slice('/api/device/cleared '.length) ?? '{}') as { device: string; signature: string };
    const bytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const point = await crypto.subtle.importKey('raw', bytes(key), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    const statement = new TextEncoder().encode('doorstep cleared\ndevice-1\n2026-11-22T02:00:00Z');
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, point, bytes(body.signature), statement)).toBe(true);
  });

  it.each(['keys', 'stores', 'caches', 'tell'])('killed before "%s" goes on from there at the next start', async (killed) => {
    await phone();
    const { told, network } = centre();
    await beginClearing(order, 'li_min');
    await expect(goOnClearing(network, (step) => { if (step === killed) throw new Error('killed'); })).rejects.toThrow('killed');
    expect(isClearing()).toBe(true);
    if (killed !== 'keys') expect(await keysHere()).toEqual([]);
    if (killed === 'stores') for (const name of await databases()) expect(await slotsIn(name)).toBe(0);
    const again: string[] = [];
    expect(await goOnClearing(network, (step) => again.push(step))).toBe(true);
    expect(again[0]).toBe(killed);
    expect([told.length, await databases(), await keysHere(), isClearing()]).toEqual([1, [], [], false]);
  });

  it('without a network is empty all the same, and tells it when there is one', async () => {
    await phone();
    await beginClearing(order, 'li_min');
    expect(await goOnClearing(() => Promise.reject(new NetworkFailure('unreachable')))).toBe(false);
    expect([await databases(), await keysHere(), isClearing()]).toEqual([[], [], true]);
    const { told, network } = centre();
    expect(await goOnClearing(network)).toBe(true);
    expect(told.length).toBe(1);
  });

  it('whose statement the centre does not believe does not ask for ever', async () => {
    await phone();
    await beginClearing(order, 'li_min');
    const refused = new ProblemError({ code: 'not_signed_in', field: null, details: null }, 401);
    expect(await goOnClearing(() => Promise.reject(refused))).toBe(true);
    expect(isClearing()).toBe(false);
  });

  it('that another person shares keeps theirs, and the key they sign with', async () => {
    await phone('zhang_qiang');
    await beginClearing(order, 'li_min');
    await goOnClearing(centre().network);
    const theirs = await partOf('zhang_qiang');
    expect(theirs?.slots.map((slot) => slot.kind)).toEqual(['demo']);
    theirs?.closed.close();
    expect((await databases()).length).toBe(2);
    expect((await keysHere()).filter((name) => !name.startsWith('aside.'))).toEqual(['device.zhang_qiang', 'key', 'place.zhang_qiang']);
  });
});

/** From the n-th time on that this phone touches what it keeps, or the centre, nothing works any more; counts them. */
function dyingAt(n: number): { acts: () => number; restarts: () => void } {
  let acts = 0;
  const connections: IDBDatabase[] = [];
  const dies = (): void => { acts += 1; if (acts > n) throw new Error('killed'); };
  const dying = <T extends object>(of: T, names: (keyof T & string)[]) => {
    for (const name of names) {
      const does = of[name] as (...given: unknown[]) => unknown;
      vi.spyOn(of as Record<string, (...given: unknown[]) => unknown>, name).mockImplementation(function (this: unknown, ...given) {
        dies();
        const asked = does.apply(this, given);
        if (name === 'open') (asked as IDBOpenDBRequest).addEventListener('success', function () { connections.push(this.result); });
        return asked;
      });
    }
  };
  dying(IDBObjectStore.prototype, ['put', 'delete', 'clear', 'get', 'getAllKeys']);
  dying(IDBFactory.prototype, ['open', 'deleteDatabase']);
  dying(Storage.prototype, ['setItem', 'removeItem']);
  return { acts: () => acts, restarts: () => { vi.restoreAllMocks(); for (const one of connections) one.close(); } };
}

/** Empty a phone that is killed before its n-th act, and as often again before the n-th after that; gives how often it was. */
async function clearedThoughKilled(n: number): Promise<number> {
  await phone('zhang_qiang');
  const { told, network } = centre();
  await beginClearing(order, 'li_min');
  let kills = 0;
  while (kills < killsInARow) {
    const dying = dyingAt(n);
    const ended = await goOnClearing(network).then(() => 'cleared', (error: unknown) => String(error));
    dying.restarts();
    if (ended === 'cleared') break;
    expect(ended).toBe('Error: killed');
    kills += 1;
    const left = await databases();
    const keys = await keysHere();
    // Two of the four are hers: where one of them is gone, no key of hers is left.
    if (left.length < 4) expect(keys.filter((name) => name.endsWith('.li_min'))).toEqual([]);
  }
  expect(await goOnClearing(network)).toBe(true);
  expect([isClearing(), (await databases()).length]).toEqual([false, 2]);
  expect((await keysHere()).filter((name) => name.endsWith('.li_min'))).toEqual([]);
  expect((await partOf('zhang_qiang'))?.slots.map((slot) => slot.kind)).toEqual(['demo']);
  expect(told.length).toBeGreaterThanOrEqual(1);
  expect(told.length).toBeLessThanOrEqual(2);
  return kills;
}

it('killed before any of its acts, five times in a row, a phone that was taken back is empty in the end', async () => {
  let kills = 0;
  for (let n = 0, last = -1; last !== 0; n += 1) {
    last = await clearedThoughKilled(n);
    kills += last;
    await empties();
  }
  expect(kills).toBeGreaterThanOrEqual(50);
});

it('a phone that did not remember that it is being emptied would stay half full', async () => {
  await phone();
  await beginClearing(order, 'li_min');
  const dying = dyingAt(6);
  await expect(goOnClearing(centre().network)).rejects.toThrow('killed');
  dying.restarts();
  localStorage.removeItem('doorstep.clearing');
  await goOnClearing(centre().network);
  expect((await databases()).length).toBeGreaterThan(0);
});

it('an order is read from its refusal and from no other', () => {
  const refusal = (code: string) => new ProblemError({ code, field: null, details: { ...order } }, 401);
  expect(orderIn(refusal('device_revoked'))).toEqual(order);
  expect(orderIn(refusal('not_signed_in'))).toBe(null);
  expect(orderIn(new NetworkFailure('unreachable'))).toBe(null);
});
