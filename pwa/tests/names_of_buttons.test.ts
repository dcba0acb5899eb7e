// @vitest-environment happy-dom
// A button whose name for a screen reader says more than it shows says what it shows too: whoever speaks to the device
// says what they read. Not here: buttons without words (axe, in e2e).
import { afterEach, expect, test } from 'vitest';
import { settings } from '../src/settings.svelte';

const modules: Record<string, Record<string, Record<string, unknown>>> = import.meta.glob('../src/words/*.ts', { eager: true });

afterEach(() => { settings.language = 'zh'; });

/** [where, what is shown, what is told] of each word that has another for the same button. */
function pairs(): [string, string, string][] {
  return Object.entries(modules).flatMap(([file, module]) => Object.values(module).flatMap((table) =>
    Object.keys(table ?? {}).filter((name) => name.endsWith('_of')).flatMap((name): [string, string, string][] => {
      const shown = table[name.slice(0, -3)], told = table[name];
      return typeof shown === 'string' && typeof told === 'function' ? [[`${file} ${name}`, shown, String(told('甲', '乙'))]] : [];
    })));
}

test.each(['zh', 'en'] as const)('the name of a button has in it what the button shows: %s', (language) => {
  settings.language = language;
  const found = pairs();
  expect(found.length).toBeGreaterThan(5);
  expect(found.filter(([, shown, told]) => !told.toLowerCase().includes(shown.toLowerCase()))).toEqual([]);
});
