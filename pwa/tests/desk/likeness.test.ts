// How like two records are, field by field, in words.
import { expect, it } from 'vitest';
import { likenessOf, linesOf } from '../../src/desk/likeness';

const visit = { household: 'h1', visited_on: '2026-11-22', outcome: 'met_person', services: { greeting: true }, observation: '一切都好' };

it('marks the fields that agree, whatever the order of ticks', () => {
  const lines = linesOf('home_visit', { ...visit, services: { greeting: true, errand: true } }, { ...visit, services: { errand: true, greeting: true } });
  expect(lines.every((line) => line.same)).toBe(true);
});
it('counts a field only one of them has as different, and does not compare remarks', () => {
  const lines = linesOf('home_visit', { ...visit, remarks: { a: { text: 'x' } } }, { ...visit, follow_up_on: '2026-11-29' });
  expect(lines.filter((line) => !line.same).map((line) => line.field)).toEqual(['follow_up_on']);
});
it('speaks of very like, somewhat like and not much like', () => {
  expect(likenessOf(linesOf('home_visit', visit, visit))).toBe('very');
  expect(likenessOf(linesOf('home_visit', visit, { ...visit, outcome: 'no_answer', observation: '没人' }))).toBe('some');
  expect(likenessOf(linesOf('home_visit', visit, { household: 'h2', outcome: 'refused' }))).toBe('little');
});
