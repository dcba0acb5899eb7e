// The order of today's homes.
import { describe, expect, it } from 'vitest';
import { moved, routeOf, type Stop } from '../../src/phone/route';

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
