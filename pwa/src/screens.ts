// Every screen of the app with its path, its frame and its code, in one list. What a screen shows stands in its file.
import type { Component } from 'svelte';

export interface ScreenProps { params: Record<string, string>; query: URLSearchParams }
type Load = () => Promise<{ default: Component<ScreenProps> }>;
export type Frame = 'phone' | 'desk' | 'none';
export interface Screen { path: string; frame: Frame; load: Load }
export interface Found { screen: Screen; params: Record<string, string> }

const files = import.meta.glob<{ default: Component<ScreenProps> }>(['./phone/*.svelte', './records/*.svelte', './desk/*.svelte', './auth/*.svelte']);
function at(path: string): Load {
  return () => {
    const load = files[path];
    if (!load) throw new Error(`There is no ${path}`);
    return load();
  };
}

export const screens: Screen[] = [
  { path: '/sign-in', frame: 'none', load: at('./auth/SignIn.svelte') },

  { path: '/today', frame: 'phone', load: at('./phone/Today.svelte') },
  { path: '/homes', frame: 'phone', load: at('./phone/Homes.svelte') },
  { path: '/homes/:household', frame: 'phone', load: at('./phone/Home.svelte') },
  { path: '/visit/new/:household', frame: 'phone', load: at('./phone/Visit.svelte') },
  { path: '/visit/:record', frame: 'phone', load: at('./phone/Visit.svelte') },
  { path: '/cases', frame: 'phone', load: at('./phone/Cases.svelte') },
  { path: '/cases/:record', frame: 'phone', load: at('./phone/Case.svelte') },
  { path: '/cases/:record/note', frame: 'phone', load: at('./phone/CaseNote.svelte') },
  { path: '/shifts', frame: 'phone', load: at('./phone/Shifts.svelte') },
  { path: '/shifts/:record', frame: 'phone', load: at('./phone/Shift.svelte') },
  { path: '/hours', frame: 'phone', load: at('./phone/Hours.svelte') },
  { path: '/record/:kind/new', frame: 'phone', load: at('./records/RecordEdit.svelte') },
  { path: '/record/:kind/:record', frame: 'phone', load: at('./records/RecordPage.svelte') },
  { path: '/record/:kind/:record/edit', frame: 'phone', load: at('./records/RecordEdit.svelte') },
  { path: '/sync', frame: 'phone', load: at('./phone/SyncCentre.svelte') },
  { path: '/inbox', frame: 'phone', load: at('./phone/Inbox.svelte') },
  { path: '/me', frame: 'phone', load: at('./phone/Me.svelte') },

  { path: '/workbench', frame: 'desk', load: at('./desk/Workbench.svelte') },
  { path: '/review', frame: 'desk', load: at('./desk/Review.svelte') },
  { path: '/review/:record', frame: 'desk', load: at('./desk/Review.svelte') },
  { path: '/approve', frame: 'desk', load: at('./desk/Approve.svelte') },
  { path: '/hours/new', frame: 'desk', load: at('./desk/HoursNew.svelte') }
];

export const frames: Record<Exclude<Frame, 'none'>, () => Promise<{ default: Component<{ children: import('svelte').Snippet }> }>> = {
  phone: at('./phone/PhoneFrame.svelte') as never,
  desk: at('./desk/DeskFrame.svelte') as never
};

/** Where `/` leads: the first screen of a phone or of a desk. */
export const homes = { phone: '/today', desk: '/workbench' } as const;

/** The screen of a path with the parts named in it, or undefined when there is none. */
export function screenAt(path: string): Found | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  for (const screen of screens) {
    const pattern = screen.path.split('/').filter((part) => part !== '');
    if (pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((wanted, at) => {
      const part = parts[at] ?? '';
      if (!wanted.startsWith(':')) return wanted === part;
      params[wanted.slice(1)] = part;
      return true;
    });
    if (fits) return { screen, params };
  }
  return undefined;
}
