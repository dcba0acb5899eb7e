// @vitest-environment happy-dom
// The visit at the door, on a real database: what it asks, keeps, saves and takes back.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Visit from '../../src/phone/Visit.svelte';
import { current, session } from '../../src/auth/session.svelte';
import * as view from '../../src/view';
import { snack, hideSnack } from '../../src/ui/snack.svelte';
import { Centre } from '../sync/centre';
import { morning, seed, wang_household, wang_visit } from '../sync/phone';

let centre: Centre;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: morning });
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
  hideSnack();
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function open(params: Record<string, string> = { record: wang_visit }, query = '') {
  const { container, unmount } = render(Visit, { params, query: new URLSearchParams(query) });
  await vi.waitFor(() => expect(container.querySelector('[data-field=outcome]')).not.toBeNull());
  const find = <E extends HTMLElement = HTMLElement>(selector: string) => container.querySelector<E>(selector) ?? (() => { throw new Error(`no ${selector}`); })();
  return {
    container, unmount, find,
    has: (selector: string) => container.querySelector(selector) !== null,
    choose: (field: string, value: string) => fireEvent.click(find(`[data-field="${field}"] input[value="${value}"]`)),
    say: (text: string) => fireEvent.input(find('textarea'), { target: { value: text } }),
    save: () => fireEvent.click(find('[data-action=save]'))
  };
}
const saved = () => vi.waitFor(() => expect(snack.now?.saved).toBe(true));

describe('the door', () => {
  it('shows who lives there and asks nothing that the phone knows', async () => {
    const visit = await open();
    expect(visit.container.textContent).toContain('王秀兰');
    expect(visit.container.textContent).toContain('和平里 3 栋 2 单元 502');
    expect(visit.has('[data-field=visited_on]')).toBe(false);
    expect(visit.has('[data-field=assigned_to]')).toBe(false);
  });
  it('asks only when to come again if nobody is home', async () => {
    const visit = await open();
    await visit.choose('outcome', 'no_answer');
    expect(visit.has('[data-field=rebook_on]')).toBe(true);
    for (const gone of ['services', 'condition', 'observation']) expect(visit.has(`[data-field=${gone}]`), gone).toBe(false);
  });
  it('offers a day for a follow-up and whom to call when it is urgent', async () => {
    const visit = await open();
    await visit.choose('outcome', 'met_person');
    await visit.choose('condition', 'follow_up');
    expect(visit.has('[data-field=follow_up_on] input[type=radio]')).toBe(true);
    expect(visit.has('[data-urgent]')).toBe(false);
    await visit.choose('condition', 'urgent');
    expect([...visit.container.querySelectorAll('[data-urgent] a')].map((call) => call.getAttribute('href'))).toEqual(['tel:120', 'tel:110', 'tel:119', 'tel:13800005521']);
  });
});

describe('saving', () => {
  it('writes one save that is durable without a network, with day and times filled in', async () => {
    const visit = await open();
    await visit.choose('outcome', 'met_person');
    await visit.choose('services', 'greeting');
    await visit.choose('condition', 'as_usual');
    await visit.say('老人精神好');
    vi.setSystemTime(morning + 8 * 60_000);
    await visit.save();
    await saved();
    const [entry, ...more] = await view.outbox();
    expect(more).toEqual([]);
    expect(entry?.set).toEqual({ visited_on: '2026-11-22', arrived_at: '09:00', left_at: '09:08', outcome: 'met_person', 'services.greeting': true, condition: 'as_usual', observation: '老人精神好' });
    expect((await view.get(wang_visit))?.mark).toBe('saved');
    expect(location.pathname).toBe('/today');
  });
  it('with an answer missing writes nothing and leads to the question', async () => {
    const visit = await open();
    await visit.save();
    await vi.waitFor(() => expect(visit.has('[data-problems]')).toBe(true));
    expect(visit.find('[data-problems]').textContent).toContain('见到人了吗');
    expect(await view.outbox()).toEqual([]);
    await visit.choose('outcome', 'moved');
    expect(visit.has('[data-field=outcome] .q-error')).toBe(false);
  });
  it('can be undone: the visit is planned again and the words wait as a draft', async () => {
    const visit = await open();
    await visit.choose('outcome', 'moved');
    await visit.say('邻居说搬去儿子家');
    await visit.save();
    await saved();
    await snack.now?.undo?.();
    expect((await view.get(wang_visit))?.values.outcome ?? null).toBeNull();
    expect(await view.outbox()).toHaveLength(2);
    visit.unmount();
    const again = await open();
    expect(again.find<HTMLTextAreaElement>('textarea').value).toBe('邻居说搬去儿子家');
  });
  it('of a visit nobody planned makes a new record of the home', async () => {
    const visit = await open({ household: wang_household });
    await visit.choose('outcome', 'come_back');
    await visit.choose('rebook_on', '2026-11-23');
    await visit.save();
    await saved();
    expect((await view.outbox())[0]?.set).toMatchObject({ household: wang_household, assigned_to: 'li_min', outcome: 'come_back', rebook_on: '2026-11-23', visited_on: '2026-11-22' });
  });
});

describe('two at one door', () => {
  const other = async () => (await view.save('home_visit', null, { household: wang_household, assigned_to: 'zhang_qiang', visited_on: '2026-11-22', arrived_at: '08:40', outcome: 'met_person', condition: 'as_usual' })).record;
  it('adds only one’s own name to the visit of the colleague, and no second visit', async () => {
    const theirs = await other();
    const visit = await open();
    await fireEvent.click(visit.find('[data-action=along]'));
    await saved();
    const partners = Object.values((await view.get(theirs))?.values.partners ?? {});
    expect(partners).toEqual([{ person: 'li_min' }]);
    expect((await view.get(wang_visit))?.values).toMatchObject({ skipped: 'not_needed' });
    expect((await view.list('home_visit', 'household', wang_household)).filter((one) => one.values.outcome)).toHaveLength(1);
  });
  it('asks why before the same home is recorded once more on a day', async () => {
    await other();
    const visit = await open();
    await visit.choose('outcome', 'moved');
    await visit.save();
    await vi.waitFor(() => expect(visit.has('[data-field=again_because] .q-error')).toBe(true));
    expect((await view.get(wang_visit))?.values.outcome ?? null).toBeNull();
    await visit.choose('again_because', 'called_back');
    // A second tap on one button within a third of a second is not taken.
    await vi.waitFor(async () => {
      await visit.save();
      expect(snack.now?.saved).toBe(true);
    });
    expect((await view.get(wang_visit))?.values).toMatchObject({ outcome: 'moved', again_because: 'called_back' });
  });
  it('says nothing where the home was recorded on another day', async () => {
    await view.save('home_visit', null, { household: wang_household, assigned_to: 'zhang_qiang', visited_on: '2026-11-21', outcome: 'moved' });
    expect((await open()).has('[data-twice]')).toBe(false);
  });
});

describe('a home that was skipped', () => {
  it('is an ordinary visit again once somebody went, and the bar offers what else is due there', async () => {
    await view.save('home_visit', wang_visit, { skipped: 'no_time' });
    const more = await view.save('home_visit', null, { household: wang_household, assigned_to: 'li_min', planned_on: '2026-11-22', reason: 'festive' });
    const visit = await open();
    await visit.choose('outcome', 'moved');
    await visit.save();
    await saved();
    expect((await view.get(wang_visit))?.values.skipped ?? null).toBeNull();
    expect(snack.now?.also).toMatchObject({ text: '这户还有：节日慰问', href: `/visit/${more.record}` });
  });
});

describe('what is half written', () => {
  it('is there again at the next opening, with the value it began from', async () => {
    const visit = await open();
    await visit.choose('outcome', 'met_family');
    await visit.say('女儿在家');
    visit.unmount();
    await vi.waitFor(async () => expect(await view.listDrafts()).toHaveLength(1));
    const again = await open();
    expect(again.find<HTMLTextAreaElement>('textarea').value).toBe('女儿在家');
    expect(again.find<HTMLInputElement>('[data-field=outcome] input[value=met_family]').checked).toBe(true);
    expect(again.container.textContent).toContain('已接着上次的写');
  });
  it('is gone once it is saved, and leaves nothing when nothing was touched', async () => {
    const looked = await open();
    looked.unmount();
    expect(await view.listDrafts()).toEqual([]);
    const visit = await open();
    await visit.choose('outcome', 'moved');
    await visit.save();
    await saved();
    visit.unmount();
    await vi.waitFor(async () => expect(await view.listDrafts()).toEqual([]));
  });
  it('can be begun anew', async () => {
    const visit = await open();
    await visit.choose('outcome', 'moved');
    visit.unmount();
    await vi.waitFor(async () => expect(await view.listDrafts()).toHaveLength(1));
    const again = await open();
    await fireEvent.click(again.find('.notice button'));
    await vi.waitFor(() => expect(again.find<HTMLInputElement>('[data-field=outcome] input[value=moved]').checked).toBe(false));
    expect(await view.listDrafts()).toEqual([]);
  });
});

describe('a visit sent back for correction', () => {
  const review = { state: 'returned' as const, by: 'zhou_hui', at: '2026-11-22T00:30:00Z', revision: 4, sentence: '请补上：老人现在吃什么药？', field: 'observation', answered: false };
  it('opens at the question with the supervisor’s own words, keeps the rest, and goes back as an answer', async () => {
    centre.is_down = false;
    const made_at = `${String(morning - 3_600_000)}-0000`;
    centre.write({ record: wang_visit, kind: 'home_visit', client: 31, made_at, replaces: {}, set: { visited_on: '2026-11-21', arrived_at: '10:00', outcome: 'met_person', condition: 'as_usual', observation: '换了一种药' } }, 'li_min', { review });
    await view.syncNow();
    expect((await view.get(wang_visit))?.mark).toBe('returned');
    centre.is_down = true;
    const visit = await open();
    expect(visit.find('[data-field=observation] blockquote').textContent).toBe('请补上：老人现在吃什么药？');
    await vi.waitFor(() => expect(document.activeElement).toBe(visit.find('textarea')));
    await visit.say('换了一种药：氨氯地平，每天一片');
    await visit.save();
    await saved();
    expect((await view.outbox())[0]?.set).toEqual({ observation: '换了一种药：氨氯地平，每天一片' });
    expect((await view.get(wang_visit))?.mark).toBe('saved');
  });
});

describe('as last time', () => {
  it('copies what was done the last time and not what was said', async () => {
    centre.is_down = false;
    await view.save('home_visit', null, { household: wang_household, assigned_to: 'li_min', visited_on: '2026-11-01', outcome: 'met_person', condition: 'follow_up', follow_up_on: '2026-11-08', 'services.errand': true, observation: '上次的话' });
    await view.syncNow();
    const visit = await open();
    await fireEvent.click(visit.find('[data-action=same]'));
    await visit.save();
    await saved();
    const set = (await view.outbox()).at(-1)?.set ?? {};
    expect(set).toMatchObject({ outcome: 'met_person', condition: 'as_usual', 'services.errand': true });
    expect(set.observation).toBeUndefined();
  });
});
