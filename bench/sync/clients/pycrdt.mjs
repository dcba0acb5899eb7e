// pycrdt-websocket with all records in one document. Not here: its server (pycrdt_server.py), and one document a record,
// which loses updates there when rooms are written at once.
import Database from 'better-sqlite3';
import path from 'node:path';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { given, measure, readRecords, sleep, startServer, until, used } from './measure.mjs';
import { oneDocument } from './yjs_one_document.mjs';

measure(async (found) => {
  const server = await startServer(given.server);
  const store = new Database(path.join(given.data, 'documents.sqlite'), { readonly: true, timeout: 10_000 });
  const storedBytes = () => store.prepare('SELECT coalesce(sum(length(yupdate)), 0) AS bytes FROM yupdates').get().bytes;
  // It has no receipts: only its buffer tells that something still waits.
  const goesOn = async ({ provider }) => {
    while (provider.ws.bufferedAmount > 1 << 20) await sleep(1);
  };
  await oneDocument(found, server, readRecords(given.records, given.count), {
    join: (document) =>
      new Promise((done) => {
        const provider = new WebsocketProvider(`ws://127.0.0.1:${server.port}`, 'all', document, { WebSocketPolyfill: WebSocket, disableBc: true, resyncInterval: -1 });
        provider.on('sync', (is) => is && done({ provider, hasLeft: false, leave: () => provider.destroy() }));
      }),
    goesOn,
    delivered: goesOn,
    stored: (_, bytes) => until(() => storedBytes() >= bytes * 0.99, 120, 'the store'),
  });
  found.peak_mb = used(server.pid).peak_mb;
  await server.kill();
});
