// What is new in a record, as rows: ticks of one question together, what came back to what it was left out.
import { expect, it } from 'vitest';
import { changeRows, formOrder, restOf } from '../../src/desk/change_rows';
import { change } from './world';

it('puts the ticks of one question in one row, added and removed', () => {
  const [row] = changeRows('home_visit', [change('services.greeting', null, true), change('services.errand', true, false)]);
  expect(row?.field).toBe('services');
  expect(row?.added.map((one) => one.field_key)).toEqual(['services.greeting']);
  expect(row?.removed.map((one) => one.field_key)).toEqual(['services.errand']);
});

it('stands in the order of the form, not in the order of writing', () => {
  const rows = changeRows('home_visit', [change('visited_on', null, '2026-11-22'), change('outcome', null, 'met_person')]);
  expect(rows.map((row) => row.field)).toEqual(['outcome', 'visited_on']);
});

it('shows one row for a field that changed twice, from the first before to the last after', () => {
  const [row] = changeRows('household', [change('phone', '138', '139', '李敏', '2026-11-22T01:00:00Z'), change('phone', '139', '137', '张强', '2026-11-22T02:00:00Z')]);
  expect(row).toMatchObject({ before: '138', after: '137', by: ['李敏', '张强'], at: '2026-11-22T02:00:00Z' });
});

it('leaves out what came back to what it was', () => {
  expect(changeRows('household', [change('phone', '138', '139'), change('phone', '139', '138')])).toEqual([]);
  expect(changeRows('home_visit', [change('services.greeting', null, false)])).toEqual([]);
});

it('shows a new remark as added', () => {
  const [row] = changeRows('home_visit', [change('remarks.k3x9abcd', null, { text: '补一句' })]);
  expect(row?.added).toHaveLength(1);
});

it('lists the rest of the record once, without empty fields', () => {
  expect(restOf('home_visit', { outcome: 'met_person', services: {}, reason: null, visited_on: '2026-11-22' }, ['visited_on'])).toEqual(['outcome']);
  expect(new Set(formOrder('home_visit')).size).toBe(formOrder('home_visit').length);
});
