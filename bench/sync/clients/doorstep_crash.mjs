// 64 phones push at once, and the server is killed with SIGKILL while answers are on their way. Whatever was acknowledged
// must be there afterwards. Not here: a power cut, which keeps less than a killed process does (the tests have it).
import { newId, Phone, valuesIn } from './doorstep.mjs';
import { given, inParallel, measure, readRecords, startServer, until } from './measure.mjs';

const PHONES = 64, BATCHES = 20, BATCH = 5, KILLS = 3, KILL_EVERY = 1200;

measure(async (found) => {
  const { server: command, records: file } = given;
  const records = readRecords(file, 1000);
  let server = await startServer(command);
  const pushers = [];
  await inParallel(Array.from({ length: PHONES }, (_, index) => index), 8, async (index) => {
    const team = `c0${index >> 4}_t${(index >> 2) & 3}`;
    const phone = await Phone.signIn(`http://127.0.0.1:${server.port}`, `${team}_p${index & 3}`);
    const waiting = Array.from({ length: BATCHES }, (_, batch) =>
      Array.from({ length: BATCH }, (_, save) => {
        const values = valuesIn(records[(index * 31 + batch * BATCH + save) % records.length]);
        return phone.seal(newId(), { ...values, household: `K${index}-${batch}-${save}`, team, worker: phone.person });
      }),
    );
    pushers.push({ phone, waiting, acknowledged: new Set() });
  });

  Object.assign(found, { kills: 0, acknowledged: 0, cut_off: 0, lost: 0, refused: 0, locked: 0 });
  for (; found.kills < KILLS; found.kills++) {
    const pushing = pushers.map((pusher) => pushOn(pusher, found));
    const already = total(pushers);
    await until(() => total(pushers) >= already + KILL_EVERY, 100, 'acknowledgements');
    await server.kill();
    await Promise.all(pushing);
    found.locked += lockedIn(server.said);
    server = await startServer(command);
    for (const { phone } of pushers) phone.movesTo(`http://127.0.0.1:${server.port}`);
    found.lost += await lost(pushers);
  }
  found.acknowledged_at_kills = total(pushers);
  // What was cut off is sent again, unchanged; then everything must be there, once.
  await Promise.all(pushers.map((pusher) => pushOn(pusher, found)));
  found.acknowledged = total(pushers);
  found.lost += await lost(pushers);
  found.locked += lockedIn(server.said);
  found.undelivered = PHONES * BATCHES * BATCH - found.acknowledged;
  await server.stop();
});

/** Push until nothing waits or the server is gone. */
async function pushOn({ phone, waiting, acknowledged }, found) {
  while (waiting.length) {
    let receipts;
    try {
      receipts = await phone.push(waiting[0]);
    } catch (error) {
      found.cut_off += 1;
      found.locked += lockedIn(String(error.message));
      return;
    }
    found.refused += receipts.filter(({ status }) => status !== 'accepted').length;
    // A save key is its client number in base 36.
    for (const { client } of waiting.shift()) acknowledged.add(client.toString(36));
  }
}

/** How many acknowledged saves a fresh device of each person cannot find. */
async function lost(pushers) {
  let gone = 0;
  await inParallel(pushers, 8, async ({ phone, acknowledged }) => {
    const fresh = new Phone(phone.address, phone.person);
    Object.assign(fresh, { token: phone.token, scopes: phone.scopes });
    await fresh.pull();
    const there = new Set([...fresh.rows.values()].flatMap((row) => row.saves.map(([key]) => key)));
    for (const key of acknowledged) gone += !there.has(key);
    fresh.leave();
  });
  return gone;
}

const total = (pushers) => pushers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
const lockedIn = (text) => text.split('database is locked').length - 1;
