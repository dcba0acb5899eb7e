// The floor of a first sync: all records as gzipped JSON from memory, fetched over loopback, unpacked and parsed. Nothing
// is looked up and nobody is asked who they are. Not here: the floors of a push (bench/sync/floors.py).
import { readFileSync } from 'node:fs';
import http from 'node:http';
import zlib from 'node:zlib';
import { given, measure, median, stopwatch } from './measure.mjs';

measure(async (found) => {
  const lines = readFileSync(given.records, 'utf8').split('\n', given.count);
  const packed = zlib.gzipSync(`[${lines.join(',')}]`, { level: 6 });
  const server = http.createServer((request, response) => response.setHeader('content-encoding', 'gzip').end(packed));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const turns = [];
  for (let turn = 0; turn < 3; turn++) {
    const read = stopwatch();
    const bytes = await new Promise((done) =>
      http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => done(Buffer.concat(parts)));
      }),
    );
    const records = JSON.parse(zlib.gunzipSync(bytes).toString());
    turns.push(read());
    if (records.length !== given.count) throw new Error('records are missing');
  }
  Object.assign(found, { first_s: median(turns.map((turn) => turn.seconds)), first_bytes: turns[0].bytes / given.count, first_requests: 1 });
});
