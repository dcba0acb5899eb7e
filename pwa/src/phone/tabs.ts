// The four tabs and the middle action of the bottom bar for each role. Which screen a path opens is in screens.ts.
import type { IconName } from '../ui/icons';

export type TabName = 'today' | 'homes' | 'cases' | 'shifts' | 'hours' | 'workbench' | 'me';
export interface Tab { name: TabName; href: string; icon: IconName }
export type Middle = 'record' | 'sign' | 'none';

const tab: Record<TabName, Tab> = {
  today: { name: 'today', href: '/today', icon: 'calendar' },
  homes: { name: 'homes', href: '/homes', icon: 'home' },
  cases: { name: 'cases', href: '/cases', icon: 'folder' },
  shifts: { name: 'shifts', href: '/shifts', icon: 'clock' },
  hours: { name: 'hours', href: '/hours', icon: 'hours' },
  workbench: { name: 'workbench', href: '/workbench', icon: 'note' },
  me: { name: 'me', href: '/me', icon: 'person' }
};

/** The bar of a person: what they do most, two tabs on either side of the action. */
export function barOf(roles: readonly string[]): { left: Tab[]; middle: Middle; right: Tab[] } {
  if (roles.includes('outreach_worker')) return { left: [tab.today, tab.homes], middle: 'record', right: [tab.cases, tab.me] };
  if (roles.includes('volunteer')) return { left: [tab.today, tab.shifts], middle: 'sign', right: [tab.hours, tab.me] };
  if (roles.includes('supervisor')) return { left: [tab.workbench, tab.homes], middle: 'record', right: [tab.cases, tab.me] };
  return { left: [tab.workbench], middle: 'none', right: [tab.me] };
}
