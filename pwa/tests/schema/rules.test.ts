// What the phone's rules refuse beyond the examples of the kinds: what JSON can hold, steps between states, added rows.
// Not here: bounds of declared fields (schema/records/*.examples.toml).
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/schema/model';
import { kindOf } from '../../src/schema/schema';
import { checkWrite, holds, isRequired, validate } from '../../src/schema/validate';
import { isEqual, viewOf, withDerived } from '../../src/schema/view';

const TODAY = '2026-11-22';
const NOW = '2026-11-22T02:30:00Z';
const home = { estate: '和平里', building: '3', room: '502', team: 'heping_1' };
const closed = {
  resident: 'r1', household: 'h1', worker: 'li_min', category: 'family', opened_on: '2026-11-01', presenting_problem: '独居',
  close_reason: 'moved', outcome_summary: '搬走', closed_on: TODAY,
};

describe('one value', () => {
  it.each([NaN, Infinity, 2 ** 53, -(2 ** 53), 0.5, '72', true, [], {}])('%s is no whole number', (value) => {
    expect(checkWrite('hour_entry', 'break_minutes', value)).toEqual({ problem: { code: 'wrong_type', field: 'break_minutes' } });
  });

  it('a negative nought is nought', () => {
    expect(checkWrite('hour_entry', 'break_minutes', -0)).toEqual({ value: 0 });
  });

  it.each(['a\u0000b', '\u001b[2J', '\u007f', '\u0085', '\ud83d', '\udc00 half', 'a\u000bb'])('%j cannot be stored', (text) => {
    for (const field of ['name', 'health_note']) {
      expect(checkWrite('resident', field, text)).toEqual({ problem: { code: 'wrong_type', field } });
    }
  });

  it('a strange key is refused without repeating it', () => {
    expect(checkWrite('resident', '\ud800<script>', 1)).toEqual({ problem: { code: 'unknown_field', field: null } });
    expect(checkWrite('resident', '__proto__', 1)).toEqual({ problem: { code: 'unknown_field', field: '__proto__' } });
    expect(checkWrite('household', 'tags.<b>', true)).toEqual({ problem: { code: 'unknown_choice', field: 'tags' } });
  });

  it('a kind this app does not know is refused by name', () => {
    expect(checkWrite('toString', 'name', 'x')).toEqual({ problem: { code: 'unknown_kind' } });
    expect(validate('toString', {}, {}, TODAY, NOW)).toEqual([{ code: 'unknown_kind' }]);
    expect(viewOf('toString', [])).toEqual({ values: {}, conflicts: {} });
  });

  it('a column is judged like a field of its type', () => {
    const goal = { text: '好'.repeat(201) };
    expect(checkWrite('case', 'goals.goal0001', goal)).toEqual({
      problem: { code: 'text_too_long', field: 'goals.goal0001', details: { max: 200, column: 'text' } },
    });
  });
});

describe('a step between states', () => {
  const assessed = { needs: { health: true }, assessed_on: '2026-11-22' };
  const codes = (before: string, after: string, written: string, seen: Json[]): string[] =>
    validate('case', { ...closed, ...assessed, stage: before }, { ...closed, ...assessed, stage: after }, TODAY, NOW, { stage: written, suspended_because: '住院' }, { stage: seen })
      .map((problem) => problem.code);

  it('is judged from the state its author saw', () => {
    expect(codes('closing', 'suspended', 'suspended', ['in_service'])).toEqual([]);
    expect(codes('closing', 'suspended', 'suspended', ['closing'])).toEqual(['illegal_move']);
    expect(codes('assessed', 'assessed', 'assessed', [null])).toEqual([]);
  });

  it('may settle on any of the versions', () => {
    expect(codes('closing', 'suspended', 'suspended', ['closing', 'suspended'])).toEqual([]);
    expect(codes('closing', 'assessed', 'assessed', ['closing', 'suspended'])).toEqual(['illegal_move']);
  });
});

describe('added rows', () => {
  const record = { ...home, remarks: { a1b2c3d4: { text: '狗很凶' } } };
  const fields = (written: Record<string, Json>): unknown[] =>
    validate('household', record, record, TODAY, NOW, written).map((problem) => problem.field);

  it('are never rewritten, even if another version is displayed', () => {
    expect(fields({ 'remarks.a1b2c3d4': { text: '没有狗' } })).toEqual(['remarks.a1b2c3d4']);
    expect(fields({ 'remarks.a1b2c3d4': null })).toEqual(['remarks.a1b2c3d4']);
    expect(fields({ 'remarks.a1b2c3d4': { text: '狗很凶' } })).toEqual([]);
    expect(fields({ 'remarks.e5f6g7h8': { text: '没有狗' } })).toEqual([]);
  });

  it('are two hundred at most where nothing is declared', () => {
    const rows = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`row${String(at).padStart(5, '0')}`, { text: '好' }]));
    expect(validate('household', {}, { ...home, remarks: rows }, TODAY, NOW)).toEqual([
      { code: 'too_many_rows', field: 'remarks', details: { max: 200 } },
    ]);
  });
});

describe('conditions and forms', () => {
  it('a condition holds when every field has an accepted value', () => {
    expect(holds({ outcome: '*' }, { outcome: 'no_answer' })).toBe(true);
    expect(holds({ outcome: '*' }, { outcome: ' ' })).toBe(false);
    expect(holds({ a: ['x', 'y'], b: 1 }, { a: 'y', b: 1 })).toBe(true);
    expect(holds({ a: ['x', 'y'], b: 1 }, { a: 'y', b: true })).toBe(false);
    expect(holds({ tags: 'dog' }, { tags: { dog: true } })).toBe(true);
  });

  it('a field is required as the other answers have it', () => {
    const field = kindOf('home_visit')?.fields.find((one) => one.name === 'follow_up_on');
    expect(field && isRequired(field, { condition: 'follow_up' })).toBe(true);
    expect(field && isRequired(field, { condition: 'as_usual' })).toBe(false);
  });

  it('a form shows what is calculated before it is saved', () => {
    expect(withDerived('hour_entry', { started_at: '09:00', ended_at: '10:00', minutes: 7 })).toEqual({
      started_at: '09:00', ended_at: '10:00', minutes: 60,
    });
  });

  it('two values are equal whatever the order of their members', () => {
    expect(isEqual({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(isEqual({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(isEqual([1], { 0: 1 })).toBe(false);
    expect(isEqual(null, undefined)).toBe(false);
  });
});
