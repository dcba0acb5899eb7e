// automerge-repo: one document a record over one websocket. Not here: its server (automerge_server.mjs). A fresh client
// is given all document ids for nothing.
import { getConflicts, ImmutableString, Repo } from '@automerge/automerge-repo';
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { folderBytes, given, inParallel, measure, median, readRecords, sleep, startServer, stopwatch, until, used, wire } from './measure.mjs';

measure(async (found) => {
  const { server: command, data, records: file, count } = given;
  const server = await startServer(command, { NODE_ENV: 'production' });
  const records = readRecords(file, count);
  const plain = (value) => (typeof value === 'string' ? new ImmutableString(value) : value);
  const valuesOf = ({ id, narrative, ...fields }) => ({ narrative, ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)])) });
  const connect = (repo) => {
    const adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${server.port}`, 1000);
    repo.networkSubsystem.addNetworkAdapter(adapter);
    return adapter;
  };
  const quiet = async () => {
    for (let before = -1, now; (now = wire().up + wire().down) - before > 200; before = now) await sleep(700);
  };
  // Its files stand in two levels of folders, one a document.
  const documents = () => readdirSync(data).reduce((total, first) => total + readdirSync(path.join(data, first)).length, 0);

  const one = new Repo({ network: [], peerId: 'one' });
  const mine = records.map((record) => one.create(valuesOf(record)));
  let cpu = used(server.pid).cpu_s;
  let read = stopwatch();
  let oneOnline = connect(one);
  await until(() => documents() >= count, 120, 'the store');
  let passed = read();
  await quiet();
  Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu, disk: folderBytes(data) / count });

  const two = new Repo({ network: [], peerId: 'two' });
  cpu = used(server.pid).cpu_s;
  read = stopwatch();
  let twoOnline = connect(two);
  await two.networkSubsystem.whenReady();
  const theirs = [];
  await inParallel(mine, 64, async (handle, index) => (theirs[index] = await two.find(handle.url)));
  passed = read();
  Object.assign(found, { first_s: passed.seconds, first_bytes: passed.bytes / count, first_cpu_s: used(server.pid).cpu_s - cpu });
  const listed = theirs.filter((handle) => handle.doc()?.narrative?.length > 100).length;
  if (listed !== count) throw new Error(`first sync gave ${listed} of ${count} records`);
  await quiet();

  const changes = [];
  for (let turn = 0; turn < 3; turn++) {
    two.networkSubsystem.removeNetworkAdapter(twoOnline);
    await sleep(200);
    const index = (turn * 7919 + 13) % count;
    mine[index].change((document) => void (document.status = plain(`turn ${turn}`)));
    await quiet();
    const arrived = new Promise((done) => theirs[index].once('change', done));
    read = stopwatch();
    twoOnline = connect(two);
    await arrived;
    const seconds = read().seconds;
    await quiet();
    changes.push({ seconds, bytes: read().bytes });
  }
  found.change_ms = 1000 * median(changes.map((change) => change.seconds));
  found.change_bytes = median(changes.map((change) => change.bytes));

  one.networkSubsystem.removeNetworkAdapter(oneOnline);
  two.networkSubsystem.removeNetworkAdapter(twoOnline);
  await sleep(300);
  for (let index = 0; index < 200; index++) {
    mine[index].change((document) => void (index < 100 ? (document.systolic = 199) : (document.services = plain('甲的话'))));
    theirs[index].change((document) => void (index < 100 ? (document.glucose_tenths = 333) : (document.services = plain('乙的话'))));
  }
  [oneOnline, twoOnline] = [connect(one), connect(two)];
  await quiet();
  await quiet();
  let [kept, visible] = [0, 0];
  for (let index = 0; index < 200; index++) {
    const seen = [mine[index].doc(), theirs[index].doc()];
    if (index < 100) kept += seen.every((document) => document.systolic === 199 && document.glucose_tenths === 333);
    else visible += seen.every((document) => Object.keys(getConflicts(document, 'services') ?? {}).length > 1);
  }
  Object.assign(found, { different_kept: kept, same_visible: visible, peak_mb: used(server.pid).peak_mb });
  await server.kill();
});
