// @vitest-environment happy-dom
// Words follow the language at once; settings are kept and a damaged entry does no harm.
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { settings } from '../src/settings.svelte';
import { words } from '../src/words/words.svelte';

const w = words({
  save: ['保存', 'Save'],
  left: [(n: number) => `还差 ${n} 项`, (n: number) => `${n} left`],
  tab: { today: ['今日', 'Today'] }
});

afterEach(() => { settings.language = 'zh'; });

describe('words', () => {
  it('follow the language, with details and in groups', () => {
    expect([w.save, w.left(2), w.tab.today]).toEqual(['保存', '还差 2 项', '今日']);
    settings.language = 'en';
    expect([w.save, w.left(2), w.tab.today]).toEqual(['Save', '2 left', 'Today']);
  });
  it('on a page change with it', () => {
    const seen: string[] = [];
    const stop = $effect.root(() => { $effect(() => { seen.push(w.save); }); });
    flushSync();
    settings.language = 'en';
    flushSync();
    expect(seen).toEqual(['保存', 'Save']);
    stop();
  });
});

describe('settings', () => {
  it('are read back, and what is unknown is left at its default', async () => {
    localStorage.setItem('doorstep.settings', JSON.stringify({ language: 'en', size: 'huge', theme: 'sun', extra: 1 }));
    vi.resetModules();
    const { settings: again } = await import('../src/settings.svelte');
    expect({ ...again }).toEqual({ language: 'en', size: 'standard', theme: 'sun', photos_wifi_only: false, photos_paused: false });
    localStorage.setItem('doorstep.settings', '{damaged');
    vi.resetModules();
    expect({ ...(await import('../src/settings.svelte')).settings }).toEqual({ language: 'zh', size: 'standard', theme: 'auto', photos_wifi_only: false, photos_paused: false });
    localStorage.clear();
  });
});
