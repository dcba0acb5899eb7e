// @vitest-environment happy-dom
// The form of any kind, drawn from its declaration: one control for each field type, problems beside their fields.
import { fireEvent, render } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Values } from '../../src/records/declared';
import { session } from '../../src/view';
import { settings } from '../../src/settings.svelte';
import FormHost from './FormHost.svelte';

const me = { person: 'li_min', name: '李敏', centre: 'heping', centre_name: '和平', roles: ['outreach_worker'], home: 'phone' as const, teams: [{ id: 'heping_1', name: '一组' }], scopes: [], device: 'd' };
let values: Values;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T02:00:00Z') });
  session.me = me;
  values = {};
});
afterEach(() => {
  vi.useRealTimers();
  session.me = null;
  session.members = new Map();
  settings.language = 'zh';
});

function open(props: Record<string, unknown>) {
  const { container } = render(FormHost, { kind: 'home_visit', told: (next: Values) => { values = next; }, ...props });
  const field = (name: string) => container.querySelector<HTMLElement>(`[data-field="${name}"]`);
  const control = <E extends HTMLElement = HTMLInputElement>(name: string, selector = 'input') => field(name)?.querySelector<E>(selector) ?? (() => { throw new Error(`no ${selector} in ${name}`); })();
  return { container, field, control };
}

describe('a choice', () => {
  it('is native radio buttons with the declared words, none chosen beforehand', async () => {
    const { field, control } = open({ fields: ['outcome'] });
    const radios = [...(field('outcome')?.querySelectorAll<HTMLInputElement>('input[type=radio]') ?? [])];
    expect(radios.map((radio) => radio.value)).toEqual(['met_person', 'met_family', 'no_answer', 'come_back', 'refused', 'moved']);
    expect(radios.some((radio) => radio.checked)).toBe(false);
    expect(field('outcome')?.textContent).toContain('见到人了吗？');
    await fireEvent.click(control('outcome', 'input[value=met_person]'));
    expect(values).toEqual({ outcome: 'met_person' });
  });
  it('that is not required can be left blank again', async () => {
    const { field, control } = open({ kind: 'resident', fields: ['risk_level'], start: { risk_level: 'high' } });
    expect(control<HTMLInputElement>('risk_level', 'input[value=high]').checked).toBe(true);
    await fireEvent.click(field('risk_level')?.querySelector('button') as HTMLElement);
    expect(values.risk_level).toBeNull();
  });
});

describe('choices', () => {
  it('are native checkboxes and keep only what is on', async () => {
    const { control } = open({ fields: ['services'], start: { services: { greeting: true } } });
    await fireEvent.click(control('services', 'input[value=goods]'));
    expect(values.services).toEqual({ greeting: true, goods: true });
    await fireEvent.click(control('services', 'input[value=greeting]'));
    expect(values.services).toEqual({ goods: true });
  });
});

describe('a day', () => {
  it('that lies behind offers today and yesterday, and no day to come', () => {
    const { field, control } = open({ fields: ['visited_on'], start: { outcome: 'moved' } });
    expect([...(field('visited_on')?.querySelectorAll<HTMLInputElement>('input[type=radio]') ?? [])].map((radio) => radio.value)).toEqual(['2026-11-22', '2026-11-21']);
    expect(control('visited_on', 'input[type=date]').getAttribute('max')).toBe('2026-11-22');
  });
  it('that lies ahead offers a week from now, and says which day that is', async () => {
    const { field, control } = open({ fields: ['follow_up_on'], start: { condition: 'follow_up' } });
    await fireEvent.click(control('follow_up_on', 'input[value="2026-11-29"]'));
    expect(values.follow_up_on).toBe('2026-11-29');
    expect(field('follow_up_on')?.textContent).toContain('11 月 29 日 周日');
  });
  it('of birth offers neither today nor yesterday', () => {
    const { field } = open({ kind: 'resident', fields: ['born_on'] });
    expect(field('born_on')?.querySelectorAll('input[type=radio]')).toHaveLength(0);
    expect(field('born_on')?.querySelectorAll('input[type=date]')).toHaveLength(1);
  });
});

describe('text', () => {
  it('has its name above it, never inside it', () => {
    const { field, control } = open({ fields: ['observation'] });
    const box = control<HTMLTextAreaElement>('observation', 'textarea');
    expect(field('observation')?.querySelector(`label[for="${box.id}"]`)?.textContent).toContain('说一句');
    expect(box.placeholder).toBe('');
  });
  it('counts only from four fifths on, and is never cut off', async () => {
    const { field, control } = open({ kind: 'hour_entry', fields: ['activity'] });
    const counted = () => field('activity')?.querySelector('[role=status]')?.textContent ?? '';
    await fireEvent.input(control('activity'), { target: { value: '字'.repeat(47) } });
    expect(counted()).toBe('');
    await fireEvent.input(control('activity'), { target: { value: '字'.repeat(48) } });
    expect(counted()).toBe('还能写 12 个字');
    await fireEvent.input(control('activity'), { target: { value: '字'.repeat(61) } });
    expect(counted()).toBe('多了 1 个字');
    expect(String(values.activity)).toHaveLength(61);
  });
  it('keeps what an input method is still composing', async () => {
    const { control } = open({ fields: ['observation'] });
    const box = control<HTMLTextAreaElement>('observation', 'textarea');
    box.value = 'wang';
    await fireEvent(box, new InputEvent('input', { bubbles: true, isComposing: true }));
    expect(values.observation).toBe('wang');
  });
});

describe('the other types', () => {
  it('of time and number are written as they are declared', async () => {
    const { control, field } = open({ kind: 'hour_entry', fields: ['started_at', 'break_minutes'] });
    await fireEvent.change(control('started_at'), { target: { value: '09:05' } });
    await fireEvent.click(field('break_minutes')?.querySelectorAll('button')[1] as HTMLElement);
    expect(values).toEqual({ started_at: '09:05', break_minutes: 5 });
    await fireEvent.change(control('break_minutes'), { target: { value: '半小时' } });
    expect(values.break_minutes).toBeNull();
  });
  it('of person and team offer the fitting members and the own teams', () => {
    session.members = new Map([
      ['li_min', { person: 'li_min', name: '李敏', centre: 'heping', roles: ['outreach_worker'], teams: ['heping_1'] }],
      ['huang_li', { person: 'huang_li', name: '黄丽', centre: 'heping', roles: ['volunteer'], teams: [] }]
    ] as never);
    const visit = open({ fields: ['assigned_to'] });
    expect(visit.field('assigned_to')?.textContent).toContain('李敏');
    expect(visit.field('assigned_to')?.textContent).not.toContain('黄丽');
    expect(open({ kind: 'household', fields: ['team'] }).field('team')?.textContent).toContain('一组');
  });
  it('of state offer only the steps this person may take', () => {
    const { field } = open({ kind: 'case', fields: ['stage'], start: { stage: 'intake' }, before: { stage: 'intake' } });
    const offered = [...(field('stage')?.querySelectorAll<HTMLInputElement>('input') ?? [])].map((radio) => radio.value);
    expect(offered).toEqual(['intake', 'assessed', 'declined']);
  });
  it('of rows add entries with their own names; what can only be added to stays as it is', async () => {
    const { container, field } = open({ fields: ['remarks'], start: { remarks: { aaaaaaaa: { text: '旧的一条' } } }, before: { remarks: { aaaaaaaa: { text: '旧的一条' } } } });
    expect(field('remarks')?.querySelector('.timeline')?.textContent).toContain('旧的一条');
    expect(field('remarks')?.querySelector('textarea')).toBeNull();
    await fireEvent.click(container.querySelector('[data-action=add-row]') as HTMLElement);
    await fireEvent.input(field('remarks')?.querySelector('textarea') as HTMLElement, { target: { value: '新的一条' } });
    const rows = Object.entries(values.remarks as Record<string, unknown>);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual([expect.stringMatching(/^[a-z0-9]{8,32}$/), { text: '新的一条' }]);
  });
});

describe('a problem', () => {
  it('stands beside its field and at the top, where a link leads to the field', async () => {
    const { container, field, control } = open({ fields: ['outcome', 'observation'], problems: [{ code: 'missing', field: 'outcome' }] });
    await tick();
    expect(container.querySelector('[data-problems]')?.textContent).toContain('还差 1 项');
    expect(field('outcome')?.querySelector('.q-error')?.textContent).toContain('还差一项：见到人了吗');
    expect(field('outcome')?.getAttribute('aria-describedby')).toContain('fault');
    await fireEvent.click(container.querySelector('[data-problems] a') as HTMLElement);
    expect(document.activeElement).toBe(control('outcome'));
  });
});

describe('a returned question', () => {
  it('shows the supervisor’s own words, even if it would not be asked', () => {
    const { field } = open({ fields: ['outcome', 'condition'], start: { outcome: 'no_answer' }, pinned: 'condition', pinnedSentence: '请补上：现在怎么样？', asker: '周慧' });
    expect(field('condition')?.querySelector('blockquote')?.textContent).toBe('请补上：现在怎么样？');
    expect(field('condition')?.textContent).toContain('周慧');
  });
});

describe('a field for others to change', () => {
  it('is text that says so', () => {
    const { container, field } = open({ kind: 'household', fields: ['room', 'team'], start: { room: '502', team: 'heping_1' }, readonly: ['team'] });
    expect(field('team')).toBeNull();
    expect(container.querySelector('[data-value=team]')?.textContent).toContain('由主管改');
  });
});

describe('the language', () => {
  it('changes every word of the form at once', async () => {
    const { field } = open({ fields: ['outcome'] });
    settings.language = 'en';
    await tick();
    expect(field('outcome')?.textContent).toContain('Did you meet anyone?');
    expect(field('outcome')?.textContent).toContain('Nobody home');
  });
});
