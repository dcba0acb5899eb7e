// pycrdt-websocket with all records in one document. Not here: its server (pycrdt_server.py), and one document a record,
// which loses updates there when rooms are written at once.
import Database from 'better-sqlite3';
import path from 'node:path';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { folderBytes, given, measure, median, readRecords, sleep, startServer, stopwatch, until, used } from './measure.mjs';
import { fill, twoPeopleOffline } from './yjs_records.mjs';

measure(async (found) => {
  const { server: command, data, records: file, count } = given;
  const server = await startServer(command);
  const records = readRecords(file, count);
  const open = (document) =>
    new Promise((done) => {
      const provider = new WebsocketProvider(`ws://127.0.0.1:${server.port}`, 'all', document, { WebSocketPolyfill: WebSocket, disableBc: true, resyncInterval: -1 });
      provider.on('sync', (is) => is && done(provider));
    });
  const store = new Database(path.join(data, 'documents.sqlite'), { readonly: true, timeout: 10_000 });
  const storedBytes = () => store.prepare('SELECT coalesce(sum(length(yupdate)), 0) AS bytes FROM yupdates').get().bytes;

  const one = new Y.Doc();
  const visits = one.getMap('visits');
  let writing = await open(one);
  let cpu = used(server.pid).cpu_s;
  let read = stopwatch();
  for (let from = 0; from < count; from += 100) {
    one.transact(() => {
      for (const { id, ...fields } of records.slice(from, from + 100)) {
        const map = new Y.Map();
        visits.set(id, map);
        fill(map, fields);
      }
    });
    // It has no receipts: only its buffer tells that something still waits.
    while (writing.ws.bufferedAmount > 1 << 20) await sleep(1);
  }
  const bytes = Y.encodeStateAsUpdate(one).length;
  await until(() => storedBytes() >= bytes * 0.99, 120, 'the store');
  let passed = read();
  Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu, disk: folderBytes(data) / count });

  const two = new Y.Doc();
  cpu = used(server.pid).cpu_s;
  read = stopwatch();
  let reading = await open(two);
  passed = read();
  Object.assign(found, { first_s: passed.seconds, first_bytes: passed.bytes / count, first_cpu_s: used(server.pid).cpu_s - cpu });
  if (two.getMap('visits').size !== count) throw new Error(`first sync gave ${two.getMap('visits').size} of ${count} records`);

  const mapOf = (document, record) => document.getMap('visits').get(record.id);
  const [delays, changes] = [[], []];
  for (let turn = 0; turn < 7; turn++) {
    const record = records[(turn * 104729 + 29) % count];
    const arrived = new Promise((done) => mapOf(two, record).observe(done));
    read = stopwatch();
    mapOf(one, record).set('status', `live ${turn}`);
    await arrived;
    delays.push(read().seconds);
    await sleep(50);
  }
  for (let turn = 0; turn < 5; turn++) {
    reading.destroy();
    await sleep(200);
    const record = records[(turn * 7919 + 13) % count];
    mapOf(one, record).set('status', `turn ${turn}`);
    await sleep(200);
    read = stopwatch();
    reading = await open(two);
    changes.push(read());
    if (mapOf(two, record).get('status') !== `turn ${turn}`) throw new Error('the change did not arrive');
  }
  found.live_ms = 1000 * median(delays);
  found.change_ms = 1000 * median(changes.map((change) => change.seconds));
  found.change_bytes = median(changes.map((change) => change.bytes));

  reading.destroy();
  writing.destroy();
  const cut = records.slice(0, 200);
  const maps = [one, two].map((document) => cut.map((record) => mapOf(document, record)));
  Object.assign(
    found,
    await twoPeopleOffline(...maps, async () => {
      for (const document of [one, two, one]) {
        const provider = await open(document);
        await sleep(400);
        provider.destroy();
      }
    }),
  );
  found.peak_mb = used(server.pid).peak_mb;
  await server.kill();
});
