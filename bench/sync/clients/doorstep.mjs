// A phone of Doorstep without a browser: signs saves, pushes, pulls, and keeps every record with its values in memory, as
// the clients of the peers do. Written from docs/api.md. Not here: what is measured with it.
import { transcode } from 'node:buffer';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import http from 'node:http';
import { setImmediate as sentOff } from 'node:timers/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
// Browsers read zstandard by themselves; Node only from version 22 on.
import * as zstandard from '@bokuweb/zstd-wasm';

await zstandard.init();
const [gzip, gunzip] = [zlib.gzip, zlib.gunzip].map((one) => promisify(one));
const PUSH = 'mutation push($saves: [SaveInput!]!) { push(saves: $saves) { receipts { save status revision problem { code field } } } }';
// All that a phone asks for with each page, because what it costs on the wire is part of what is measured.
const PULL = `query pull($after: [ScopeCursorInput!]!, $bytes_max: Int, $mark: String) {
  pull(after: $after, bytes_max: $bytes_max, mark: $mark) {
    rows gone cursors { scope cursor complete } more
    decided { save status revision problem { code field details words_zh words_en next_step_zh next_step_en next_step } }
    epoch mark at backed_up refused { code details } server_time schema_min app_min
  }
}`;
// The name of the question for news (server/graphql/documents.py).
const NEWS = 'news.1';

/** The centre is busy and says after how many seconds to come again. */
export class ComeAgain extends Error {
  constructor(seconds) {
    super(`come again in ${seconds} s`);
    this.seconds = seconds;
  }

  /** Wait as long as the app does: never shorter, spread over half as long again. */
  wait() {
    return new Promise((done) => setTimeout(done, this.seconds * 1000 * (1 + Math.random() / 2)));
  }
}

export class Phone {
  constructor(address, person) {
    this.address = new URL(address);
    this.person = person;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.rows = new Map();
    this.cursors = {};
    this.mark = null;
    this.at = null;
    /** Whether it comes again by itself when the centre is busy, or tells whoever asked. */
    this.isPatient = true;
    this.requests = 0;
    this.sequence = 0;
    this.milliseconds = 0;
  }

  /** Sign in as one of the benchmark's people, with a new device key. */
  static async signIn(address, person) {
    const phone = new Phone(address, person);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    phone.key = privateKey;
    const body = JSON.stringify({ person, device: { public_key: point.toString('base64'), name: 'bench' } });
    const answer = JSON.parse(await phone.post('/api/session', Buffer.from(body), {}));
    if (!answer.token) throw new Error(`no sign-in: ${JSON.stringify(answer)}`);
    phone.token = answer.token;
    phone.scopes = answer.me.scopes;
    return phone;
  }

  /** A signed save, as a phone makes it when its person taps save. */
  seal(record, values, { base = 0, replaces = {}, kind = 'bench_visit' } = {}) {
    this.milliseconds = Math.max(Date.now(), this.milliseconds + 1);
    const save = {
      id: newId(),
      record,
      kind,
      schema: 1,
      device_sequence: (this.sequence += 1),
      client: randomBytes(4).readUInt32BE() || 1,
      base,
      made_at: `${String(this.milliseconds).padStart(13, '0')}-0000`,
      set: values,
      replaces,
    };
    const signature = sign('sha256', Buffer.from(canonical(save)), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return { ...save, signature: signature.toString('base64') };
  }

  /** A save that changes fields of a record in sight: it names the claims it replaces. */
  change(record, values) {
    const row = this.rows.get(record);
    const replaces = {};
    for (const field of Object.keys(values)) {
      const seen = row.saves.filter(([, , , set]) => field in set).map(([key]) => key);
      if (seen.length) replaces[field] = seen;
    }
    return this.seal(record, values, { base: row.revision, replaces });
  }

  /** Deliver saves; gives their receipts. */
  async push(saves) {
    return this.send(await this.packed(saves));
  }

  /** The body of a push, ready to be sent. */
  packed(saves) {
    return gzip(JSON.stringify({ query: PUSH, operationName: 'push', variables: { saves } }), { level: 6 });
  }

  async send(body) {
    return (await this.answered(body, { 'content-encoding': 'gzip' })).push.receipts;
  }

  ask(question) {
    return this.answered(Buffer.from(JSON.stringify(question)), {});
  }

  async answered(body, headers) {
    let answer;
    while (answer === undefined) {
      try {
        answer = await this.post('/graphql', body, headers);
      } catch (error) {
        if (!(error instanceof ComeAgain && this.isPatient)) throw error;
        await error.wait();
      }
    }
    const { data, errors } = JSON.parse(answer);
    if (errors) throw new Error(JSON.stringify(errors[0].extensions ?? errors[0]).slice(0, 300));
    return data;
  }

  /** What happened since this phone had everything; else every scope to its end. */
  async pull(bytesMax) {
    if (this.at !== null && (await this.takeNews())) return;
    // The next page is on its way while the one before it is unpacked, as the app does it.
    for (let asked = this.askPage(bytesMax); asked; ) {
      const page = await asked;
      asked = page.more ? this.askPage(bytesMax) : null;
      // Node sends it when nothing else runs; a browser does by itself.
      await sentOff();
      this.keep(page);
    }
  }

  /** One page; whether there is more. */
  async pullPage(bytesMax) {
    const page = await this.askPage(bytesMax);
    this.keep(page);
    return page.more;
  }

  async askPage(bytesMax) {
    const after = this.scopes.map((scope) => ({ scope, cursor: this.cursors[scope] ?? '0' }));
    const { pull } = await this.ask({ query: PULL, operationName: 'pull', variables: { after, bytes_max: bytesMax, mark: this.mark } });
    if (pull.refused) throw new Error(`a page was refused: ${pull.refused.code}`);
    this.mark = pull.mark;
    this.at = pull.at;
    for (const { scope, cursor } of pull.cursors) this.cursors[scope] = cursor;
    return pull;
  }

  async takeNews() {
    const { news } = await this.ask({ documentId: NEWS, variables: { at: this.at } });
    const rows = news?.rows.map((row) => this.whole(row));
    if (!rows?.every(Boolean)) return false;
    this.keep({ rows, gone: [] });
    this.at = news.at;
    for (const scope of this.scopes) this.cursors[scope] = news.cursor;
    return true;
  }

  /** A row of news laid over what is here; undefined when that gives something else than the centre has. */
  whole([record, kind, revision, standing, saves, sum]) {
    if (sum === undefined) return [record, kind, revision, standing, saves];
    const changed = new Set(saves.flatMap(([, , , set]) => Object.keys(set)));
    const kept = (this.rows.get(record)?.saves ?? []).flatMap(([key, made_at, author, set]) => {
      const left = Object.entries(set).filter(([field]) => !changed.has(field));
      return left.length ? [[key, made_at, author, Object.fromEntries(left)]] : [];
    });
    const all = [...kept, ...saves];
    const keys = all.flatMap(([key, , , set]) => Object.keys(set).map((field) => `${field}:${key}`)).sort().join('\n');
    return createHash('sha256').update(keys).digest('hex').startsWith(sum) ? [record, kind, revision, standing, all] : undefined;
  }

  keep({ rows, gone }) {
    for (const record of gone) this.rows.delete(record);
    for (const [record, kind, revision, standing, saves] of rows) this.rows.set(record, { kind, revision, standing, saves, values: valuesOf(saves) });
  }

  /** The open versions of a field, each with who wrote it and when. */
  versions(record, field) {
    return this.rows
      .get(record)
      .saves.filter(([, , , set]) => field in set)
      .map(([, made_at, author, set]) => ({ value: set[field], made_at, author }));
  }

  /** One request over this phone's one connection; gives the text of the answer, unpacked. */
  async post(path, body, headers) {
    this.requests += 1;
    try {
      return await this.postOnce(path, body, headers);
    } catch (error) {
      // A server closes a connection that was idle; whoever asks in that moment asks again, as browsers do.
      if (!error.wasIdle) throw error;
      return this.postOnce(path, body, headers);
    }
  }

  async postOnce(path, body, headers) {
    const sent = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'gzip, zstd', 'content-length': body.length, ...headers };
    if (this.token) sent.authorization = `Bearer ${this.token}`;
    const { hostname, port } = this.address;
    const answer = await new Promise((done, failed) => {
      const request = http.request({ hostname, port, path, method: 'POST', agent: this.agent, headers: sent }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) }));
        response.on('error', failed);
        response.on('aborted', () => failed(new Error('the answer was cut off')));
      });
      request.on('error', (error) => failed(Object.assign(error, { wasIdle: request.reusedSocket && error.code === 'ECONNRESET' })));
      request.end(body);
    });
    if (answer.status === 503 && answer.headers['retry-after']) throw new ComeAgain(Number(answer.headers['retry-after']));
    const packing = answer.headers['content-encoding'];
    if (packing === 'zstd') return textOf(Buffer.from(zstandard.decompress(answer.bytes)));
    return textOf(packing === 'gzip' ? await gunzip(answer.bytes) : answer.bytes);
  }

  leave() {
    this.agent.destroy();
  }

  /** The centre answers at another address from now on. */
  movesTo(address) {
    this.leave();
    this.address = new URL(address);
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }
}

// Node reads a Chinese text four times as fast over UTF-16, which is about what a browser takes.
function textOf(bytes) {
  return transcode(bytes, 'utf8', 'utf16le').toString('utf16le');
}

// Of two open versions the later one is what a list shows; both stay in `saves`.
function valuesOf(saves) {
  const values = {};
  const at = {};
  for (const [, made_at, , set] of saves) {
    for (const field in set) {
      if (field in at && at[field] > made_at) continue;
      values[field] = set[field];
      at[field] = made_at;
    }
  }
  return values;
}

/** RFC 8785 for what saves hold: names in ASCII, whole numbers, texts. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** A UUIDv7. */
export function newId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = bytes.toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** A record of the set as field values, without its id. */
export function valuesIn({ id, ...values }) {
  return values;
}
