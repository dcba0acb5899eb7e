// @vitest-environment happy-dom
// The number of a home beside a record at the desk: covered as the centre sent it, whole for ten seconds when it is asked for.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import HistoryRail from '../../src/desk/HistoryRail.svelte';
import type { RecordDetail } from '../../src/desk/shapes';

const detail = { record: 'visit-1', kind: 'home_visit', history: [], household: { record: 'home-1', title_zh: '和平里', title_en: 'Heping', phone: '138 **** 5521' } } as unknown as RecordDetail;
const asked: unknown[] = [];

function centre(answer: () => Response): void {
  vi.stubGlobal('fetch', async (_path: string, init?: RequestInit) => {
    asked.push((JSON.parse(String(init?.body)) as { variables: unknown }).variables);
    return answer();
  });
}
afterEach(() => {
  cleanup();
  asked.length = 0;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('is asked for by a question of its own, and covered again ten seconds later', async () => {
  centre(() => new Response(JSON.stringify({ data: { phone_number: '138 0000 5521' } })));
  const { container } = render(HistoryRail, { detail });
  const number = () => container.querySelector('dd.num')?.textContent ?? '';
  expect(number()).toContain('138 **** 5521');
  expect(asked).toEqual([]);

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await fireEvent.click(container.querySelector('[data-action=reveal]')!);
  await vi.waitFor(() => expect(number()).toContain('138 0000 5521'));
  expect(asked).toEqual([{ record: 'home-1', field: 'phone' }]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(number()).toContain('138 **** 5521');
});

it('stays covered without a network, and says why', async () => {
  centre(() => { throw new TypeError('Failed to fetch'); });
  const { container } = render(HistoryRail, { detail });
  await fireEvent.click(container.querySelector('[data-action=reveal]')!);
  await vi.waitFor(() => expect(container.querySelector('[role=alert]')?.textContent).toContain('没有网络'));
  expect(container.querySelector('dd.num')?.textContent).toContain('****');
});
