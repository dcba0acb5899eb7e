// Runs the examples beside every record kind through the phone's rules; tests/schema/test_examples.py runs the same
// through the server's. Not here: what the examples say.
import { describe, expect, it } from 'vitest';
import file from '../../src/generated/examples.json';
import type { Claim, Json, Problem, Values } from '../../src/schema/model';
import { kindOf } from '../../src/schema/schema';
import { checkWrite, validate } from '../../src/schema/validate';
import { viewOf, withDerived } from '../../src/schema/view';
import { titleOf } from '../../src/schema/words';

interface Entry { name?: string; before?: Values; values?: Values; without?: string[] }
interface ShownClaim { key: string; value?: Json; at: string; save: string; by: string }
interface Examples {
  today: string;
  now: string;
  base: Values;
  pass: Entry[];
  fail: (Entry & { code: string; field: string })[];
  write?: { name: string; key: string; value?: Json; times?: number; gives?: Json; code?: string }[];
  derive?: (Entry & { field: string; gives?: Json })[];
  show?: { name: string; claims: ShownClaim[]; values: Values; conflicts: string[] }[];
  title?: (Entry & { zh: string; en: string; names?: Record<string, string> })[];
}

const all = Object.entries(file as unknown as Record<string, Examples>);

describe.each(all)('%s', (kind, examples) => {
  const record = (entry: Entry): Values => {
    const whole = Object.entries({ ...examples.base, ...entry.values });
    return withDerived(kind, Object.fromEntries(whole.filter(([name]) => !entry.without?.includes(name))));
  };
  const problemsOf = (entry: Entry): Problem[] => {
    const before = entry.before ? record({ values: entry.before }) : {};
    return validate(kind, before, record(entry), examples.today, examples.now);
  };

  it.each(examples.pass)('passes: $name', (entry) => {
    expect(problemsOf(entry)).toEqual([]);
  });

  it.each(examples.fail)('fails: $name', (entry) => {
    expect(problemsOf(entry).map(({ code, field }) => ({ code, field }))).toEqual([{ code: entry.code, field: entry.field }]);
  });

  it.each(examples.write ?? [])('is written: $name', (entry) => {
    const value = entry.value ?? null;
    const written = entry.times ? String(value).repeat(entry.times) : value;
    const judged = checkWrite(kind, entry.key, written);
    if (entry.code) expect(judged).toMatchObject({ problem: { code: entry.code, field: entry.key } });
    else expect(judged).toEqual({ value: entry.gives ?? written });
  });

  it.each(examples.derive ?? [])('is calculated: $name', (entry) => {
    expect(record(entry)[entry.field]).toEqual(entry.gives);
  });

  it.each(examples.show ?? [])('is shown: $name', (entry) => {
    const claims: Claim[] = entry.claims.map((claim) => ({
      field_key: claim.key, save_key: claim.save, value: claim.value ?? null, made_at: claim.at, author: claim.by,
    }));
    for (const order of [claims, [...claims].reverse()]) {
      const view = viewOf(kind, order);
      expect(view.values).toEqual(entry.values);
      expect(Object.keys(view.conflicts).sort()).toEqual(entry.conflicts);
    }
  });

  it.each(examples.title ?? [])('is titled: $zh', (entry) => {
    const lookup = (_of: string, id: string): string | undefined => entry.names?.[id];
    expect(titleOf(kind, record(entry), 'zh', lookup)).toBe(entry.zh);
    expect(titleOf(kind, record(entry), 'en', lookup)).toBe(entry.en);
  });

  it('has examples of every section the kind needs', () => {
    const declared = kindOf(kind);
    expect(declared).toBeDefined();
    expect(examples.write?.length).toBeGreaterThan(0);
    expect(examples.show?.length).toBeGreaterThan(0);
    if (declared?.fields.some((field) => field.derive)) expect(examples.derive?.length).toBeGreaterThan(0);
  });
});
