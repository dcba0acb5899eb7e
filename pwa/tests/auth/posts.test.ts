// @vitest-environment happy-dom
// Whose role or team has changed is told so with the next contact, until they say that they know.
import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../../src/App.svelte';
import { postsBefore, postsOf } from '../../src/auth/posts';
import { current, session } from '../../src/auth/session.svelte';
import { navigate } from '../../src/router.svelte';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { seed } from '../sync/phone';

let centre: Centre;
beforeEach(async () => {
  localStorage.clear();
  centre = new Centre();
  seed(centre);
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) =>
    path === '/api/session' ? new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me })) : centre.fetch(path, init));
  navigate('/me', { replace: true });
  await view.signIn('li_min');
  await view.syncNow();
});
afterEach(async () => {
  cleanup();
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
});

const notice = () => document.querySelector('[data-posts-changed]');
const shown = () => vi.waitFor(() => expect(notice()).not.toBeNull(), 10_000);

describe('another role', () => {
  it('is told on the screen in one sentence, stays over a start anew, and goes when she says that she knows', async () => {
    const first = render(App);
    await vi.waitFor(async () => expect(await (await current()).store.get('meta', 'posts_seen')).toBeDefined());
    expect(notice()).toBeNull();

    centre.me = { ...centre.me, roles: ['volunteer_coordinator'], teams: [{ id: 'heping_2', name: '二组' }] };
    await view.syncNow();
    await shown();
    expect(notice()?.textContent).toContain('你的岗位有变化：原来是外勤社工（一组），现在是义工站站长（二组）。');
    expect(`${location.href} ${document.title}`).not.toMatch(/volunteer|heping|岗位/);

    first.unmount();
    render(App);
    await shown();
    await fireEvent.click(document.querySelector('[data-action=posts-known]')!);
    await vi.waitFor(() => expect(notice()).toBeNull());
    await view.syncNow();
    expect(await postsBefore((await current()).store, session.me!)).toBeUndefined();
  });
});

describe('what is kept of it', () => {
  const me = (roles: string[], teams: string[]) => ({ ...centre.me, roles, teams: teams.map((id) => ({ id, name: `team ${id}` })) });

  it.each([
    ['a role that ended', ['outreach_worker'], ['heping_1'], true],
    ['a team that is another', ['outreach_worker', 'volunteer'], ['heping_2'], true],
    ['the same in another order', ['volunteer', 'outreach_worker'], ['heping_1'], false],
  ])('%s', async (_what, roles, teams, told) => {
    const { store } = await current();
    await store.delete('meta', 'posts_seen');
    const before = me(['outreach_worker', 'volunteer'], ['heping_1']);
    expect(await postsBefore(store, before), 'the first time there is nothing to tell').toBeUndefined();
    expect(await postsBefore(store, me(roles, teams))).toEqual(told ? postsOf(before) : undefined);
  });

  it('a team that is called otherwise is no change', async () => {
    const { store } = await current();
    await postsBefore(store, me(['volunteer'], ['heping_1']));
    const renamed = { ...centre.me, roles: ['volunteer'], teams: [{ id: 'heping_1', name: '第一组' }] };
    await store.put('meta', postsOf(me(['volunteer'], ['heping_1'])), 'posts_seen');
    expect(await postsBefore(store, renamed)).toBeUndefined();
  });
});
