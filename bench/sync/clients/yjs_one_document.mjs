// All records in one Yjs document: push, first sync, one change live and after being away, two people offline at once.
// Not here: how a peer is joined and when it has stored something (hocuspocus.mjs, pycrdt.mjs).
import * as Y from 'yjs';
import { folderBytes, given, median, sleep, stopwatch, used } from './measure.mjs';
import { fill, twoPeopleOffline } from './yjs_records.mjs';

/**
 * Measure one peer.
 *
 * peer.join(document)         connect and hold what the server holds: a session that can `leave()`
 * peer.goesOn(session)        until more may be written
 * peer.delivered(session)     until the server has what was written, as far as it tells
 * peer.stored(session, bytes) until its store holds so many bytes; it may make the session leave
 */
export async function oneDocument(found, server, records, peer) {
  const count = records.length;
  const one = new Y.Doc();
  let writing = await peer.join(one);
  let cpu = used(server.pid).cpu_s;
  let read = stopwatch();
  for (let from = 0; from < count; from += 100) {
    one.transact(() => {
      for (const { id, ...fields } of records.slice(from, from + 100)) {
        const map = new Y.Map();
        one.getMap('visits').set(id, map);
        fill(map, fields);
      }
    });
    await peer.goesOn(writing);
  }
  await peer.delivered(writing);
  await peer.stored(writing, Y.encodeStateAsUpdate(one).length);
  let passed = read();
  Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu, disk: folderBytes(given.data) / count });
  await sleep(500);

  const two = new Y.Doc();
  cpu = used(server.pid).cpu_s;
  read = stopwatch();
  let reading = await peer.join(two);
  passed = read();
  Object.assign(found, { first_s: passed.seconds, first_bytes: passed.bytes / count, first_cpu_s: used(server.pid).cpu_s - cpu });
  if (two.getMap('visits').size !== count) throw new Error(`first sync gave ${two.getMap('visits').size} of ${count} records`);

  if (writing.hasLeft) writing = await peer.join(one);
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
    reading.leave();
    await sleep(200);
    const record = records[(turn * 7919 + 13) % count];
    mapOf(one, record).set('status', `turn ${turn}`);
    await peer.delivered(writing);
    await sleep(200);
    read = stopwatch();
    reading = await peer.join(two);
    changes.push(read());
    if (mapOf(two, record).get('status') !== `turn ${turn}`) throw new Error('the change did not arrive');
  }
  found.live_ms = 1000 * median(delays);
  found.change_ms = 1000 * median(changes.map((change) => change.seconds));
  found.change_bytes = median(changes.map((change) => change.bytes));

  reading.leave();
  writing.leave();
  await sleep(300);
  const maps = [one, two].map((document) => records.slice(0, 200).map((record) => mapOf(document, record)));
  Object.assign(
    found,
    await twoPeopleOffline(...maps, async () => {
      for (const document of [one, two, one]) {
        const meeting = await peer.join(document);
        await peer.delivered(meeting);
        await sleep(400);
        meeting.leave();
      }
    }),
  );
}
