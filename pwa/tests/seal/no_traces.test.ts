// What a browser keeps by itself of a page: titles in its history, what was typed in its lists and in tabs it restores.
import { describe, expect, it } from 'vitest';

const sources = import.meta.glob<string>('../../src/**/*.svelte', { query: '?raw', import: 'default', eager: true });

/** Every control of a component that takes words, as written. */
function controls(source: string): string[] {
  return [...source.matchAll(/<(input|textarea|select)\b/g)].map(({ index }) => {
    let depth = 0;
    let end = index;
    for (; end < source.length; end += 1) {
      if (source[end] === '{') depth += 1;
      if (source[end] === '}') depth -= 1;
      if (source[end] === '>' && depth === 0) break;
    }
    return source.slice(index, end);
  }).filter((tag) => !/type="(radio|checkbox|file)"/.test(tag));
}

describe('what a browser keeps by itself', () => {
  it('finds controls, and those that say nothing', () => {
    expect(controls('<p><input type="text" oninput={() => x > 1} /><select autocomplete="off"></select><input type="radio"></p>'))
      .toEqual(['<input type="text" oninput={() => x > 1} /', '<select autocomplete="off"']);
  });

  it('is not what was typed: every control says so', () => {
    const typed = Object.entries(sources).flatMap(([path, source]) => controls(source).map((tag) => ({ path, tag })));
    expect(typed.length).toBeGreaterThan(15);
    expect(typed.filter(({ tag }) => !/\bautocomplete\b/.test(tag))).toEqual([]);
  });
});
