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

const [clean, phone, desk_entry, late, mine] = ['a1', 'a2', 'a3', 'a4', 'a5'].map((end) => `01900000-0000-7000-8000-0000000000${end}`) as [string, string, string, string, string];
let centre: DeskCentre;

beforeEach(async () => {
  localStorage.clear();
  useShortcuts(true);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }));
  centre = new DeskCentre({ person: 'chen_jing', name: '陈静', roles: ['volunteer_coordinator'], teams: [] });
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => centre.fetch(String(path), init));
  centre.hours = [
    hours(clean, '14:00', '16:30', { worked_on: '2026-11-21' }),
    hours(phone, '09:02', '11:30', { checks: ['same'], against: [desk_entry] }),
    hours(desk_entry, '09:00', '11:30', { provenance: 'added_later', author_name: '陈静', checks: ['same'], against: [phone] }),
    hours(late, '09:00', '10:00', { worked_on: '2026-11-10', checks: ['late'], late_reason: '忘了' }),
    hours(mine, '09:00', '10:00', { worked_on: '2026-11-09', checks: ['own'], refused: { code: 'hours_second_person' }, certifiers: ['吴建国'] }),
  ];
  for (const item of centre.hours) centre.records.set(item.record, detail({ record: item.record, kind: 'hour_entry', values: {} }));
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
  return { container, find, row: (record: string) => find(`[data-record="${record}"]`) };
}
async function press(key: string, shift = false): Promise<void> {
  await fireEvent.keyDown(document.body, { key, shiftKey: shift, bubbles: true });
}

it('preselects what is fine, opens the first that is odd, and certifies what is selected with Shift+A', async () => {
  const desk = await open();
  expect(desk.find<HTMLInputElement>(`[data-record="${clean}"] input`).checked).toBe(true);
  for (const record of [phone, desk_entry, late, mine]) expect(desk.row(record).querySelector('input'), record).toBeNull();
  expect(desk.row(phone).textContent).toContain('重复');
  expect(desk.find(`[data-hours="${desk_entry}"]`).textContent).toContain('同一段时间记了两条');
  expect(desk.find('[data-total]').textContent).toContain('选中 1 条 · 2.5 小时');
  expect(desk.find('[data-sums]').textContent).toContain('待核定 5 条 · 9.5 小时');
  await press('A', true);
  await vi.waitFor(() => expect(desk.find('[data-done]').textContent).toContain('核定 1 条 · 2.5 小时'), 5000);
  expect(centre.decisions).toMatchObject([{ record: clean, verdict: 'approve' }]);
});

it('settles one case by its digit, goes on to the next by itself, and lets what was put right join the selection', async () => {
  const desk = await open();
  expect(desk.find('[data-hours]').querySelectorAll('[data-choice]')[0]?.getAttribute('data-choice')).toBe('keep');
  await press('1');
  expect(desk.find('[data-hours]').dataset['hours']).toBe(late);
  await vi.waitFor(() => expect(centre.decisions).toMatchObject([{ record: desk_entry, verdict: 'reject', sentence: '和 09:02–11:30 便民服务日 是同一次服务，时数记在那一条里。' }]), 5000);
  await vi.waitFor(() => expect(desk.find<HTMLInputElement>(`[data-record="${phone}"] input`).checked).toBe(true), 5000);
  expect(desk.find('[data-total]').textContent).toContain('选中 2 条');
});

it('takes a reason that stands ready, and certifies with it', async () => {
  const desk = await open();
  await fireEvent.click(desk.row(late).querySelector('[data-action=unfold]') as HTMLElement);
  await press('1');
  await vi.waitFor(() => expect(desk.find('[data-sentence]').textContent).toContain('补录的原因清楚'), 5000);
  expect(centre.decisions).toEqual([]);
  await press('1');
  await vi.waitFor(() => expect(centre.decisions).toMatchObject([{ record: late, verdict: 'approve', sentence: '补录的原因清楚，和签到表一致。' }]), 5000);
});

it('keys pressed one after the other are all carried out, and what is certified last waits for them', async () => {
  const desk = await open();
  await press('1');
  await press('1');
  await vi.waitFor(() => desk.find('[data-sentence]'), 5000);
  await press('1');
  await press('A', true);
  await vi.waitFor(() => expect(centre.decisions.map((one) => [one.record, one.verdict])).toEqual([[desk_entry, 'reject'], [late, 'approve'], [clean, 'approve'], [phone, 'approve']]), 5000);
  await vi.waitFor(() => expect(desk.container.querySelectorAll('[data-group]').length).toBe(1), 5000);
});

it('asks the volunteer with a sentence of her own', async () => {
  const desk = await open();
  await fireEvent.click(desk.find('[data-choice=return]'));
  await fireEvent.input(desk.find('[name=sentence]'), { target: { value: '是九点还是九点零二分？' } });
  await fireEvent.click(desk.find('[data-action=send-sentence]'));
  await vi.waitFor(() => expect(desk.find('[data-done]').textContent).toContain('已退回'), 5000);
  expect(centre.decisions).toMatchObject([{ record: desk_entry, verdict: 'return' }, { record: phone, verdict: 'return', sentence: '是九点还是九点零二分？' }]);
});

it('takes the last step back with Z', async () => {
  const desk = await open();
  await press('1');
  await vi.waitFor(() => expect(desk.find('[data-done]').textContent).toContain('只留了一条'), 5000);
  await press('z');
  await vi.waitFor(() => expect(centre.decisions.map((one) => one.verdict)).toEqual(['reject', 'undo']), 5000);
});

it('says what the centre did not certify, and why, and keeps the way back for the rest', async () => {
  centre.hours = [...centre.hours, hours('01900000-0000-7000-8000-0000000000a6', '17:00', '18:00')];
  centre.refuses.set(clean, 'revision_moved');
  const desk = await open();
  await press('A', true);
  await vi.waitFor(() => expect(desk.find('[data-left-out]').textContent).toContain('1 条没批'), 5000);
  expect(desk.find('[data-done]').textContent).toContain('核定 1 条 · 1 小时');
  expect(desk.find('[data-done] [data-action=undo]')).not.toBeNull();
});

it('shows who can certify what the one at the desk may not', async () => {
  const desk = await open();
  await fireEvent.click(desk.row(mine).querySelector('[data-action=unfold]') as HTMLElement);
  expect(desk.find(`[data-inside="${mine}"]`).textContent).toContain('可以请吴建国核定');
});

it('when nothing waits, says so and what waits for an answer', async () => {
  centre.hours = [];
  centre.answers = [{ record: 'r', volunteer_name: '黄丽', worked_on: '2026-11-20', activity: '探访', sentence: '几点结束的？', by_name: '陈静', at: '2026-11-21T02:00:00Z' }];
  const { container } = render(DeskHost, { screen: Approve as never });
  await vi.waitFor(() => expect(container.querySelector('[data-empty]')?.textContent).toContain('没有待批的。'), 5000);
  expect(container.querySelector('[data-answers]')?.textContent).toContain('几点结束的？');
});
