// A phone whose room ends at any of its writes: what was called saved is there, what was refused is tried again once there
// is room, and nothing is half kept. How a real browser refuses, and what its person reads, is tried in e2e.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { getDraft, putDraft } from '../../src/sync/drafts';
import { Centre } from './centre';
import { morning, phoneOf, seed, visited, wang_visit, wang_xiulan } from './phone';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Let so many writes pass; from the next one on there is no room. Gives how many were asked for. */
function roomFor(writes: number): { asked: () => number } {
  let asked = 0;
  for (const name of ['put', 'add'] as const) {
    const honest = IDBObjectStore.prototype[name];
    vi.spyOn(IDBObjectStore.prototype, name).mockImplementation(function (this: IDBObjectStore, ...row: [unknown, IDBValidKey?]) {
      asked += 1;
      if (asked > writes) throw new DOMException('The disk is full', 'QuotaExceededError');
      return honest.apply(this, row);
    });
  }
  return { asked: () => asked };
}

async function ready() {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  await li_min.meet(centre);
  centre.write({ record: wang_xiulan, kind: 'resident', client: 99, made_at: `${String(morning)}-0000`, replaces: {}, set: { phone: '13900001234' } }, 'zhang_qiang');
  /** Each thing that a morning writes; a save gives its id. */
  const acts = [
    async () => { await putDraft(li_min.store, 'visit', 'home_visit', wang_visit, { outcome: 'met_person' }, morning); return ''; },
    async () => (await li_min.save('home_visit', wang_visit, visited, { draft: 'visit' })).save,
    async () => { await li_min.meet(centre); return ''; },
    async () => (await li_min.save('resident', wang_xiulan, { risk_level: 'high' })).save,
    async () => { await li_min.meet(centre); return ''; }
  ];
  return { centre, li_min, acts };
}

/** Tries each act; gives the ids that were called saved, and the acts that had no room. */
async function tried(acts: (() => Promise<string>)[]): Promise<{ saved: string[]; refused: (() => Promise<string>)[] }> {
  const saved: string[] = [];
  const refused: (() => Promise<string>)[] = [];
  for (const act of acts) {
    try {
      saved.push(await act());
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      refused.push(act);
    }
  }
  return { saved: saved.filter((id) => id !== ''), refused };
}

describe('a phone that is full', () => {
  it('writes so often on a morning that thirty places are tried', async () => {
    const { acts } = await ready();
    const room = roomFor(Infinity);
    expect((await tried(acts)).refused).toEqual([]);
    expect(room.asked()).toBeGreaterThan(30);
  });

  it.each(Array.from({ length: 30 }, (_, writes) => writes))('after %i writes keeps what it called saved, and the rest once there is room', async (writes) => {
    const { centre, li_min, acts } = await ready();
    roomFor(writes);
    const { saved, refused } = await tried(acts);
    vi.restoreAllMocks();

    expect(refused.length).toBeGreaterThan(0);
    const kept = [...(await li_min.outbox()).map((row) => row.save), ...centre.log.map((save) => save.id)];
    expect([...new Set(kept)].sort()).toEqual([...saved].sort());
    // The words of a visit that was refused are still a draft, if there was room for that.
    if (writes > 0 && refused.includes(acts[1]!)) expect(await getDraft(li_min.store, 'visit')).toBeDefined();

    await tried(refused);
    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(centre.log).toHaveLength(2);
    expect(await li_min.see(wang_visit)).toMatchObject({ pending: 0, values: { outcome: 'met_person' } });
    expect(await li_min.see(wang_xiulan)).toMatchObject({ pending: 0, conflicts: {}, values: { risk_level: 'high', phone: '13900001234' } });
  });
});
