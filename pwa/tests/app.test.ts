// @vitest-environment happy-dom
// The shell: who sees which screen, the sign-in page, and what is said when something does not open.
import { configure, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { current, session } from '../src/auth/session.svelte';
import { followLinks, navigate, place } from '../src/router.svelte';
import { settings } from '../src/settings.svelte';
import { Centre } from './sync/centre';
import { seed } from './sync/phone';

const people = [
  { person: 'li_min', name: '李敏', role: 'outreach_worker', centre: 'heping', centre_name: '和平社区服务中心', team_name: '一组' },
  { person: 'zhou_hui', name: '周慧', role: 'supervisor', centre: 'heping', centre_name: '和平社区服务中心', team_name: '一组、二组' }
];
let centre: Centre;
let answer: (path: string) => Response | undefined;

followLinks();
// The pages of the door are read when they are needed, and a busy machine is slow.
configure({ asyncUtilTimeout: 20_000 });
beforeEach(() => {
  localStorage.clear();
  centre = new Centre();
  seed(centre);
  answer = () => undefined;
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const special = answer(String(path));
    if (special) return special;
    if (path === '/api/demo/people' && !centre.is_down) return new Response(JSON.stringify({ people }));
    if (path === '/api/session') return new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me }));
    return centre.fetch(path, init);
  });
  vi.stubGlobal('isSecureContext', true);
  session.me = null;
  navigate('/', { replace: true });
});
afterEach(async () => {
  if (session.me) {
    (await current()).close();
    session.me = null;
  }
  settings.language = 'zh';
  vi.unstubAllGlobals();
});

const on_screen = (name: string) => vi.waitFor(() => expect(document.querySelector(`main[data-screen="${name}"]`)).not.toBeNull(), 20_000);

describe('whoever is not signed in', () => {
  it('is asked who they are, wherever they wanted to go', async () => {
    navigate('/homes');
    render(App);
    await on_screen('sign-in');
    expect(place.path).toBe('/sign-in');
    expect((await screen.findAllByRole('button', { name: /李敏|周慧/ })).map((button) => button.dataset['person'])).toEqual(['li_min', 'zhou_hui']);
    expect(screen.getByRole('heading', { name: '外勤社工' })).toBeTruthy();
  });

  it('reads the same page in English', async () => {
    settings.language = 'en';
    render(App);
    await on_screen('sign-in');
    expect(await screen.findByRole('heading', { name: 'Who are you?' })).toBeTruthy();
  });

  it('without network is told what is needed, and may try again', async () => {
    centre.is_down = true;
    render(App);
    expect((await screen.findByRole('alert')).textContent).toContain('第一次进来要连上中心');
    centre.is_down = false;
    screen.getByRole('button', { name: '再试一次' }).click();
    expect(await screen.findByRole('button', { name: /李敏/ })).toBeTruthy();
  });

  it('at a centre that is no demo finds its door, and a way in for whoever has a code', async () => {
    answer = (path) => (path === '/api/demo/people'
      ? new Response(JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'demo_only', words_zh: '这里没有演示登录', next_step_zh: '用正式的登录' } }] }), { status: 404 })
      : undefined);
    render(App);
    expect(await screen.findByRole('heading', { name: '登录' })).toBeTruthy();
    (await screen.findByRole('link', { name: '我有登记码' })).click();
    await on_screen('enrol');
    expect(place.path).toBe('/e');
    expect(await screen.findByRole('textbox', { name: '输入 8 位码' })).toBeTruthy();
  });
});

describe('whoever enters', () => {
  it('comes to the first screen of their side', async () => {
    render(App);
    (await screen.findByRole('button', { name: /李敏/ })).click();
    await on_screen('today');
    expect(place.path).toBe('/today');
  });

  it('finds no page where there is none, and a way back', async () => {
    render(App);
    (await screen.findByRole('button', { name: /李敏/ })).click();
    await on_screen('today');
    navigate('/nowhere');
    expect(await screen.findByRole('heading', { name: '没有这一页' })).toBeTruthy();
    screen.getByRole('button', { name: '回到首页' }).click();
    await on_screen('today');
  });
});

describe('a link', () => {
  const follow = (html: string, init: MouseEventInit = {}): boolean => {
    const box = document.createElement('div');
    box.innerHTML = html;
    document.body.append(box);
    let is_taken = false;
    // The window is asked after the document, where the app listens; what the app left alone goes nowhere in a test.
    addEventListener('click', (event) => {
      is_taken = event.defaultPrevented;
      event.preventDefault();
    }, { once: true });
    box.querySelector('a')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }));
    box.remove();
    return is_taken;
  };
  it('of the app is followed without a reload', () => {
    expect(follow('<a href="/homes?open=1">x</a>')).toBe(true);
    expect(place.path).toBe('/homes');
    expect(place.query.get('open')).toBe('1');
  });
  it('elsewhere, to the centre\'s own addresses, in a new tab or within the page is the browser\'s', () => {
    expect(follow('<a href="https://example.org/">x</a>')).toBe(false);
    expect(follow('<a href="/api/health">x</a>')).toBe(false);
    expect(follow('<a href="/homes" target="_blank">x</a>')).toBe(false);
    expect(follow('<a href="#outcome">x</a>')).toBe(false);
    expect(follow('<a href="tel:120">x</a>')).toBe(false);
    expect(follow('<a href="/homes">x</a>', { ctrlKey: true })).toBe(false);
  });
});
