// PouchDB: one document a record, replicated with the CouchDB protocol in batches of 100, clients in memory.
// Not here: its server (pouch_server.cjs).
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb';
import { folderBytes, given, measure, median, readRecords, requests, sleep, startServer, stopwatch, used } from './measure.mjs';

PouchDB.plugin(memory);
const BATCH = { batch_size: 100 };

measure(async (found) => {
  const { server: command, data, records: file, count } = given;
  const server = await startServer(command, { NODE_ENV: 'production' });
  const remote = () => new PouchDB(`http://127.0.0.1:${server.port}/visits`);
  const records = readRecords(file, count).map(({ id, ...fields }) => ({ _id: id, ...fields }));
  const local = (name) => new PouchDB(name, { adapter: 'memory' });

  const one = local('one');
  for (let from = 0; from < count; from += 1000) await one.bulkDocs(records.slice(from, from + 1000));
  await remote().info();
  let cpu = used(server.pid).cpu_s;
  let read = stopwatch();
  await one.replicate.to(remote(), BATCH);
  let passed = read();
  Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu });
  found.disk = folderBytes(data) / count;

  const two = local('two');
  cpu = used(server.pid).cpu_s;
  let before = requests();
  read = stopwatch();
  await two.replicate.from(remote(), BATCH);
  passed = read();
  const there = (await two.info()).doc_count;
  if (there < count) throw new Error(`first sync gave ${there} of ${count} records`);
  Object.assign(found, { first_s: passed.seconds, first_bytes: passed.bytes / count, first_requests: requests() - before, first_cpu_s: used(server.pid).cpu_s - cpu });

  const changes = [];
  for (let turn = 0; turn < 7; turn++) {
    const id = records[(turn * 7919 + 13) % count]._id;
    await one.put({ ...(await one.get(id)), status: `turn ${turn}` });
    await one.replicate.to(remote());
    before = requests();
    read = stopwatch();
    await two.replicate.from(remote());
    changes.push({ ...read(), requests: requests() - before });
    if ((await two.get(id)).status !== `turn ${turn}`) throw new Error('the change did not arrive');
  }
  found.change_ms = 1000 * median(changes.map((change) => change.seconds));
  found.change_bytes = median(changes.map((change) => change.bytes));
  found.change_requests = median(changes.map((change) => change.requests));

  const live = two.replicate.from(remote(), { live: true });
  await new Promise((done) => live.once('paused', done));
  await sleep(200);
  const delays = [];
  for (let turn = 0; turn < 7; turn++) {
    const id = records[(turn * 104729 + 29) % count]._id;
    const changed = { ...(await two.get(id)), status: `live ${turn}` };
    const arrived = new Promise((done) => {
      const look = ({ docs }) => {
        if (!docs.some((document) => document._id === id)) return;
        live.removeListener('change', look);
        done();
      };
      live.on('change', look);
    });
    read = stopwatch();
    await remote().put(changed);
    await arrived;
    delays.push(read().seconds);
    await sleep(100);
  }
  live.cancel();
  found.live_ms = 1000 * median(delays);

  await one.replicate.from(remote());
  const edited = records.slice(0, 200).map((document) => document._id);
  const edit = async (database, change) => {
    for (const [index, id] of edited.entries()) await database.put({ ...(await database.get(id)), ...change(index) });
  };
  await edit(one, (index) => (index < 100 ? { systolic: 199 } : { services: '甲的话' }));
  await edit(two, (index) => (index < 100 ? { glucose_tenths: 333 } : { services: '乙的话' }));
  for (const database of [one, two, one]) await database.sync(remote());
  let [kept, visible] = [0, 0];
  for (const [index, id] of edited.entries()) {
    const seen = await Promise.all([one, two].map((database) => database.get(id, { conflicts: true })));
    if (index < 100) kept += seen.every((document) => document.systolic === 199 && document.glucose_tenths === 333);
    else visible += seen.every((document) => document._conflicts?.length > 0);
  }
  Object.assign(found, { different_kept: kept, same_visible: visible, peak_mb: used(server.pid).peak_mb });
  await server.kill();
});
