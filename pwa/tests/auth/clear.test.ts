// @vitest-environment happy-dom
// A phone that was taken back is empty in the end, wherever it was cut off, and its keys went first.
import { afterEach, describe, expect, it } from 'vitest';
import { beginClearing, goOnClearing, isClearing, orderIn, type Order } from '../../src/auth/clear';
import { deviceKey, publicKey } from '../../src/auth/device';
import { NetworkFailure, ProblemError, type Network } from '../../src/network';
import { makePart, partOf } from '../../src/seal/part';
import { openDeviceStore } from '../../src/sync/store';

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

afterEach(async () => {
  localStorage.clear();
  for (const name of ['doorstep', ...(await databases())]) {
    await new Promise((done) => { indexedDB.deleteDatabase(name).onsuccess = done; });
  }
});

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

it('an order is read from its refusal and from no other', () => {
  const refusal = (code: string) => new ProblemError({ code, field: null, details: { ...order } }, 401);
  expect(orderIn(refusal('device_revoked'))).toEqual(order);
  expect(orderIn(refusal('not_signed_in'))).toBe(null);
  expect(orderIn(new NetworkFailure('unreachable'))).toBe(null);
});
