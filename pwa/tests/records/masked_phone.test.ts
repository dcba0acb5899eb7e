// @vitest-environment happy-dom
// A covered number on the screen: nobody sees it whole before it is noted, nor for longer than ten seconds.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import MaskedPhone from '../../src/records/MaskedPhone.svelte';
import { revealsKept } from '../../src/sync/reveals';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { seed, wang_household } from '../sync/phone';

let centre: Centre;

beforeEach(async () => {
  localStorage.clear();
  centre = new Centre();
  seed(centre);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) =>
    path === '/api/session' ? new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me })) : centre.fetch(path, init));
  await view.signIn('li_min');
  await view.syncNow();
  centre.is_down = true;
});
afterEach(async () => {
  cleanup();
  vi.useRealTimers();
  (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
});

it('is shown once it is noted, and covered again ten seconds later', async () => {
  const { store } = await current();
  const { container } = render(MaskedPhone, { phone: '138 0000 5521', whose: '女儿', record: wang_household });
  const number = () => container.querySelector('.num')?.textContent;
  expect(number()).toBe('138 **** 5521');

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await fireEvent.click(container.querySelector('[data-action=reveal]')!);
  await vi.waitFor(() => expect(number()).toBe('138 0000 5521'));
  expect(await revealsKept(store)).toMatchObject([{ record: wang_household, field: 'phone' }]);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(number()).toBe('138 0000 5521');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(number()).toBe('138 **** 5521');
});

it('stays covered where it cannot be noted, and says why', async () => {
  const { store } = await current();
  vi.spyOn(store, 'transaction').mockImplementation(() => { throw new DOMException('The disk is full', 'QuotaExceededError'); });
  const { container } = render(MaskedPhone, { phone: '138 0000 5521', whose: '女儿', record: wang_household });
  await fireEvent.click(container.querySelector('[data-action=reveal]')!);
  await vi.waitFor(() => expect(container.querySelector('[role=alert]')?.textContent).toContain('手机存不下了'));
  expect(container.querySelector('.num')?.textContent).toBe('138 **** 5521');
});

it('of no record that could be noted is not shown at all', () => {
  const { container } = render(MaskedPhone, { phone: '138 0000 5521', whose: '女儿' });
  expect(container.querySelector('[data-action=reveal]')).toBeNull();
});
