// @vitest-environment happy-dom
// How a sample of hours is told: parts of a stratum together, and the checks by how far they are.
import { expect, it } from 'vitest';
import { byState, strataOf } from '../../src/desk/hour_checks';
import type { Listed } from '../../src/desk/rows';

const check = (record: string, state?: string): Listed => ({ record, kind: 'hour_check', title_zh: '', title_en: '', values: state === undefined ? {} : { state } });

it('adds up the parts of a stratum and counts what was drawn of each', () => {
  const strata = {
    a: { name: 'signed', part: 1, size: 1500, drawn: 'a1 a2' },
    b: { name: 'signed', part: 2, size: 20, drawn: null },
    c: { name: 'added_later', part: 1, size: 4, drawn: 'b1' }
  };
  expect(strataOf(strata, ['with_reason', 'added_later', 'signed'])).toEqual([
    { name: 'added_later', of: 4, drawn: 1 }, { name: 'signed', of: 1520, drawn: 2 }
  ]);
  expect(strataOf(undefined, ['signed'])).toEqual([]);
});
it('counts a check that nobody moved as drawn, and leaves out what is empty', () => {
  const found = byState([check('a'), check('b', 'not_true'), check('c')], ['drawn', 'confirmed', 'not_true']);
  expect(found.map((one) => [one.state, one.records.length])).toEqual([['drawn', 2], ['not_true', 1]]);
});
