// What was merged into another record, on a phone: in no list and no search, and what names it stands under the survivor.
import { describe, expect, it } from 'vitest';
import { buildIndex, searchIn, updateIndex } from '../../src/sync/search';
import { parted, soundingLike } from '../../src/sync/sounds';
import { Centre } from './centre';
import { morning, names, phoneOf, seed, wang_household, wang_visit, wang_xiulan } from './phone';

const other_home = '01900000-0000-7000-8000-000000000011';
const other_wang = '01900000-0000-7000-8000-000000000012';
const other_visit = '01900000-0000-7000-8000-000000000013';
const made_at = `${String(morning - 86_400_000)}-0000`;
const away = (into: string, survivor = into) => ({ put_away: { what: 'merged', into, survivor, by: 'zhou_hui', at: '2026-11-21T01:00:00Z', revision: 9, because: null } });

async function twice(merged: boolean) {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  const home = { estate: '和平里', building: '3', unit: '2', room: '5O2', team: 'heping_1' };
  centre.write({ record: other_home, kind: 'household', client: 21, made_at, replaces: {}, set: home }, 'zhou_hui', { own: [], ...(merged ? away(wang_household) : {}) });
  centre.write({ record: other_wang, kind: 'resident', client: 22, made_at, replaces: {}, set: { name: '王秀岚', household: other_home } }, 'zhou_hui', { own: [], search: 'wangxiulan wxl', ...(merged ? away(wang_xiulan) : {}) });
  centre.write({ record: other_visit, kind: 'home_visit', client: 23, made_at, replaces: {}, set: { household: other_home, resident: other_wang, assigned_to: 'li_min', planned_on: '2026-11-24', reason: 'routine' } }, 'zhou_hui');
  await li_min.meet(centre);
  return li_min;
}

describe('what was merged into another', () => {
  it('stands under the survivor by either id, and is in no list and no search', async () => {
    const li_min = await twice(true);
    const ids = async (kind: string, index?: string, value?: string) => (await li_min.list(kind, index, value)).map((row) => row.record);
    expect(await ids('household')).toEqual([wang_household]);
    for (const home of [wang_household, other_home]) expect(await ids('home_visit', 'household', home)).toEqual([wang_visit, other_visit]);
    expect(await ids('resident', 'household', wang_household)).toEqual([wang_xiulan]);
    const visit = await li_min.see(other_visit);
    expect([visit?.values['household'], visit?.values['resident'], visit?.title_zh]).toEqual([wang_household, wang_xiulan, '王秀兰 · 2026-11-24']);
    const index = await buildIndex(li_min.store, names);
    expect(searchIn(index, 'wxl', 9).map((hit) => hit.record)).toEqual([wang_xiulan]);
    await updateIndex(index, li_min.store, names, [other_wang]);
    expect(searchIn(index, 'wxl', 9).map((hit) => hit.record)).toEqual([wang_xiulan]);
    expect((await li_min.see(other_home))?.standing?.put_away?.survivor).toBe(wang_household);
  });

  it('is itself before it is merged', async () => {
    const li_min = await twice(false);
    expect((await li_min.list('household')).map((row) => row.record).sort()).toEqual([wang_household, other_home]);
    expect((await li_min.list('home_visit', 'household', wang_household)).map((row) => row.record)).toEqual([wang_visit]);
    expect((await li_min.see(other_visit))?.values['household']).toBe(other_home);
  });
});

describe('a name that sounds the same', () => {
  it('is found by what the names on this phone teach', async () => {
    const index = await buildIndex((await twice(false)).store, names);
    expect(soundingLike(index, '王秀岚').sort()).toEqual([wang_xiulan, other_wang]);
    expect(soundingLike(index, '王秀梅')).toEqual([]);
    expect(soundingLike(index, '王')).toEqual([]);
  });

  it.each([
    ['wangxiulan', 'wxl', ['wang', 'xiu', 'lan']],
    ['zhangsan', 'zs', ['zhang', 'san']],
    ['liangang', 'lg', ['lian', 'gang']],
    ['ouyangxian', 'oyx', ['ou', 'yang', 'xian']],
    ['anna', 'b', null],
  ] as const)('%s is read as its syllables', (whole, initials, parts) => {
    expect(parted(whole, initials)).toEqual(parts);
  });
});
