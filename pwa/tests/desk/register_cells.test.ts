// What a copied block would change in the register, before anything is written.
import { describe, expect, it } from 'vitest';
import { columnsOf, isWritten, planned, valueOf, type GridRow } from '../../src/desk/register_cells';

const columns = columnsOf('resident');
const field = (name: string) => columns.find((one) => one.name === name)!;
const row = (record: string, name: string, more = {}): GridRow => ({ record, revision: 1, values: { name, ...more }, called: {}, title_zh: name, title_en: name });
const rows = [row('r1', '王秀兰', { phone: '138****5521' }), row('r2', '李大山'), row('r3', '欧阳军')];
const here = new Map(rows.slice(0, 2).map((one) => [one.record, { ...one.values, ...(one.record === 'r1' ? { phone: '13800005521' } : {}) }]));

describe('a cell', () => {
  it.each([
    ['sex', '女', 'female'], ['sex', 'female', 'female'], ['sex', '公', '公'], ['born_on', '1948/5/1', '1948-05-01'], ['born_on', '1948年5月1日', '1948-05-01'],
    ['name', '  王秀兰 ', '王秀兰'], ['name', '', null], ['risk_reason', '=1+1', '=1+1'],
  ] as const)('of %s that says %s is %s', (name, text, value) => {
    expect(valueOf(field(name), text)).toBe(value);
  });
  it('that names another record is not written in the table', () => {
    expect([isWritten(field('household')), isWritten(field('name'))]).toEqual([false, true]);
  });
});

describe('a block', () => {
  const at = (name: string, down = 0) => ({ row: down, column: columns.findIndex((one) => one.name === name) });
  const plan = (name: string, text: string, down = 0) => planned('resident', rows, columns, at(name, down), text, here).map((one) => [one.row.record, one.field.name, one.before, one.value, one.problem?.code ?? null]);

  it('changes to the right and below, and leaves out what stands there already', () => {
    expect(plan('name', '王秀兰\t女\r\n李大山\t男\n')).toEqual([['r1', 'sex', null, 'female', null], ['r2', 'sex', null, 'male', null]]);
  });
  it('compares with the whole number, which the centre covers', () => {
    expect(plan('phone', '13800005521')).toEqual([]);
    expect(plan('phone', '13800005522')).toEqual([['r1', 'phone', '13800005521', '13800005522', null]]);
  });
  it('names what cannot be written: a wrong value, an empty name, a record that is not here', () => {
    expect(plan('sex', '公')).toEqual([['r1', 'sex', null, '公', 'unknown_choice']]);
    expect(plan('name', '')).toEqual([['r1', 'name', '王秀兰', null, 'missing']]);
    expect(plan('sex', '男', 2)).toEqual([['r3', 'sex', null, 'male', 'out_of_scope']]);
    expect(plan('household', '和平里 3 栋')).toMatchObject([['r1', 'household', null, '和平里 3 栋', 'field_not_permitted']]);
  });
  it('ends where the table ends', () => {
    expect(plan('name', '甲甲\n乙乙\n丙丙', 2).map((one) => one[0])).toEqual(['r3']);
  });
});
