// Every screen of the app with its path, its frame and its code, in one list. What a screen shows stands in its file.
import type { Component, Snippet } from 'svelte';

/** What every screen is given; one that needs neither simply declares neither, hence `never` below. */
export interface ScreenProps { params: Record<string, string>; query: URLSearchParams }
type Load = () => Promise<{ default: Component<never> }>;
export type Frame = 'phone' | 'desk' | 'none';
export interface Screen { path: string; frame: Frame; load: Load }
export interface Found { screen: Screen; params: Record<string, string> }

export const screens: Screen[] = [
  { path: '/sign-in', frame: 'none', load: () => import('./auth/SignIn.svelte') },
  { path: '/e', frame: 'none', load: () => import('./auth/Enrol.svelte') },
  { path: '/help', frame: 'none', load: () => import('./auth/Help.svelte') },
  // For anybody who holds a paper, whoever they are.
  { path: '/verify', frame: 'none', load: () => import('./recognition/Verify.svelte') },

  { path: '/today', frame: 'phone', load: () => import('./phone/Today.svelte') },
  { path: '/homes', frame: 'phone', load: () => import('./phone/Homes.svelte') },
  { path: '/homes/:household', frame: 'phone', load: () => import('./phone/Home.svelte') },
  { path: '/card/:household', frame: 'phone', load: () => import('./phone/Card.svelte') },
  { path: '/visit/new/:household', frame: 'phone', load: () => import('./phone/Visit.svelte') },
  { path: '/visit/:record', frame: 'phone', load: () => import('./phone/Visit.svelte') },
  { path: '/cases', frame: 'phone', load: () => import('./phone/Cases.svelte') },
  { path: '/cases/:record', frame: 'phone', load: () => import('./phone/Case.svelte') },
  { path: '/cases/:record/note', frame: 'phone', load: () => import('./phone/CaseNote.svelte') },
  { path: '/cases/:record/confidential', frame: 'phone', load: () => import('./phone/Confidential.svelte') },
  { path: '/incidents/new', frame: 'phone', load: () => import('./phone/IncidentNew.svelte') },
  { path: '/incidents/:record', frame: 'phone', load: () => import('./phone/Incident.svelte') },
  { path: '/tasks', frame: 'phone', load: () => import('./phone/Tasks.svelte') },
  { path: '/tasks/:record', frame: 'phone', load: () => import('./phone/Task.svelte') },
  { path: '/sessions', frame: 'phone', load: () => import('./phone/Sessions.svelte') },
  { path: '/sessions/:record', frame: 'phone', load: () => import('./phone/Attendance.svelte') },
  { path: '/sessions/:record/sheet', frame: 'none', load: () => import('./phone/SignInSheet.svelte') },
  { path: '/groups/:record', frame: 'phone', load: () => import('./phone/Group.svelte') },
  { path: '/follow-ups', frame: 'phone', load: () => import('./phone/FollowUps.svelte') },
  { path: '/shifts', frame: 'phone', load: () => import('./phone/Shifts.svelte') },
  { path: '/shifts/:record', frame: 'phone', load: () => import('./phone/Shift.svelte') },
  { path: '/duties/:record', frame: 'phone', load: () => import('./phone/Duty.svelte') },
  { path: '/duties/:record/sign-in', frame: 'phone', load: () => import('./phone/SignInList.svelte') },
  { path: '/duties/:record/poster', frame: 'none', load: () => import('./phone/CodePoster.svelte') },
  { path: '/volunteer', frame: 'phone', load: () => import('./phone/Volunteer.svelte') },
  { path: '/trainings/:record', frame: 'phone', load: () => import('./phone/Training.svelte') },
  { path: '/hours', frame: 'phone', load: () => import('./phone/Hours.svelte') },
  { path: '/hours/compare', frame: 'phone', load: () => import('./phone/HoursCompare.svelte') },
  { path: '/recognition', frame: 'phone', load: () => import('./recognition/Recognition.svelte') },
  { path: '/record/:kind/new', frame: 'phone', load: () => import('./records/RecordEdit.svelte') },
  { path: '/record/:kind/:record', frame: 'phone', load: () => import('./records/RecordPage.svelte') },
  { path: '/record/:kind/:record/edit', frame: 'phone', load: () => import('./records/RecordEdit.svelte') },
  { path: '/sync', frame: 'phone', load: () => import('./phone/SyncCentre.svelte') },
  { path: '/inbox', frame: 'phone', load: () => import('./phone/Inbox.svelte') },
  { path: '/me', frame: 'phone', load: () => import('./phone/Me.svelte') },
  { path: '/day-pack', frame: 'phone', load: () => import('./day_pack/DayPack.svelte') },

  { path: '/visits', frame: 'desk', load: () => import('./desk/Visits.svelte') },
  { path: '/requests', frame: 'desk', load: () => import('./desk/Requests.svelte') },
  { path: '/visits/plan', frame: 'desk', load: () => import('./desk/VisitPlan.svelte') },
  { path: '/workbench', frame: 'desk', load: () => import('./desk/Workbench.svelte') },
  { path: '/review', frame: 'desk', load: () => import('./desk/Review.svelte') },
  { path: '/review/:record', frame: 'desk', load: () => import('./desk/Review.svelte') },
  { path: '/case-board', frame: 'desk', load: () => import('./desk/CaseBoard.svelte') },
  { path: '/task-board', frame: 'desk', load: () => import('./desk/TaskBoard.svelte') },
  { path: '/groups', frame: 'desk', load: () => import('./desk/GroupBoard.svelte') },
  { path: '/follow-up-board', frame: 'desk', load: () => import('./desk/FollowUpBoard.svelte') },
  { path: '/incident-board', frame: 'desk', load: () => import('./desk/IncidentBoard.svelte') },
  { path: '/incident-board/:record', frame: 'desk', load: () => import('./desk/IncidentDesk.svelte') },
  { path: '/duty-board', frame: 'desk', load: () => import('./desk/DutyBoard.svelte') },
  { path: '/approve', frame: 'desk', load: () => import('./desk/Approve.svelte') },
  { path: '/hour-rules', frame: 'desk', load: () => import('./desk/HourRules.svelte') },
  { path: '/volunteers', frame: 'desk', load: () => import('./desk/VolunteerBoard.svelte') },
  { path: '/volunteers/:record', frame: 'desk', load: () => import('./desk/VolunteerFile.svelte') },
  { path: '/trainings', frame: 'desk', load: () => import('./desk/Trainings.svelte') },
  { path: '/hours/new', frame: 'desk', load: () => import('./desk/HoursNew.svelte') },
  { path: '/hours/compare-desk', frame: 'desk', load: () => import('./desk/CompareDesk.svelte') },
  { path: '/hours/report', frame: 'desk', load: () => import('./desk/HoursReport.svelte') },
  { path: '/hour-checks', frame: 'desk', load: () => import('./desk/HourChecks.svelte') },
  { path: '/hour-checks/:record', frame: 'desk', load: () => import('./desk/HourCheck.svelte') },
  { path: '/recognition-board', frame: 'desk', load: () => import('./desk/RecognitionBoard.svelte') },
  { path: '/members', frame: 'desk', load: () => import('./desk/Members.svelte') },
  { path: '/members/:person/hand-over', frame: 'desk', load: () => import('./desk/HandOver.svelte') },
  { path: '/devices', frame: 'desk', load: () => import('./desk/Devices.svelte') },
  { path: '/devices/:device/report', frame: 'desk', load: () => import('./desk/DeviceReport.svelte') },
  { path: '/audit', frame: 'desk', load: () => import('./desk/Audit.svelte') },
  { path: '/exports', frame: 'desk', load: () => import('./desk/Exports.svelte') },
  { path: '/register', frame: 'desk', load: () => import('./desk/Register.svelte') },
  { path: '/register/import', frame: 'desk', load: () => import('./desk/RegisterImport.svelte') },
  { path: '/calendar', frame: 'desk', load: () => import('./desk/Calendar.svelte') },
  { path: '/review-setting', frame: 'desk', load: () => import('./desk/ReviewSetting.svelte') },
  { path: '/ways-in', frame: 'desk', load: () => import('./desk/WaysIn.svelte') },
  { path: '/retention', frame: 'desk', load: () => import('./desk/Retention.svelte') },
  { path: '/retention/:record', frame: 'desk', load: () => import('./desk/Retention.svelte') },
  { path: '/openings', frame: 'desk', load: () => import('./desk/Openings.svelte') },
  { path: '/beyond', frame: 'desk', load: () => import('./desk/Beyond.svelte') },
  { path: '/opened/:record', frame: 'desk', load: () => import('./desk/Opened.svelte') }
];

/** What stands around a screen: the bar of a phone, the sidebar of a desk. */
export const frames: Record<Exclude<Frame, 'none'>, () => Promise<{ default: Component<{ children: Snippet }> }>> = {
  phone: () => import('./phone/PhoneFrame.svelte'),
  desk: () => import('./desk/DeskFrame.svelte')
};

// Narrower than this a menu beside the screen would leave too little of it.
const beside_menu = '(min-width: 900px) and (min-height: 561px)';

/** What stands around a screen for somebody: whoever works at a desk keeps the menu there beside a screen of the phone. */
export function frameFor(screen: Screen, home: 'phone' | 'desk' | undefined): Frame {
  return screen.frame === 'phone' && home === 'desk' && matchMedia(beside_menu).matches ? 'desk' : screen.frame;
}

/** What is shown also to whoever is not in yet. */
export const at_door: ReadonlySet<string> = new Set(['/sign-in', '/e', '/help', '/verify']);

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
