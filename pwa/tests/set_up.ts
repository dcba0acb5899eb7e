// What every test of the app has: an IndexedDB of its own, empty at the start of each, and no sockets, as behind a
// firewall that forbids them; whoever tests what comes through a socket brings one.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach } from 'vitest';
import { bringKinds } from '../src/schema/schema';

// Everybody is tried, so all kinds are here; that a worker's phone opens without some is schema/bringing.test.ts.
await bringKinds(['volunteer_coordinator']);

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

globalThis.WebSocket = class {
  constructor() {
    throw new DOMException('Sockets are forbidden here', 'SecurityError');
  }
} as unknown as typeof WebSocket;
