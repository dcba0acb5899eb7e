// Which kinds a phone opens with, and that all others are there before somebody with another role is let in.
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => { vi.resetModules(); });

async function openedAnew() {
  vi.resetModules();
  return import('../../src/schema/schema');
}

test('a worker opens with what workers see', async () => {
  const { bringKinds, kindOf } = await openedAnew();
  await bringKinds(['outreach_worker']);
  expect(kindOf('home_visit')?.name).toBe('home_visit');
  expect(kindOf('hour_rule')).toBeUndefined();
});

test('whoever has another role has all kinds, with the words of their choices', async () => {
  const { bringKinds, kindOf, schema } = await openedAnew();
  await bringKinds(['outreach_worker', 'volunteer']);
  expect(kindOf('home_visit')?.name).toBe('home_visit');
  expect(kindOf('hour_rule')?.name).toBe('hour_rule');
  expect(schema.vocabularies['hour_provenance']?.map((choice) => choice.code)).toContain('signed');
});
