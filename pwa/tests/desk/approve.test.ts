// @vitest-environment happy-dom
// Hours before they are certified, as the coordinator sees them: clean ones in one stroke, doubles never unseen.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import Approve from '../../src/desk/Approve.svelte';
import { hush, useShortcuts } from '../../src/desk/desk.svelte';
import { navigate, signIn, syncNow } from '../../src/view';
import { DeskCentre } from './centre';
import DeskHost from './DeskHost.svelte';
import { detail, hours } from './world';

const [clean, phone, desk_entry] = ['01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000a2', '01900000-0000-7000-8000-0000000000a3'];
let centre: DeskCentre;

beforeEach(async () => {
  localStorage.clear();
  useShortcuts(true);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }));
  centre = new DeskCentre({ person: 'chen_jing', name: '陈静', roles: ['volunteer_coordinator'], teams: [] });
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => centre.fetch(String(path), init));
  const activity = { activity: '便民服务日', provenance: 'signed' };
  centre.queues.waiting = [
    hours(clean ?? '', '14:00', '16:30', { ...activity, worked_on: '2026-11-21' }),
    hours(phone ?? '', '09:02', '11:30', activity, { duplicates: [desk_entry ?? ''] }),
    hours(desk_entry ?? '', '09:00', '11:30', { ...activity, provenance: 'added_later' }, { duplicates: [phone ?? ''], author_name: '陈静' }),
  ];
  for (const item of centre.queues.waiting) centre.records.set(item.record, detail({ record: item.record, kind: 'hour_entry', values: item.values }));
  await signIn('chen_jing');
  await syncNow();
  navigate('/approve', { replace: true });
});
afterEach(async () => {
  cleanup();
  hush();
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
});

async function open() {
  const { container } = render(DeskHost, { screen: Approve as never });
  const find = <E extends HTMLElement = HTMLElement>(selector: string) => container.querySelector<E>(selector) ?? (() => { throw new Error(`no ${selector}`); })();
  await vi.waitFor(() => expect(container.querySelector('[data-record]')).not.toBeNull(), 5000);
  return { container, find, row: (record = '') => find(`[data-record="${record}"]`) };
}

it('preselects the clean entry, flags the doubled one, and certifies what is selected with Shift+A', async () => {
  const desk = await open();
  expect(desk.find<HTMLInputElement>(`[data-record="${clean}"] input`).checked).toBe(true);
  expect(desk.row(phone).querySelector('input')).toBeNull();
  expect(desk.row(phone).textContent).toContain('重叠');
  expect(desk.find('[data-total]').textContent).toContain('选中 1 条 · 2.5 小时');
  await fireEvent.keyDown(document.body, { key: 'A', shiftKey: true, bubbles: true });
  await vi.waitFor(() => expect(desk.find('[data-done]').textContent).toContain('批准 1 条 · 2.5 小时'), 5000);
  expect(centre.decisions).toMatchObject([{ record: clean, verdict: 'approve' }]);
});

it('shows how far two entries overlap, and keeps the one that is chosen', async () => {
  const desk = await open();
  await fireEvent.click(desk.row(phone).querySelector('[data-action=unfold]') as HTMLElement);
  const odd = desk.find(`[data-hours="${phone}"]`);
  expect(odd.textContent).toContain('重叠 148 分钟');
  expect(odd.querySelector('svg')?.getAttribute('aria-label')).toContain('09:02–11:30');
  await fireEvent.click(odd.querySelector('[data-action=keep-this]') as HTMLElement);
  await vi.waitFor(() => expect(centre.doubles).toMatchObject([{ record: phone, other: desk_entry, verdict: 'same' }]), 5000);
});

it('asks the volunteer with a sentence', async () => {
  const desk = await open();
  await fireEvent.click(desk.row(phone).querySelector('[data-action=unfold]') as HTMLElement);
  await vi.waitFor(() => expect(desk.find('[data-hours] [data-action=return]').getAttribute('aria-disabled')).toBeNull(), 5000);
  await fireEvent.click(desk.find('[data-hours] [data-action=return]'));
  await fireEvent.input(desk.find('[name=sentence]'), { target: { value: '是九点还是九点零二分？' } });
  await fireEvent.click(desk.find('[data-action=send-return]'));
  await vi.waitFor(() => expect(desk.find('[data-done]').textContent).toContain('退回：'), 5000);
  expect(centre.decisions).toMatchObject([{ record: phone, verdict: 'return', sentence: '是九点还是九点零二分？' }]);
});
