// What every client here shares: bytes on its sockets, moments, the server it starts and that server's memory and disk.
// Not here: anything one contestant needs alone.
import diagnostics from 'node:diagnostics_channel';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const open = new Set();
const closed = { up: 0, down: 0 };
diagnostics.subscribe('net.client.socket', ({ socket }) => {
  open.add(socket);
  socket.once('close', () => {
    if (!open.delete(socket)) return;
    closed.up += socket.bytesWritten;
    closed.down += socket.bytesRead;
  });
});

let asked = 0;
diagnostics.subscribe('http.client.request.start', () => (asked += 1));

/** HTTP requests this process has begun so far. */
export const requests = () => asked;

/** Bytes this process has sent and received over TCP so far: payload with every header and frame. */
export function wire() {
  const total = { ...closed };
  for (const socket of open) {
    total.up += socket.bytesWritten;
    total.down += socket.bytesRead;
  }
  return total;
}

/** Seconds and bytes from now until the function it gives is called. */
export function stopwatch() {
  const from = wire();
  const started = performance.now();
  return () => {
    const until = wire();
    return { seconds: (performance.now() - started) / 1000, up: until.up - from.up, down: until.down - from.down, bytes: until.up + until.down - from.up - from.down };
  };
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Wait until `asked` is true, and throw after `seconds`. */
export async function until(asked, seconds, what) {
  const last = performance.now() + seconds * 1000;
  while (!(await asked())) {
    if (performance.now() > last) throw new Error(`waited ${seconds} s for ${what}`);
    await sleep(10);
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which a share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

/** Do `work` for each item, `wide` at a time. */
export async function inParallel(items, wide, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(wide, items.length) }, worker));
}

/** A server process that says `READY <port>` on its output when it answers. */
export async function startServer(command, environment = {}) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  const server = { pid: child.pid, port: 0, said: '', ended: null, stop: null, kill: null };
  const ended = new Promise((done) => child.once('exit', (code, signal) => done((server.ended = signal ?? code))));
  child.stderr.on('data', (text) => (server.said = (server.said + text).slice(-20_000)));
  await new Promise((ready, failed) => {
    let out = '';
    child.stdout.on('data', (text) => {
      const found = /READY (\d+)/.exec((out += text));
      if (found) ready((server.port = Number(found[1])));
    });
    child.once('exit', () => failed(new Error(`the server ended before it answered: ${server.said.slice(-800)}`)));
    child.once('error', failed);
  });
  server.stop = async () => {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(hard);
  };
  server.kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return server;
}

/** Megabytes a process uses now and has used at most, and the CPU seconds it took. */
export function used(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return { peak_mb: megabytes('VmHWM'), now_mb: megabytes('VmRSS'), cpu_s: (Number(times[11]) + Number(times[12])) / 100 };
}

/** What a folder and everything below it takes on the disk, in bytes of whole blocks. */
export function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const inside = path.join(folder, entry.name);
    return total + (entry.isDirectory() ? folderBytes(inside) : statSync(inside).blocks * 512);
  }, statSync(folder).blocks * 512);
}

/** The first `count` records of the set. */
export function readRecords(file, count) {
  return readFileSync(file, 'utf8').split('\n', count).map((line) => JSON.parse(line));
}

/** What the driver gave: one JSON object as the only argument. */
export const given = JSON.parse(process.argv[2] ?? '{}');

/** Run the measurement; what it gives is printed for the driver as one line, and its end is the end of the process. */
export function measure(work) {
  const found = {};
  const end = (code) => {
    process.stdout.write(`RESULT ${JSON.stringify(found)}\n`, () => process.exit(code));
  };
  work(found).then(
    () => end(0),
    (error) => {
      found.failed = String(error?.message ?? error).slice(0, 300);
      console.error(error);
      end(1);
    },
  );
}
