// @vitest-environment happy-dom
// Reviewing with the keyboard, on a real database: what each key does, what is left alone, and what outlives the network.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import { decisions, hush, likings, useShortcuts } from '../../src/desk/desk.svelte';
import Review from '../../src/desk/Review.svelte';
import { navigate, settings, signIn, syncNow } from '../../src/view';
import { DeskCentre } from './centre';
import DeskHost from './DeskHost.svelte';
import { change, claim, conflict, detail, item, standing } from './world';

const wang = '01900000-0000-7000-8000-000000000002';
const visits = ['01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-00000000000b', '01900000-0000-7000-8000-00000000000c'];
const titles = ['王秀兰 · 2026-11-22', '周素珍 · 2026-11-21', '高永福 · 2026-11-20'];
let centre: DeskCentre;

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  useShortcuts(true);
  // A desk is wide; the test's window is not asked.
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }));
  centre = new DeskCentre({ person: 'zhou_hui', name: '周慧', roles: ['supervisor'], teams: [{ id: 'heping_1', name: '一组' }] });
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => centre.fetch(String(path), init));
  for (const [at, record] of visits.entries()) {
    const titled = { title_zh: titles[at] ?? '', title_en: titles[at] ?? '', kind: 'home_visit', revision: 4 };
    centre.queues.waiting.push(item(record, { ...titled, delivered_at: `2026-11-22T0${at}:00:00Z` }));
    centre.records.set(record, detail({
      ...titled, record, values: { outcome: 'met_person', observation: '血压 150/95' },
      standing: { ...standing, review: { state: 'waiting', by: null, at: '2026-11-22T01:00:00Z', revision: 4, sentence: null, field: null, answered: false } },
      changes: [change('observation', null, '血压 150/95')],
      history: [{ at: '2026-11-22T01:00:00Z', what: 'created', by: 'li_min', by_name: '李敏', fields: ['outcome'], sentence: null, revision: 4 }],
    }));
  }
  const versions = [claim('risk_level', 'high', 'li_min', '1795312345678-0000'), claim('risk_level', 'low', 'zhang_qiang', '1795312399999-0000')];
  const risky = { title_zh: '王秀兰', title_en: '王秀兰', kind: 'resident' };
  centre.queues.conflicts.push(item(wang, { ...risky, conflicts: ['risk_level'] }));
  centre.records.set(wang, detail({ ...risky, record: wang, values: { risk_level: 'high' }, claims: versions, conflicts: [conflict('risk_level', ...versions)] }));
  await signIn('zhou_hui');
  await syncNow();
});
afterEach(async () => {
  cleanup();
  // What a screen says as it goes still reaches the centre of this test.
  await new Promise((resolve) => { setTimeout(resolve); });
  hush();
  for (const one of [...decisions.unsent]) await decisions.drop(one.decision.id);
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
});

async function open(address = '/review?tab=waiting') {
  navigate(address, { replace: true });
  const { container } = render(DeskHost, { screen: Review });
  const find = <E extends HTMLElement = HTMLElement>(selector: string) => container.querySelector<E>(selector) ?? (() => { throw new Error(`no ${selector}`); })();
  const desk = {
    container, find,
    has: (selector: string) => container.querySelector(selector) !== null,
    press: (key: string, more: KeyboardEventInit & { on?: HTMLElement } = {}) => fireEvent.keyDown(more.on ?? document.body, { key, bubbles: true, ...more }),
    rows: () => [...container.querySelectorAll<HTMLElement>('[data-row]')].map((row) => row.dataset['record']),
    title: () => container.querySelector('#record-title')?.textContent ?? '',
    shows: (title: string) => vi.waitFor(() => {
      expect(desk.title()).toBe(title);
      expect(container.querySelector('[data-action=approve], [data-action=settle]')).not.toBeNull();
    }, 5000),
    says: (text: string) => vi.waitFor(() => expect(container.querySelector('[data-done]')?.textContent).toContain(text), 5000),
  };
  return desk;
}

describe('an ordinary record', () => {
  it('is approved by A at the revision that was read, and the next one opens', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('a');
    await desk.shows(titles[1] ?? '');
    expect(centre.decisions).toMatchObject([{ record: visits[0], revision: 4, verdict: 'approve' }]);
    expect(desk.rows()).toEqual([visits[1], visits[2]]);
    await desk.says(`通过：${titles[0] ?? ''}`);
  });
  it('that was approved by mistake comes back with Z', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('a');
    await desk.says('通过');
    await desk.press('z');
    await desk.says('撤销了');
    expect(centre.decisions.map((decision) => decision.verdict)).toEqual(['approve', 'undo']);
    await desk.shows(titles[0] ?? '');
  });
  it('is walked past with J and K and put aside with L', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('j');
    await desk.shows(titles[1] ?? '');
    await desk.press('k');
    await desk.shows(titles[0] ?? '');
    await desk.press('l');
    await desk.shows(titles[1] ?? '');
    expect(desk.rows()).toEqual([visits[1], visits[2], visits[0]]);
    expect(centre.decisions).toEqual([]);
  });
  it('that changed meanwhile is refused and stays, with the reason', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    centre.refuses.set(visits[0] ?? '', 'revision_moved');
    await desk.press('a');
    await desk.says('这条刚有更新');
    expect(desk.rows()).toHaveLength(3);
    expect(desk.title()).toBe(titles[0]);
  });
  it('is not swapped under its reader: a change is announced and shown when asked for', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    const record = visits[0] ?? '';
    centre.queues.waiting = centre.queues.waiting.map((one) => (one.record === record ? { ...one, revision: 9 } : one));
    const before = centre.records.get(record);
    if (before) centre.records.set(record, { ...before, revision: 9, changes: [change('observation', null, '血压 120/80')] });
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() => expect(desk.has('[data-moved]')).toBe(true), 5000);
    expect(desk.find('[data-changes]').textContent).toContain('血压 150/95');
    await fireEvent.click(desk.find('[data-action=look]'));
    await vi.waitFor(() => expect(desk.find('[data-changes]').textContent).toContain('血压 120/80'), 5000);
  });
});

describe('a phone whose clock was wrong', () => {
  it.each([['zh', 600, '手机的时间快了 10 小时'], ['zh', -4320, '手机的时间慢了 3 天'], ['en', 45, "The phone's clock was 45 minutes fast"]] as const)('is told of beside what it wrote: %s %i', async (language, minutes, words) => {
    settings.language = language;
    const record = visits[0] ?? '';
    const known = centre.records.get(record);
    if (known?.history[0]) known.history[0].clock_minutes_ahead = minutes;
    const desk = await open();
    await vi.waitFor(() => expect(desk.find('[data-clock]').textContent).toContain(words), 5000);
    settings.language = 'zh';
  });
});

describe('several records', () => {
  it('are approved together by Shift+A, but those that want a look stay', async () => {
    centre.queues.waiting = centre.queues.waiting.map((one, at) => (at === 2 ? { ...one, duplicates: ['x'] } : one));
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    for (const at of [0, 1, 2]) {
      await desk.press('x');
      if (at < 2) {
        await desk.press('j');
        await desk.shows(titles[at + 1] ?? '');
      }
    }
    expect(desk.find('[data-exception]').textContent).toContain('可能重复');
    await desk.press('A', { shiftKey: true });
    await desk.says('通过 2 条');
    expect(centre.decisions.map((decision) => decision.record)).toEqual([visits[0], visits[1]]);
    expect(desk.rows()).toEqual([visits[2]]);
  });

  it('need no selecting: all ordinary ones are, it is said which were left out and why, and Z takes it back', async () => {
    centre.queues.waiting = centre.queues.waiting.map((one, at) => (at === 1 ? { ...one, urgent: true } : at === 2 ? { ...one, answered: true } : one));
    const desk = await open();
    await desk.shows(titles[1] ?? '');
    await desk.press('A', { shiftKey: true });
    await desk.says('通过 1 条；2 条没一起通过：');
    await desk.says(`${titles[2] ?? ''}（退回后补好的）`);
    expect(centre.decisions.map((decision) => decision.record)).toEqual([visits[0]]);
    await desk.press('z');
    await desk.says('撤销了');
    expect(centre.decisions.map((decision) => decision.verdict)).toEqual(['approve', 'undo']);
  });
});

describe('a record that somebody else reviews just now', () => {
  it('says who and until when, decides nothing by a key, and is taken over with T', async () => {
    centre.looking = { record: visits[0] ?? '', person: 'luo_wei', person_name: '罗伟', until: '2026-11-22T02:52:00Z' };
    const desk = await open();
    await vi.waitFor(() => expect(desk.find('[data-looking]').textContent).toContain('罗伟正在审，10:52 前由罗伟处理'), 5000);
    await desk.press('a');
    await desk.says('别人正在审');
    expect(centre.decisions).toEqual([]);
    await desk.press('t');
    await desk.says('接手了，罗伟会看到');
    expect(desk.has('[data-looking]')).toBe(false);
    await desk.press('a');
    await desk.says('通过');
    expect(centre.decisions.map((decision) => decision.record)).toEqual([visits[0]]);
  });
});

describe('a return', () => {
  it('goes out with its sentence, its reason and its question', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('r');
    await fireEvent.click(desk.find('[name=reason][value=explain]'));
    await fireEvent.input(desk.find('[name=sentence]'), { target: { value: '老人现在吃什么药？' } });
    await fireEvent.change(desk.find('[name=field]'), { target: { value: 'observation' } });
    await fireEvent.click(desk.find('[data-action=send-return]'));
    await desk.says('退回');
    expect(centre.decisions).toMatchObject([{ verdict: 'return', sentence: '请说明：老人现在吃什么药？', field: 'observation' }]);
  });
  it('without a sentence is not sent', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('r');
    await fireEvent.click(desk.find('[data-action=send-return]'));
    expect(desk.find('[role=alert]').textContent).toContain('写一句');
    expect(centre.decisions).toEqual([]);
  });
  it('without a network stays in sight with its sentence and is sent later, once', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('r');
    await fireEvent.input(desk.find('[name=sentence]'), { target: { value: '几点去的？' } });
    centre.is_down = true;
    await fireEvent.click(desk.find('[data-action=send-return]'));
    await vi.waitFor(() => expect(desk.find('[data-unsent]').textContent).toContain('几点去的？'), 5000);
    centre.is_down = false;
    await fireEvent.click(desk.find('[data-action=send-again]'));
    await vi.waitFor(() => expect(desk.has('[data-unsent]')).toBe(false), 5000);
    expect(centre.decisions).toMatchObject([{ verdict: 'return', sentence: '几点去的？' }]);
  });
});

describe('letters', () => {
  it('are letters while a sentence is written, and belong to the input method while it composes', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    await desk.press('a', { isComposing: true });
    await desk.press('r');
    const box = desk.find('[name=sentence]');
    await desk.press('a', { on: box });
    await desk.press('Enter', { on: box, ctrlKey: true, isComposing: true });
    expect(centre.decisions).toEqual([]);
    expect(desk.title()).toBe(titles[0]);
  });
  it('mean nothing when single keys are switched off', async () => {
    const desk = await open();
    await desk.shows(titles[0] ?? '');
    useShortcuts(false);
    await desk.press('a');
    await desk.press('j');
    expect(likings.shortcuts).toBe(false);
    expect(centre.decisions).toEqual([]);
    expect(desk.title()).toBe(titles[0]);
  });
});

describe('two versions', () => {
  it('are settled by one key: everything live is replaced, and both authors get a sentence', async () => {
    const desk = await open('/review?tab=conflicts');
    await desk.shows('王秀兰');
    expect(desk.find('[data-versions] thead').textContent).toMatch(/李敏.*张强/);
    await desk.press('1');
    await desk.says('风险等级定为“高”');
    const [sealed] = centre.phones.log;
    expect(sealed?.set['risk_level']).toBe('high');
    expect(sealed?.replaces['risk_level']).toEqual(['li_min_1795312345678-0000', 'zhang_qiang_1795312399999-0000']);
    const remark = Object.entries(sealed?.set ?? {}).find(([key]) => key.startsWith('remarks.'))?.[1];
    expect(remark).toEqual({ text: '风险等级用了李敏写的“高”，没用张强的“低”', about: 'risk_level' });
  });
  it('take a note in the supervisor\'s own words and settle with the button', async () => {
    const desk = await open('/review?tab=conflicts');
    await desk.shows('王秀兰');
    await fireEvent.click(desk.find('[data-version="2"] input'));
    await fireEvent.input(desk.find('[data-note=risk_level]'), { target: { value: '女儿已经搬来同住' } });
    await fireEvent.click(desk.find('[data-action=settle]'));
    await desk.says('风险等级定为“低”');
    expect(Object.values(centre.phones.log[0]?.set ?? {})).toEqual(expect.arrayContaining(['low', { text: '女儿已经搬来同住', about: 'risk_level' }]));
  });
  it('settled without a network are kept on this machine and say so', async () => {
    const desk = await open('/review?tab=conflicts');
    await desk.shows('王秀兰');
    centre.is_down = true;
    await desk.press('2');
    await vi.waitFor(() => expect(desk.find('[data-detail] [data-mark=saved]')).not.toBeNull(), 5000);
    expect(desk.has('[data-versions]')).toBe(false);
    centre.is_down = false;
    await syncNow();
    expect(centre.phones.log.map((save) => save.set['risk_level'])).toEqual(['low']);
  });
});
