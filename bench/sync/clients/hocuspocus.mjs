// Hocuspocus with all records in one document (`big`) or one document a record (`docs`), over one websocket.
// Not here: its server (hocuspocus_server.mjs), and what is measured of one document (yjs_one_document.mjs). A fresh client
// is given all document ids for nothing, and no awareness.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import Database from 'better-sqlite3';
import path from 'node:path';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { folderBytes, given, inParallel, measure, median, readRecords, sleep, startServer, stopwatch, until, used } from './measure.mjs';
import { oneDocument } from './yjs_one_document.mjs';
import { fill } from './yjs_records.mjs';

const AT_ONCE = 64;

// The ws package refuses messages above 100 MiB, which a browser does not.
class Wide extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { maxPayload: 1 << 30 });
  }
}

measure(async (found) => {
  const { server: command, records: file, count, layout } = given;
  const server = await startServer(command, { NODE_ENV: 'production', NODE_OPTIONS: '--max-old-space-size=8000' });
  const records = readRecords(file, count);
  if (layout === 'big') await oneDocument(found, server, records, inOneDocument(server));
  else await documentPerRecord(found, server, records);
  found.peak_mb = used(server.pid).peak_mb;
  await server.kill();
});

async function connect(server) {
  const socket = new HocuspocusProviderWebsocket({ url: `ws://127.0.0.1:${server.port}`, WebSocketPolyfill: Wide, messageReconnectTimeout: 3_600_000 });
  await until(() => socket.status === 'connected', 20, 'a websocket');
  return socket;
}

function attach(socket, name, document) {
  return new Promise((done) => {
    const provider = new HocuspocusProvider({ websocketProvider: socket, name, document, awareness: null, onSynced: () => done(provider) });
    provider.attach();
  });
}

function delivered(provider) {
  return provider.unsyncedChanges === 0 ? undefined : new Promise((done) => provider.on('unsyncedChanges', ({ number }) => number === 0 && done()));
}

function stored(sql, enough) {
  const database = new Database(path.join(given.data, 'documents.sqlite'), { readonly: true, timeout: 10_000 });
  return until(() => enough(database.prepare(sql).get()), 240, 'the store').finally(() => database.close());
}

function inOneDocument(server) {
  return {
    async join(document) {
      const socket = await connect(server);
      const provider = await attach(socket, 'all', document);
      const session = { provider, hasLeft: false };
      session.leave = () => {
        session.hasLeft = true;
        provider.destroy();
        socket.destroy();
      };
      return session;
    },
    goesOn: ({ provider }) => (provider.unsyncedChanges > 20 ? delivered(provider) : undefined),
    delivered: ({ provider }) => delivered(provider),
    async stored(session, bytes) {
      // It answers before it stores; the last one who leaves makes it store at once.
      session.leave();
      await stored('SELECT length(data) AS bytes FROM documents', (row) => row?.bytes >= bytes * 0.999);
    },
  };
}

async function documentPerRecord(found, server, records) {
  const count = records.length;
  let socket = await connect(server);
  const documents = () => records.map(() => new Y.Doc());
  const one = documents();
  records.forEach(({ id, ...fields }, index) => one[index].transact(() => fill(one[index].getMap('visit'), fields)));
  let cpu = used(server.pid).cpu_s;
  let read = stopwatch();
  await inParallel(records, AT_ONCE, async (record, index) => {
    const provider = await attach(socket, record.id, one[index]);
    await delivered(provider);
    provider.destroy();
  });
  await stored('SELECT count(*) AS documents FROM documents', (row) => row.documents >= count);
  let passed = read();
  Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu, disk: folderBytes(given.data) / count });
  socket.destroy();
  await sleep(500);

  socket = await connect(server);
  const two = documents();
  let providers = [];
  const attachAll = () => inParallel(records, AT_ONCE, async (record, index) => (providers[index] = await attach(socket, record.id, two[index])));
  cpu = used(server.pid).cpu_s;
  read = stopwatch();
  await attachAll();
  passed = read();
  Object.assign(found, { first_s: passed.seconds, first_bytes: passed.bytes / count, first_cpu_s: used(server.pid).cpu_s - cpu });
  const listed = two.filter((document) => document.getMap('visit').get('narrative')?.length > 100).length;
  if (listed !== count) throw new Error(`first sync gave ${listed} of ${count} records`);

  const otherSocket = await connect(server);
  const changes = [];
  for (let turn = 0; turn < 3; turn++) {
    for (const provider of providers) provider.destroy();
    socket.destroy();
    await sleep(200);
    const index = (turn * 7919 + 13) % count;
    const writing = await attach(otherSocket, records[index].id, one[index]);
    one[index].getMap('visit').set('status', `turn ${turn}`);
    await delivered(writing);
    writing.destroy();
    await sleep(200);
    providers = [];
    read = stopwatch();
    socket = await connect(server);
    await attachAll();
    changes.push(read());
    if (two[index].getMap('visit').get('status') !== `turn ${turn}`) throw new Error('the change did not arrive');
  }
  found.change_ms = 1000 * median(changes.map((change) => change.seconds));
  found.change_bytes = median(changes.map((change) => change.bytes));
}
