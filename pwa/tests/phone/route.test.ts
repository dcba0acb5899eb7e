// The order of today's homes.
import { describe, expect, it } from 'vitest';
import { addedSince, isAhead, moved, routeOf, type Stop } from '../../src/phone/route';

const stop = (record: string, building: string, room: string, planned_at?: string): Stop => ({
  record, values: { ...(planned_at ? { planned_at } : {}) }, place: { estate: '和平里', building, unit: '1', room }
});
const wang = stop('wang', '3', '502', '10:30');
const liu = stop('liu', '5', '601', '15:00');
const zhao = stop('zhao', '3', '203');
const chen = stop('chen', '12', '101');
const ids = (stops: Stop[]) => stops.map((one) => one.record);

describe('the route', () => {
  it('begins with the first agreed home, goes on in its building, and ends with the later agreed ones', () => {
    expect(ids(routeOf([chen, liu, zhao, wang], 'route', []))).toEqual(['wang', 'zhao', 'chen', 'liu']);
  });
  it('by time has the agreed homes first, in their order', () => {
    expect(ids(routeOf([chen, liu, zhao, wang], 'time', []))).toEqual(['wang', 'liu', 'zhao', 'chen']);
  });
  it('sorts houses by number, not by letter', () => {
    expect(ids(routeOf([chen, zhao], 'route', []))).toEqual(['zhao', 'chen']);
  });
  it('follows the order made by hand; a home added since comes last', () => {
    expect(ids(routeOf([wang, liu, zhao, chen], 'route', ['chen', 'liu', 'wang']))).toEqual(['chen', 'liu', 'wang', 'zhao']);
  });
  it('goes through a stairwell from the top floor down where that is wanted, and keeps to buildings and units', () => {
    const [second, sixth, other_unit] = [stop('second', '3', '203'), stop('sixth', '3', '601'), { ...stop('other', '3', '1101'), place: { estate: '和平里', building: '3', unit: '2', room: '1101' } }];
    expect(ids(routeOf([second, sixth, other_unit], 'route', [], true))).toEqual(['sixth', 'second', 'other']);
    expect(ids(routeOf([second, sixth, other_unit], 'route', []))).toEqual(['second', 'sixth', 'other']);
  });
  it('names who added homes since the plan was looked at, and not oneself', () => {
    const ahead = [['a', 'zhou_hui'], ['b', 'zhou_hui'], ['c', 'li_min'], ['d', 'zhou_hui']].map(([record, created_by]) => ({ record: record ?? '', created_by }));
    expect(addedSince(['a'], ahead, 'li_min')).toEqual([['zhou_hui', 2]]);
    expect(addedSince(['a', 'b', 'd'], ahead, 'li_min')).toEqual([]);
  });
  it('has what nobody went to and nobody put aside', () => {
    expect([{}, { outcome: 'met_person' }, { skipped: 'away' }].map((values) => isAhead({ values }))).toEqual([true, false, false]);
  });
  it('of no homes is empty', () => {
    expect(routeOf([], 'route', ['gone'])).toEqual([]);
  });
});

describe('moving a home', () => {
  it('changes places with its neighbour', () => {
    expect(moved(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b']);
  });
  it('at either end leaves the order', () => {
    expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 'b', 1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 'unknown', 1)).toEqual(['a', 'b']);
  });
});
