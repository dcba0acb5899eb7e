// Hocuspocus with all records in one document (`big`) or one document a record (`docs`), over one websocket.
// Not here: its server (hocuspocus_server.mjs). A fresh client is given all document ids for nothing, and no awareness.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import Database from 'better-sqlite3';
import path from 'node:path';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { folderBytes, given, inParallel, measure, median, readRecords, sleep, startServer, stopwatch, until, used } from './measure.mjs';
import { fill, twoPeopleOffline } from './yjs_records.mjs';

const AT_ONCE = 64;

// The ws package refuses messages above 100 MiB, which a browser does not.
class Wide extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { maxPayload: 1 << 30 });
  }
}

measure(async (found) => {
  const { server: command, data, records: file, count, layout } = given;
  const server = await startServer(command, { NODE_ENV: 'production', NODE_OPTIONS: '--max-old-space-size=8000' });
  const records = readRecords(file, count);
  const connect = async () => {
    const socket = new HocuspocusProviderWebsocket({ url: `ws://127.0.0.1:${server.port}`, WebSocketPolyfill: Wide, messageReconnectTimeout: 3_600_000 });
    await until(() => socket.status === 'connected', 20, 'a websocket');
    return socket;
  };
  const attach = (socket, name, document) =>
    new Promise((done) => {
      const provider = new HocuspocusProvider({ websocketProvider: socket, name, document, awareness: null, onSynced: () => done(provider) });
      provider.attach();
    });
  const delivered = (provider) =>
    provider.unsyncedChanges === 0 ? undefined : new Promise((done) => provider.on('unsyncedChanges', ({ number }) => number === 0 && done()));
  const stored = (sql, enough) => {
    const database = new Database(path.join(data, 'documents.sqlite'), { readonly: true, timeout: 10_000 });
    return until(() => enough(database.prepare(sql).get()), 240, 'the store').finally(() => database.close());
  };

  let socket = await connect();
  let cpu, read, passed;
  const pushed = () => {
    passed = read();
    Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu, disk: folderBytes(data) / count });
  };
  const firstSynced = (listed) => {
    passed = read();
    Object.assign(found, { first_s: passed.seconds, first_bytes: passed.bytes / count, first_cpu_s: used(server.pid).cpu_s - cpu });
    if (listed() !== count) throw new Error(`first sync gave ${listed()} of ${count} records`);
  };
  const changes = [];
  const changed = () => Object.assign(found, { change_ms: 1000 * median(changes.map((change) => change.seconds)), change_bytes: median(changes.map((change) => change.bytes)) });

  if (layout === 'big') {
    const one = new Y.Doc();
    let writing = await attach(socket, 'all', one);
    cpu = used(server.pid).cpu_s;
    read = stopwatch();
    for (let from = 0; from < count; from += 100) {
      one.transact(() => {
        for (const { id, ...fields } of records.slice(from, from + 100)) {
          const map = new Y.Map();
          one.getMap('visits').set(id, map);
          fill(map, fields);
        }
      });
      if (writing.unsyncedChanges > 20) await delivered(writing);
    }
    await delivered(writing);
    const bytes = Y.encodeStateAsUpdate(one).length;
    // It answers before it stores; the last one who leaves makes it store at once.
    writing.destroy();
    await stored('SELECT length(data) AS bytes FROM documents', (row) => row?.bytes >= bytes * 0.999);
    pushed();
    socket.destroy();
    await sleep(500);

    socket = await connect();
    const two = new Y.Doc();
    cpu = used(server.pid).cpu_s;
    read = stopwatch();
    let reading = await attach(socket, 'all', two);
    firstSynced(() => two.getMap('visits').size);

    const otherSocket = await connect();
    writing = await attach(otherSocket, 'all', one);
    const mapOf = (document, record) => document.getMap('visits').get(record.id);
    const delays = [];
    for (let turn = 0; turn < 7; turn++) {
      const record = records[(turn * 104729 + 29) % count];
      const arrived = new Promise((done) => mapOf(two, record).observe(done));
      read = stopwatch();
      mapOf(one, record).set('status', `live ${turn}`);
      await arrived;
      delays.push(read().seconds);
      await sleep(50);
    }
    found.live_ms = 1000 * median(delays);
    for (let turn = 0; turn < 5; turn++) {
      reading.destroy();
      socket.destroy();
      await sleep(200);
      const record = records[(turn * 7919 + 13) % count];
      mapOf(one, record).set('status', `turn ${turn}`);
      await delivered(writing);
      await sleep(100);
      read = stopwatch();
      socket = await connect();
      reading = await attach(socket, 'all', two);
      changes.push(read());
      if (mapOf(two, record).get('status') !== `turn ${turn}`) throw new Error('the change did not arrive');
    }
    changed();
    for (const gone of [reading, socket, writing, otherSocket]) gone.destroy();
    await sleep(300);
    const cut = records.slice(0, 200);
    const maps = [one, two].map((document) => cut.map((record) => mapOf(document, record)));
    Object.assign(
      found,
      await twoPeopleOffline(...maps, async () => {
        for (const document of [one, two, one]) {
          const meeting = await connect();
          const provider = await attach(meeting, 'all', document);
          await delivered(provider);
          await sleep(200);
          provider.destroy();
          meeting.destroy();
        }
      }),
    );
  } else {
    const documents = () => records.map(() => new Y.Doc());
    const one = documents();
    records.forEach(({ id, ...fields }, index) => one[index].transact(() => fill(one[index].getMap('visit'), fields)));
    cpu = used(server.pid).cpu_s;
    read = stopwatch();
    await inParallel(records, AT_ONCE, async (record, index) => {
      const provider = await attach(socket, record.id, one[index]);
      await delivered(provider);
      provider.destroy();
    });
    await stored('SELECT count(*) AS documents FROM documents', (row) => row.documents >= count);
    pushed();
    socket.destroy();
    await sleep(500);

    socket = await connect();
    const two = documents();
    let providers = [];
    const attachAll = () => inParallel(records, AT_ONCE, async (record, index) => (providers[index] = await attach(socket, record.id, two[index])));
    cpu = used(server.pid).cpu_s;
    read = stopwatch();
    await attachAll();
    firstSynced(() => two.filter((document) => document.getMap('visit').get('narrative')?.length > 100).length);

    const otherSocket = await connect();
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
      socket = await connect();
      await attachAll();
      changes.push(read());
      if (two[index].getMap('visit').get('status') !== `turn ${turn}`) throw new Error('the change did not arrive');
    }
    changed();
  }
  found.peak_mb = used(server.pid).peak_mb;
  await server.kill();
});
