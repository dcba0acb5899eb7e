// Finding anyone: characters, pinyin, initials, room however it is written, last four digits.
import { beforeEach, describe, expect, it } from 'vitest';
import { buildIndex, searchIn, updateIndex, type SearchIndex } from '../../src/sync/search';
import { Centre } from './centre';
import { morning, names, phoneOf, seed, wang_household, wang_xiulan, type Phone } from './phone';

let li_min: Phone;
let index: SearchIndex;
const found = (text: string) => searchIn(index, text, 50).map((hit) => hit.record);
const other_home = '01900000-0000-7000-8000-000000000021';
const wang_xiuying = '01900000-0000-7000-8000-000000000022';

beforeEach(async () => {
  const centre = new Centre();
  seed(centre);
  const made_at = `${String(morning)}-0000`;
  centre.write({ record: other_home, kind: 'household', client: 21, made_at, replaces: {}, set: { estate: '和平里', building: '13', unit: '2', room: '502', team: 'heping_1', phone: '13900004321' } }, 'zhou_hui');
  centre.write({ record: wang_xiuying, kind: 'resident', client: 22, made_at, replaces: {}, set: { name: '王秀英', household: other_home, phone: '13711115521' } }, 'zhou_hui', { search: 'wangxiuying wxy' });
  li_min = await phoneOf();
  await li_min.meet(centre);
  index = await buildIndex(li_min.store, names);
});

describe('a person is found', () => {
  it('by characters, whole, first or inside', () => {
    expect(found('王秀兰')).toEqual([wang_xiulan]);
    expect(found('王')).toHaveLength(2);
    expect(found('秀英')).toEqual([wang_xiuying]);
  });
  it('by pinyin and by initials, whatever the case and width of the letters', () => {
    expect(found('wangxiulan')).toEqual([wang_xiulan]);
    expect(found('wxl')).toEqual([wang_xiulan]);
    expect(found('WXL')).toEqual([wang_xiulan]);
    expect(found('ｗｘｌ')).toEqual([wang_xiulan]);
    expect(found('wang xiu lan')).toEqual([wang_xiulan]);
    expect(found('wx')).toHaveLength(2);
  });
  it('by what a name sounds like, where the right spelling finds nobody', () => {
    for (const text of ['wangxiunan', 'wanxiulan', 'wanxiuna']) expect(found(text), text).toEqual([wang_xiulan]);
    expect(found('wangxiuyin')).toEqual([wang_xiuying]);
    expect(found('wangshiulan')).toEqual([]);
  });
  it('by the last four digits of the phone, and not by others', () => {
    expect(found('5521').sort()).toEqual([wang_household, wang_xiuying].sort());
    expect(found('1380')).toEqual([]);
  });
  it('with the home beside the name', () => {
    expect(searchIn(index, '王秀兰', 5)[0]).toMatchObject({ subtitle_zh: '和平里 3 栋 2 单元 502', household: wang_household });
  });
});

describe('a home is found', () => {
  it('by its room, with or without strokes, in figures or words', () => {
    for (const text of ['3-2-502', '32502', '3栋2单元502', '3 2 502', '3栋2单元502室', '３－２－５０２']) expect(found(text), text).toEqual([wang_household]);
  });
  it('not by the room of another building that ends alike', () => {
    expect(found('3-2-502')).not.toContain(other_home);
    expect(found('502').sort()).toEqual([wang_household, other_home].sort());
  });
  it('by its estate and room together', () => {
    for (const text of ['和平里 13-2-502', '和平里13-2-502', '和平里13栋2单元502']) expect(found(text), text).toEqual([other_home]);
  });
});

describe('the index', () => {
  it('finds nothing for nothing', () => {
    expect(found('')).toEqual([]);
    expect(found('  ')).toEqual([]);
    expect(found('赵')).toEqual([]);
  });
  it('takes in what was written since, and forgets what is gone', async () => {
    await li_min.save('resident', wang_xiulan, { name: '王秀岚' });
    const made = await li_min.save('resident', null, { name: '赵国强', household: wang_household });
    await updateIndex(index, li_min.store, names, [wang_xiulan, made.record]);
    expect(found('王秀兰')).toEqual([]);
    expect(found('王秀岚')).toEqual([wang_xiulan]);
    expect(found('赵国强')).toEqual([made.record]);
    await li_min.store.delete('view', made.record);
    await updateIndex(index, li_min.store, names, [made.record]);
    expect(found('赵国强')).toEqual([]);
  });
  it('gives people the new address of their home', async () => {
    await li_min.save('household', wang_household, { room: '503' });
    await updateIndex(index, li_min.store, names, [wang_household]);
    expect(searchIn(index, '王秀兰', 5)[0]?.subtitle_zh).toBe('和平里 3 栋 2 单元 503');
  });
});
