// The address of the app: reading it, changing it, following links without a reload. Which screen an address shows is
// decided by screens.ts.
import { newId } from './sync/save';

interface Place { path: string; query: URLSearchParams; visit: number }

function read(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search), visit: 0 };
}

export const place = $state<Place>(read());

/** Where each page was scrolled to, by history entry, so that going back ends where the person was reading. */
const scrolled = new Map<string, number>();
const leaving = new Set<() => Promise<void> | void>();

function entry(): string {
  const state = history.state as { entry?: string } | null;
  return state?.entry ?? 'first';
}

let is_stale = false;

/** Another tab has taken a newer app: this page goes on, and is loaded anew at the next step, never in mid-sentence. */
export function reloadAtNextStep(): void {
  is_stale = true;
}

function show(): void {
  if (is_stale) {
    void flushAll().then(() => location.reload());
    return;
  }
  const next = read();
  place.path = next.path;
  place.query = next.query;
  place.visit += 1;
}

/**
 * Go to a path of the app, for example `/homes/0192…?field=outcome`.
 *
 * replace  take the place of the present history entry: the way back skips it
 */
export function navigate(path: string, options: { replace?: boolean } = {}): void {
  const state = { entry: newId() };
  if (options.replace) history.replaceState(state, '', path);
  else history.pushState(state, '', path);
  show();
}

/**
 * Scroll to where this page was left, as soon as what it shows is long enough again; gives up after a second, or when
 * the person scrolls first.
 */
export function restoreScroll(): void {
  const wanted = scrolled.get(entry()) ?? 0;
  const at = entry();
  const until = performance.now() + 1000;
  const attempt = (): void => {
    const page = document.querySelector('main');
    if (wanted === 0 || entry() !== at || performance.now() > until || (page && page.scrollTop > 0)) return;
    if (page && page.scrollHeight - page.clientHeight >= wanted) page.scrollTop = wanted;
    else requestAnimationFrame(attempt);
  };
  attempt();
}

/** Something that must be written before the app is reloaded or left, such as a draft that is still waiting. */
export function beforeLeaving(flush: () => Promise<void> | void): () => void {
  leaving.add(flush);
  return () => leaving.delete(flush);
}

/** Write all that is waiting; resolves when it is done. */
export async function flushAll(): Promise<void> {
  await Promise.all([...leaving].map((flush) => flush()));
}

function inApp(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return null;
  // A fragment only, as in an error summary, stays on the page.
  if (link.getAttribute('href')?.startsWith('#') === true) return null;
  return /^\/(api|graphql)\b/.test(link.pathname) ? null : link;
}

/** Follow links and the back button within the app; called once, by the start of the app. */
export function followLinks(): void {
  history.scrollRestoration = 'manual';
  document.addEventListener('click', (event) => {
    const link = inApp(event);
    if (!link) return;
    event.preventDefault();
    const path = link.pathname + link.search + link.hash;
    navigate(path, { replace: path === location.pathname + location.search });
  });
  addEventListener('popstate', show);
  // While it happens, not on leaving: by the time the browser tells of "back", the entry is already another.
  document.addEventListener('scroll', (event) => {
    if (event.target instanceof Element && event.target.tagName === 'MAIN') scrolled.set(entry(), event.target.scrollTop);
  }, { capture: true, passive: true });
  const flush = () => { if (document.visibilityState === 'hidden') void flushAll(); };
  document.addEventListener('visibilitychange', flush);
  addEventListener('pagehide', () => void flushAll());
}
