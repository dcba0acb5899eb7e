// A centre in memory that speaks the protocol: push, who, pull. It stands in for the network and the server behind it;
// the real server is tried in e2e. No rule of the schema is judged here; tests say what is refused.
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { networkOn, type Network } from '../../src/network';
import { stateWithSave } from '../../src/sync/document';
import { scopesOfRecord } from '../../src/sync/pull';
import { withSave } from '../../src/sync/project';
import type { Claim, Json, Me, Member, Problem, Receipt, Save, Standing } from '../../src/sync/shapes';

interface Kept { kind: string; revision: number; standing: Standing; state: Uint8Array; claims: Claim[] }
type Refusal = { status: 'held' | 'retry' | 'upgrade_required'; code: string; field?: string };

export class Centre {
  records = new Map<string, Kept>();
  receipts = new Map<string, Receipt>();
  /** Which fields each save of a record wrote, and at which revision. */
  written = new Map<string, { revision: number; fields: string[] }[]>();
  log: Save[] = [];
  /** What phones told of covered numbers that were looked at, each once. */
  looks = new Map<string, { id: string; record: string; field: string; seen_at: string }>();
  gone: { scope: string; record: string; revision: number }[] = [];
  decided: Receipt[] = [];
  head = 0;
  epoch = 'epoch-1';
  /** Which log this is: a store that went another way has another one under the same epoch. */
  log_name = 'log-1';
  backed_up = 0;
  refused: Problem | null = null;
  /** The centre's clock. */
  time = '2026-11-22T01:00:00Z';
  page_records = 100;
  is_down = false;
  is_signed_in = true;
  answers_html = false;
  /** Too much to do, or no room: every request is told this, and to come again after so many seconds. */
  busy: { code: string; status: number; seconds: number } | null = null;
  /** Replies lost on the way back: the centre has done what was asked. */
  lose_replies = 0;
  bodies: string[] = [];
  refuse: (save: Save) => Refusal | undefined = () => undefined;
  /** The code with which what phones tell of looks is refused as a whole. */
  refuse_looks: string | null = null;
  refuse_request: (saves: Save[]) => string | undefined = () => undefined;
  me: Me = {
    person: 'li_min', name: '李敏', centre: 'heping', centre_name: '和平', roles: ['outreach_worker'], home: 'phone',
    teams: [{ id: 'heping_1', name: '一组' }], scopes: ['person:li_min', 'own:li_min:heping:outreach_worker', 'team:heping_1:outreach_worker'], device: 'device-1', demo: true
  };
  members: Member[] = [{ person: 'li_min', name: '李敏', centre: 'heping', roles: ['outreach_worker'], teams: ['heping_1'] }];

  /** This centre as a network. */
  network(): Network {
    return networkOn(this.fetch as typeof fetch);
  }

  fetch = async (path: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    if (this.is_down) throw new TypeError('Failed to fetch');
    if (this.answers_html) return new Response('<html>Welcome to Free WiFi</html>', { status: 200, headers: { 'content-type': 'text/html' } });
    const body = await bodyOf(init);
    this.bodies.push(body);
    if (this.busy) return problem(this.busy.code, this.busy.status, { 'retry-after': String(this.busy.seconds) });
    const answer = this.answer(String(path), body);
    if (this.lose_replies > 0) {
      this.lose_replies -= 1;
      throw new TypeError('Failed to fetch');
    }
    return answer;
  };

  private answer(path: string, body: string): Response {
    if (path !== '/graphql') return problem('not_found', 404);
    if (!this.is_signed_in) return problem('not_signed_in', 401);
    const { documentId, query = '', variables } = JSON.parse(body) as { documentId?: string; query?: string; variables: Record<string, unknown> };
    if (documentId === 'news.1') return this.news(String(variables['at']));
    if (query.includes('push(saves')) {
      const saves = variables['saves'] as Save[];
      const code = this.refuse_request(saves);
      if (code) return problem(code, 400);
      return json({ data: { push: { receipts: saves.map((save) => this.take(save)), epoch: this.epoch, server_time: this.time, witness: '3-0123456789ab' } } });
    }
    if (query.includes('note_reveals(')) {
      if (this.refuse_looks) return problem(this.refuse_looks, 400);
      const looks = variables['looks'] as { id: string; record: string; field: string; seen_at: string }[];
      for (const look of looks) this.looks.set(look.id, look);
      return json({ data: { note_reveals: looks.map(({ id }) => ({ id, problem: null })) } });
    }
    if (query.includes('pull(after')) {
      const mark = variables['mark'] as string | null;
      if (mark !== null && !mark.endsWith(this.log_name)) return problem('cursor_ahead', 409);
      return this.page(variables['after'] as { scope: string; cursor: string }[]);
    }
    if (query.includes('digest(')) return json({ data: { digest: (variables['after'] as { scope: string }[]).map(({ scope }) => this.digest(scope, variables['by_part'] as boolean)) } });
    if (query.includes('digest_rows(')) {
      const parts = variables['parts'] as string[];
      return json({ data: { digest_rows: this.rowsOf(variables['scope'] as string).filter(([record]) => parts.includes(part(record))).map(([record, { revision }]) => ({ record, revision })) } });
    }
    if (query.includes('whole_records(')) {
      const whole = (variables['records'] as string[]).flatMap((record) => {
        const found = this.records.get(record);
        return found ? [{ record, kind: found.kind, revision: found.revision, standing: found.standing, state: Buffer.from(found.state).toString('base64') }] : [];
      });
      return json({ data: { whole_records: whole } });
    }
    return json({ data: { me: this.me, members: this.members } });
  }

  private take(save: Save): Receipt {
    const known = this.receipts.get(save.id);
    if (known) return known;
    const refusal = this.refuse(save);
    if (refusal) {
      const receipt: Receipt = { save: save.id, status: refusal.status, revision: null, problem: { code: refusal.code, field: refusal.field ?? null } as Problem };
      if (refusal.status === 'held') this.receipts.set(save.id, receipt);
      return receipt;
    }
    this.log.push(save);
    const revision = this.write(save, 'li_min');
    const receipt: Receipt = { save: save.id, status: 'accepted', revision, problem: null };
    this.receipts.set(save.id, receipt);
    return receipt;
  }

  /** Another person's accepted save, or a seeded record; answers its revision. */
  write(save: Pick<Save, 'record' | 'kind' | 'client' | 'made_at' | 'set' | 'replaces'>, author: string, standing: Partial<Standing> = {}): number {
    const before = this.records.get(save.record);
    this.head += 1;
    this.written.set(save.record, [...(this.written.get(save.record) ?? []), { revision: this.head, fields: Object.keys(save.set) }]);
    this.records.set(save.record, {
      kind: save.kind,
      revision: this.head,
      standing: { ...(before?.standing ?? placed), ...standing },
      state: stateWithSave(before?.state ?? null, save, author),
      claims: withSave(before?.claims ?? [], save, author)
    });
    return this.head;
  }

  /** Change the server's facts about a record. */
  stand(record: string, standing: Partial<Standing>): void {
    const kept = this.records.get(record);
    if (!kept) throw new Error(`There is no ${record}`);
    this.head += 1;
    this.records.set(record, { ...kept, revision: this.head, standing: { ...kept.standing, ...standing } });
  }

  /** The record leaves a scope of the person. */
  move_away(record: string): void {
    this.head += 1;
    this.records.delete(record);
    this.gone.push({ scope: this.me.scopes[0] ?? '', record, revision: this.head });
  }

  private rowsOf(scope: string): [string, Kept][] {
    return [...this.records].filter(([, kept]) => scopesOfRecord(kept.kind, kept.standing).includes(scope));
  }

  private digest(scope: string, by_part: boolean): unknown {
    const sums = new Map<string, { count: number; xor: bigint }>();
    for (const [record, { revision }] of this.rowsOf(scope)) {
      const name = by_part ? part(record) : '';
      const sum = sums.get(name) ?? { count: 0, xor: 0n };
      sums.set(name, { count: sum.count + 1, xor: sum.xor ^ BigInt(`0x${sha256(`${record}:${revision}`).slice(0, 16)}`) });
    }
    const parts = [...sums].map(([name, { count, xor }]) => ({ part: name, count, xor: xor.toString(16).padStart(16, '0') }));
    return { scope, low: 0, high: this.head, moved: [], parts };
  }

  private page(after: { scope: string; cursor: string }[]): Response {
    const cursor = Math.min(...after.map((entry) => Number(entry.cursor)));
    if (cursor > this.head) return problem('cursor_ahead', 409);
    const changed = [...this.records].filter(([, kept]) => kept.revision > cursor).sort(([, one], [, other]) => one.revision - other.revision);
    const rows = changed.slice(0, this.page_records);
    const more = changed.length > rows.length;
    const reached = more ? (rows.at(-1)?.[1].revision ?? this.head) : this.head;
    return json({
      data: {
        pull: {
          rows: rows.map(([record, kept]) => [record, kept.kind, kept.revision, kept.standing, savesOf(kept.claims)]),
          gone: this.gone.filter((entry) => entry.revision > cursor && entry.revision <= reached).map((entry) => entry.record),
          cursors: this.me.scopes.map((scope) => ({ scope, cursor: String(reached), complete: !more })),
          more,
          decided: this.decided.splice(0),
          epoch: this.epoch, head: this.head, mark: `${this.head}-${this.log_name}`, at: more || this.refused ? null : this.moment(), backed_up: this.backed_up, refused: this.refused,
          server_time: this.time, schema_min: 1, app_min: '0.1.0'
        }
      }
    });
  }

  private moment(): string {
    return `${this.head}~${this.epoch}~${this.log_name}~${this.me.scopes.join('~')}`;
  }

  /** The short answer while little changes; null whenever only a pull can tell. */
  private news(at: string): Response {
    const [after = '', ...rest] = at.split('~');
    const since = Number(after);
    const is_other = rest.join('~') !== this.moment().split('~').slice(1).join('~') || since > this.head;
    const changed = [...this.records].filter(([, kept]) => kept.revision > since);
    if (is_other || this.decided.length > 0 || this.refused || changed.length > 50 || this.gone.some((entry) => entry.revision > since)) return json({ data: { news: null } });
    const rows = changed.map(([record, kept]) => {
      const fields = new Set((this.written.get(record) ?? []).filter((save) => save.revision > since).flatMap((save) => save.fields));
      const claims = kept.claims.filter((claim) => fields.has(claim.field_key));
      const row = [record, kept.kind, kept.revision, kept.standing, savesOf(claims)];
      const keys = kept.claims.map((claim) => `${claim.field_key}:${claim.save_key}`).sort().join('\n');
      return claims.length === kept.claims.length ? row : [...row, sha256(keys).slice(0, 12)];
    });
    return json({ data: { news: { rows, cursor: String(this.head), at: this.moment(), mark: `${this.head}-${this.log_name}`, backed_up: this.backed_up, server_time: this.time } } });
  }
}

/** Live claims as they travel: by the save that made them. */
function savesOf(claims: Claim[]): [string, string, string, Record<string, Json>][] {
  const saves = new Map<string, [string, string, string, Record<string, Json>]>();
  for (const { save_key, made_at, author, field_key, value } of claims) {
    const save = saves.get(save_key) ?? [save_key, made_at, author, {}];
    save[3][field_key] = value;
    saves.set(save_key, save);
  }
  return [...saves.values()];
}

export const placed: Standing = {
  centre: 'heping', team: 'heping_1', own: ['li_min'], created_by: 'li_min', delivered_at: '2026-11-22T01:00:00Z', locked_at: null,
  duplicates: [], search: null, review: null
};

async function bodyOf(init?: RequestInit): Promise<string> {
  const headers = (init?.headers ?? {}) as Record<string, string>;
  if (init?.body === undefined || init.body === null) return '';
  if (headers['content-encoding'] !== 'gzip') return String(init.body);
  return gunzipSync(Buffer.from(init.body as ArrayBuffer)).toString('utf8');
}

function json(found: unknown): Response {
  return new Response(JSON.stringify(found), { status: 200, headers: { 'content-type': 'application/json' } });
}

function problem(code: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ data: null, errors: [{ message: code, extensions: { code } }] }), { status, headers: { 'content-type': 'application/json', ...headers } });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function part(record: string): string {
  return sha256(record).slice(0, 2);
}
