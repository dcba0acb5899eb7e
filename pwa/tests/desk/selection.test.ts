// Which records can be approved together, in what order they are read, and where the reader goes next.
import { expect, it } from 'vitest';
import { afterLeaving, inOrder, movedSince, neighbour, rowKey, split } from '../../src/desk/selection';
import { item } from './world';

it('approves ordinary records together and leaves the others with the reason', () => {
  const items = [
    item('plain'), item('two', { conflicts: ['condition'] }), item('double', { duplicates: ['x'] }), item('pressing', { urgent: true }),
    item('again', { state: 'changed' }), item('done', { state: 'approved' }), item('unselected'),
  ];
  const parted = split(items, new Set(items.slice(0, 6).map(rowKey)));
  expect(parted.ordinary.map(rowKey)).toEqual(['plain']);
  expect(parted.exceptions.map(({ item: one, reason }) => [one.record, reason])).toEqual([
    ['two', 'conflict'], ['double', 'duplicate'], ['pressing', 'urgent'], ['again', 'changed'], ['done', 'not_waiting'],
  ]);
});

it('reads urgent records first, then who waits longest, and what was put aside last', () => {
  const items = [item('new', { delivered_at: '2026-11-22T03:00:00Z' }), item('old', { delivered_at: '2026-11-20T03:00:00Z' }), item('pressing', { urgent: true }), item('aside', { delivered_at: '2026-11-01T00:00:00Z' })];
  expect(inOrder(items, new Set(['aside'])).map(rowKey)).toEqual(['pressing', 'old', 'new', 'aside']);
  expect(inOrder(items, new Set(), true).map(rowKey)[0]).toBe('new');
});

it('walks through the list and stops at its ends', () => {
  const rows = ['a', 'b', 'c'];
  expect(neighbour(rows, undefined, 1)).toBe('a');
  expect(neighbour(rows, 'a', 1)).toBe('b');
  expect(neighbour(rows, 'c', 1)).toBe('c');
  expect(neighbour(rows, 'a', -1)).toBe('a');
  expect(neighbour([], 'a', 1)).toBeUndefined();
});

it('goes on to the row below a record that was decided, at the end to the one above', () => {
  const rows = ['a', 'b', 'c', 'd'];
  expect(afterLeaving(rows, 'b', new Set(['b']))).toBe('c');
  expect(afterLeaving(rows, 'b', new Set(['b', 'c']))).toBe('d');
  expect(afterLeaving(rows, 'd', new Set(['d', 'c']))).toBe('b');
  expect(afterLeaving(rows, 'a', new Set(['b']))).toBe('a');
  expect(afterLeaving(['a'], 'a', new Set(['a']))).toBeUndefined();
});

it('tells what came, changed and went since the list was read', () => {
  const shown = [item('same'), item('moved'), item('gone')];
  const now = [item('same'), item('moved', { revision: 2 }), item('new')];
  expect(movedSince(shown, now)).toEqual({ come: 1, changed: ['moved'], gone: ['gone'] });
  expect(movedSince(shown, shown)).toEqual({ come: 0, changed: [], gone: [] });
});

it('keeps two held saves of one record apart', () => {
  expect(rowKey(item('r', { save: 's1' }))).not.toBe(rowKey(item('r', { save: 's2' })));
});
