// Doorstep's own run: push, disk, first sync, one change among N, two people offline at once, 500 phones back at once.
// Not here: kill -9 (doorstep_crash.mjs).
import { ComeAgain, newId, Phone, valuesIn } from './doorstep.mjs';
import { folderBytes, given, inParallel, measure, median, quantile, readRecords, sleep, startServer, stopwatch, used } from './measure.mjs';

const BATCH = 100;
// What the app asks for on a pull (pwa/src/sync/limits.ts).
const PAGE_BYTES = given.page_bytes ?? 160 * 1024;
const CENTRES = 20, TEAMS = 5, PHONES = 5, SAVES = 20;

measure(async (found) => {
  const { server: command, data, records: file, count } = given;
  let server = await startServer(command);
  const at = () => `http://127.0.0.1:${server.port}`;
  const records = readRecords(file, count);
  const writer = await Phone.signIn(at(), 'c00_t0_p0');

  // Signed before the clock starts: a phone signs when its person taps save, hours before it delivers.
  let started = performance.now();
  const saves = records.map((record) => writer.seal(record.id, valuesIn(record)));
  found.sign_s = (performance.now() - started) / 1000;
  started = performance.now();
  const bodies = [];
  for (let from = 0; from < count; from += BATCH) bodies.push(await writer.packed(saves.slice(from, from + BATCH)));
  found.pack_s = (performance.now() - started) / 1000;
  found.start_mb = used(server.pid).now_mb;

  let cpu = used(server.pid).cpu_s;
  let read = stopwatch();
  let refused = 0;
  for (const body of bodies) for (const receipt of await writer.send(body)) refused += receipt.status !== 'accepted';
  let passed = read();
  if (refused) throw new Error(`${refused} saves were not accepted`);
  Object.assign(found, { push_s: passed.seconds, push_up: passed.up / count, push_down: passed.down / count, push_cpu_s: used(server.pid).cpu_s - cpu });
  found.push_peak_mb = used(server.pid).peak_mb;

  // Stopping folds the write-ahead log into the file, which is then what a record costs on disk.
  writer.leave();
  await server.stop();
  found.disk = folderBytes(data) / count;
  server = await startServer(command);

  const firsts = [];
  let reader;
  for (let turn = 0; turn < (count > 20_000 ? 1 : 3); turn++) {
    reader = await Phone.signIn(at(), `c00_t0_p${1 + turn}`);
    const requests = reader.requests;
    cpu = used(server.pid).cpu_s;
    read = stopwatch();
    await reader.pull(PAGE_BYTES);
    passed = read();
    const listed = [...reader.rows.values()].filter((row) => row.values.narrative?.length > 100).length;
    if (listed !== count) throw new Error(`first sync gave ${listed} of ${count} records`);
    firsts.push({ ...passed, requests: reader.requests - requests, cpu_s: used(server.pid).cpu_s - cpu });
  }
  found.first_s = median(firsts.map((first) => first.seconds));
  found.first_bytes = firsts[0].bytes / count;
  found.first_requests = firsts[0].requests;
  found.first_cpu_s = median(firsts.map((first) => first.cpu_s));
  found.first_peak_mb = used(server.pid).peak_mb;

  const other = await Phone.signIn(at(), 'c00_t0_p4');
  await other.pull(PAGE_BYTES);
  const [changes, pushes, delivered] = [[], [], []];
  for (let turn = 0; turn < 25; turn++) {
    const record = records[(turn * 7919 + 13) % count].id;
    const body = await other.packed([other.change(record, { status: turn % 2 ? 'checked' : 'done' })]);
    read = stopwatch();
    await other.send(body);
    pushes.push(read());
    const requests = reader.requests;
    read = stopwatch();
    await reader.pull(PAGE_BYTES);
    changes.push({ ...read(), requests: reader.requests - requests });
    delivered.push(pushes.at(-1).seconds + changes.at(-1).seconds);
    if (reader.rows.get(record).values.status !== (turn % 2 ? 'checked' : 'done')) throw new Error('the change did not arrive');
    await other.pull(PAGE_BYTES);
  }
  Object.assign(found, {
    change_ms: 1000 * median(changes.map((change) => change.seconds)),
    change_bytes: median(changes.map((change) => change.bytes)),
    change_down: median(changes.map((change) => change.down)),
    change_requests: Math.max(...changes.map((change) => change.requests)),
    change_push_ms: 1000 * median(pushes.map((push) => push.seconds)),
    change_push_bytes: median(pushes.map((push) => push.bytes)),
  });

  // What a phone in use asks all day: whether there is anything new, and there is not.
  const asks = 300;
  cpu = used(server.pid).cpu_s;
  for (let turn = 0; turn < asks; turn++) await reader.pull(PAGE_BYTES);
  found.question_cpu_ms = (1000 * (used(server.pid).cpu_s - cpu)) / asks;

  Object.assign(found, await twoPeopleOffline(reader, other, records.slice(0, 200)));
  found.sync_peak_mb = found.peak_mb = Math.max(found.push_peak_mb, used(server.pid).peak_mb);
  if (given.back_at_once) Object.assign(found, await backAtOnce(at(), server, records));
  reader.leave();
  other.leave();
  found.peak_mb = Math.max(found.peak_mb, used(server.pid).peak_mb);
  await server.stop();
});

// 100 records with one field each of its own, then 100 with the same field.
async function twoPeopleOffline(one, two, records) {
  const [apart, together] = [records.slice(0, 100), records.slice(100, 200)];
  const first = [...apart.map(({ id }) => one.change(id, { systolic: 199 })), ...together.map(({ id }) => one.change(id, { services: '甲的话' }))];
  const second = [...apart.map(({ id }) => two.change(id, { glucose_tenths: 333 })), ...together.map(({ id }) => two.change(id, { services: '乙的话' }))];
  for (let from = 0; from < first.length; from += 100) await one.push(first.slice(from, from + 100));
  for (let from = 0; from < second.length; from += 100) await two.push(second.slice(from, from + 100));
  for (const phone of [one, two]) await phone.pull(PAGE_BYTES);
  let [kept, visible] = [0, 0];
  for (const { id } of apart) {
    const seen = [one, two].map((phone) => phone.rows.get(id).values);
    kept += seen.every((values) => values.systolic === 199 && values.glucose_tenths === 333);
  }
  for (const { id } of together) {
    const seen = [one, two].map((phone) => phone.versions(id, 'services'));
    const both = (versions) => ['甲的话', '乙的话'].every((value, index) => versions.some((version) => version.value === value && version.author === [one, two][index].person && version.made_at));
    visible += seen.every(both);
  }
  return { different_kept: kept, same_visible: visible };
}

// After an outage every phone has 20 saves and is behind; all of them come in the same moment.
async function backAtOnce(address, server, records) {
  const people = [];
  for (let centre = 0; centre < CENTRES; centre++)
    for (let team = 0; team < TEAMS; team++)
      for (let phone = 0; phone < PHONES; phone++) people.push([`c${String(centre).padStart(2, '0')}_t${team}`, phone]);
  const phones = [];
  await inParallel(people, 8, async ([team, number], index) => {
    const phone = await Phone.signIn(address, `${team}_p${number}`);
    await phone.pull(PAGE_BYTES);
    phone.rows.clear();
    phone.isPatient = false;
    const saves = Array.from({ length: SAVES }, (_, save) => {
      const values = valuesIn(records[(index * SAVES + save) % records.length]);
      // A home of its own: whether a home was met twice a day is judged too, but here nobody is a double of another.
      return phone.seal(newId(), { ...values, household: `B${index}-${save}`, team, worker: phone.person });
    });
    phones.push({ phone, body: await phone.packed(saves) });
  });
  await sleep(1000);
  const quiet = used(server.pid).now_mb;
  let most = quiet;
  const watch = setInterval(() => (most = Math.max(most, used(server.pid).now_mb)), 50);
  const answers = { push: [], pull: [] };
  let [accepted, failed, sentAway] = [0, 0, 0];
  const errors = new Set();
  const read = stopwatch();
  await Promise.all(
    phones.map(async ({ phone, body }) => {
      // Every answer counts from its own question; one that says when to come again is an answer, and is obeyed.
      const timed = async (kind, ask) => {
        for (;;) {
          const started = performance.now();
          let again;
          try {
            return await ask();
          } catch (error) {
            if (!(error instanceof ComeAgain)) {
              failed += 1;
              errors.add(`${kind}: ${error.message}`);
              return undefined;
            }
            sentAway += 1;
            again = error;
          } finally {
            answers[kind].push((performance.now() - started) / 1000);
          }
          await again.wait();
        }
      };
      const receipts = await timed('push', () => phone.send(body));
      accepted += (receipts ?? []).filter((receipt) => receipt.status === 'accepted').length;
      for (let more = true; more; ) more = await timed('pull', () => phone.pullPage(PAGE_BYTES));
    }),
  );
  const passed = read();
  clearInterval(watch);
  // Their colleagues' saves may have come after their own pull: one more round, unhurried, and everybody must have all.
  let missing = 0;
  await inParallel(phones, 8, async ({ phone }) => {
    phone.isPatient = true;
    await phone.pull(PAGE_BYTES);
    missing += Math.max(0, PHONES * SAVES - phone.rows.size);
    phone.leave();
  });
  return {
    back_phones: phones.length,
    back_s: passed.seconds,
    back_undelivered: phones.length * SAVES - accepted + missing,
    back_failed: failed,
    back_sent_away: sentAway,
    back_errors: [...errors].slice(0, 5),
    back_push_p99_s: quantile(answers.push, 0.99),
    back_pull_p99_s: quantile(answers.pull, 0.99),
    back_p99_s: quantile([...answers.push, ...answers.pull], 0.99),
    back_p50_s: quantile([...answers.push, ...answers.pull], 0.5),
    back_quiet_mb: quiet,
    back_most_mb: most,
    back_memory: most / quiet,
  };
}
