// A centre that is not the one this phone knew: put back from a backup, copied, or gone another way. Everything this
// phone still holds goes there again, and what is shown is what that centre has.
import { describe, expect, it } from 'vitest';
import { keptDaysMax, keptSavesMax, letGoOfKept } from '../../src/sync/kept';
import type { Restored } from '../../src/sync/restored';
import { fact } from '../../src/sync/store';
import { Centre } from './centre';
import { phoneOf, seed, visited, wang_household, wang_visit, wang_xiulan, type Phone } from './phone';

/** Li Min has delivered a visit, and the centre has confirmed it. */
async function delivered(): Promise<{ centre: Centre; li_min: Phone }> {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  await li_min.meet(centre);
  await li_min.save('home_visit', wang_visit, visited);
  await li_min.meet(centre);
  await li_min.meet(centre);
  return { centre, li_min };
}

async function kept(phone: Phone): Promise<number> {
  return phone.store.count('kept');
}

describe('an accepted save', () => {
  it('stays on the phone, is not shown as waiting, and goes when a backup has it', async () => {
    const { centre, li_min } = await delivered();
    expect(await li_min.outbox()).toEqual([]);
    expect(await li_min.see(wang_visit)).toMatchObject({ mark: 'sent', pending: 0 });
    expect(await kept(li_min)).toBe(1);
    centre.backed_up = 3;
    await li_min.meet(centre);
    expect(await kept(li_min)).toBe(1);
    centre.backed_up = 4;
    await li_min.meet(centre);
    expect(await kept(li_min)).toBe(0);
  });

  it('goes after 14 days by the centre\'s clock where nothing is said of a backup, and not before', async () => {
    const { centre, li_min } = await delivered();
    const begin = Date.parse(centre.time);
    li_min.clock.now += 400 * 86_400_000;
    centre.time = new Date(begin + keptDaysMax * 86_400_000).toISOString();
    await li_min.meet(centre);
    expect(await kept(li_min)).toBe(1);
    centre.time = new Date(begin + keptDaysMax * 86_400_000 + 1000).toISOString();
    await li_min.meet(centre);
    expect(await kept(li_min)).toBe(0);
  });

  it('makes room when there are more than 2,000, the oldest first', async () => {
    const li_min = await phoneOf();
    for (let revision = 1; revision <= keptSavesMax + 1; revision += 1) {
      await li_min.store.put('kept', { save: `save-${revision}`, sealed: '{}', author: 'li_min', revision, kept_at: null });
    }
    await letGoOfKept(li_min.store, 0, '2026-11-22T01:00:00Z');
    expect(await kept(li_min)).toBe(keptSavesMax);
    expect(await li_min.store.get('kept', 'save-1')).toBeUndefined();
  });
});

describe('the first meeting', () => {
  it.each([
    ['a backup with an epoch of its own', (restored: Centre) => { restored.epoch = 'epoch-2'; }],
    ['a copied file, whose head is lower', () => undefined],
    ['a store that went another way, with a higher head', (fork: Centre) => {
      fork.log_name = 'log-2';
      for (let at = 0; at < 9; at += 1) fork.stand(wang_household, { search: String(at) });
    }]
  ])('with %s brings back what only this phone has', async (_, make) => {
    const { li_min } = await delivered();
    const other = new Centre();
    seed(other);
    make(other);
    const written_since = '01900000-0000-7000-8000-000000000009';
    await li_min.store.put('base', { ...(await li_min.store.get('base', wang_household))!, record: written_since, revision: 2 });

    await li_min.meet(other);

    expect(other.log.map((save) => save.record)).toEqual([wang_visit]);
    expect((await fact<Restored>(li_min.store, 'restored'))?.sent_again).toBe(1);
    await li_min.meet(other);
    expect(await li_min.outbox()).toEqual([]);
    expect(await li_min.see(wang_visit)).toMatchObject({ values: { outcome: 'met_person' }, conflicts: {} });
    // What the other store does not have is no longer shown as the centre's.
    expect(await li_min.store.get('base', written_since)).toBeUndefined();
    expect((await li_min.store.getAll('base')).every((row) => row.revision > 0)).toBe(true);
  });

  it('does not bring to life on this screen what somebody has replaced since', async () => {
    const { centre, li_min } = await delivered();
    const claim = (await li_min.store.get('base', wang_visit))!.claims.find((one) => one.field_key === 'outcome')!;
    centre.write({ record: wang_visit, kind: 'home_visit', client: 77, made_at: claim.made_at, set: { outcome: 'nobody_home' }, replaces: { outcome: [claim.save_key] } }, 'zhou_hui');
    await li_min.meet(centre);
    const { startAgain } = await import('../../src/sync/restored');
    await startAgain(li_min.store, 'epoch-2');
    expect(await li_min.see(wang_visit)).toMatchObject({ values: { outcome: 'nobody_home' }, conflicts: {}, pending: 1 });
  });

  it('sends held saves again, because the supervisor of the restored centre has never seen them', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    centre.refuse = () => ({ status: 'held', code: 'locked' });
    await li_min.save('resident', wang_xiulan, { health_note: '高血压' });
    await li_min.meet(centre);
    const restored = new Centre();
    seed(restored);
    restored.epoch = 'epoch-2';
    restored.refuse = centre.refuse;
    await li_min.meet(restored);
    expect(restored.receipts.size).toBe(1);
    expect(await li_min.see(wang_xiulan)).toMatchObject({ mark: 'held', values: { health_note: '高血压' } });
  });
});
