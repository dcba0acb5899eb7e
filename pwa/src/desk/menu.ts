// The menu of the desk for the roles of a person: what they review, visit and organise, as the declarations say. How the
// menu looks is DeskFrame.svelte.
import { schema } from '../schema/schema';
import type { DeclaredKind } from '../schema/model';
import type { IconName } from '../ui/icons';

export type EntryName = 'workbench' | 'review' | 'visits' | 'requests' | 'homes' | 'cases' | 'groups' | 'tasks' | 'follow_ups' | 'incidents' | 'register' | 'import_register' | 'volunteer_files' | 'trainings' | 'duties' | 'hours_to_approve' | 'write_hours' | 'hours_report' | 'hour_rules' | 'hour_checks' | 'recognition' | 'members' | 'devices' | 'audit' | 'exports' | 'openings' | 'retention' | 'calendar' | 'review_setting' | 'ways_in' | 'sync' | 'help' | 'me';
export interface Entry { name: EntryName; href: string; icon: IconName }
export interface Group { name: 'outreach' | 'volunteers' | 'manage' | 'own' | null; entries: Entry[] }

const hours = 'hour_entry';

function kinds(): DeclaredKind[] {
  return Object.values(schema.kinds);
}

/** The kinds these roles review, and not only where somebody must stand in. */
export function reviewedBy(roles: readonly string[]): string[] {
  const reviews = ({ review }: DeclaredKind, role: string) => review?.by[role] !== undefined && !review.stands_in?.includes(role);
  return kinds().filter((kind) => roles.some((role) => reviews(kind, role))).map((kind) => kind.name);
}

/** Whether these roles settle two versions or review anything at all. */
export function decides(roles: readonly string[]): boolean {
  return reviewedBy(roles).length > 0 || kinds().some((kind) => roles.some((role) => kind.access.settle[role] !== undefined));
}

/** Whether these roles only look on: they see what others decide, at a desk. */
export function looksOn(roles: readonly string[]): boolean {
  const sees = kinds().some((kind) => roles.some((role) => kind.access.see[role] !== undefined));
  return !decides(roles) && sees && roles.some((role) => schema.roles[role]?.home === 'desk');
}

/** Whether these roles give tickets to people. */
export function dispatches(roles: readonly string[]): boolean {
  return roles.some((role) => schema.kinds.field_task?.states?.moves.some((move) => move.to === 'dispatched' && move.by.includes(role)));
}

/** Whether these roles see a kind beyond what is their own. */
function answersFor(kind: string, roles: readonly string[]): boolean {
  return roles.some((role) => schema.kinds[kind]?.access.see[role]?.some((reach) => reach !== 'own'));
}

/** Whether these roles certify hours of volunteers, be it as a second person. */
export function approvesHours(roles: readonly string[]): boolean {
  return roles.some((role) => schema.kinds[hours]?.review?.by[role] !== undefined);
}

/** Whether these roles do something that needs no record; to whom, is the centre's to judge. */
export function may(act: string, roles: readonly string[]): boolean {
  return roles.some((role) => schema.acts[act]?.includes(role));
}

/** Groups that would be empty are absent. Homes and cases are read from this machine, so only for who has copies here. */
export function menuOf(roles: readonly string[]): Group[] {
  const has_copies = (kind: string) => roles.some((role) => schema.roles[role]?.replicates === true && schema.kinds[kind]?.access.see[role] !== undefined);
  const sees = (kind: string) => roles.some((role) => schema.roles[role]?.home === 'desk' && schema.kinds[kind]?.access.see[role] !== undefined);
  const creates = (kind: string) => roles.some((role) => schema.kinds[kind]?.access.create[role] !== undefined);
  const entry = (shown: boolean, name: EntryName, href: string, icon: IconName): Entry[] => (shown ? [{ name, href, icon }] : []);
  const groups: Group[] = [
    { name: null, entries: [...entry(true, 'workbench', '/workbench', 'note'), ...entry(decides(roles) || looksOn(roles), 'review', '/review', 'check')] },
    { name: 'outreach', entries: [...entry(sees('home_visit'), 'visits', '/visits', 'door'), ...entry(sees('visit_request'), 'requests', '/requests', 'calendar'), ...entry(has_copies('household'), 'homes', '/homes', 'home'), ...entry(has_copies('case'), 'cases', '/case-board', 'folder'), ...entry(sees('group'), 'groups', '/groups', 'people'), ...entry(dispatches(roles), 'tasks', '/task-board', 'flag'), ...entry(answersFor('follow_up', roles), 'follow_ups', '/follow-up-board', 'phone'), ...entry(answersFor('incident', roles), 'incidents', '/incident-board', 'held'), ...entry(sees('household'), 'register', '/register', 'note'), ...entry(may('register.import', roles), 'import_register', '/register/import', 'enter')] },
    { name: 'volunteers', entries: [...entry(has_copies('volunteer') && answersFor('volunteer', roles), 'volunteer_files', '/volunteers', 'people'), ...entry(has_copies('training') && answersFor('training', roles), 'trainings', '/trainings', 'calendar'), ...entry(has_copies('duty') && creates('duty'), 'duties', '/duty-board', 'calendar'), ...entry(approvesHours(roles), 'hours_to_approve', '/approve', 'hours'), ...entry(approvesHours(roles) && creates(hours), 'write_hours', '/hours/new', 'draft'), ...entry(approvesHours(roles), 'hours_report', '/hours/report', 'note'), ...entry(approvesHours(roles) && sees('hour_rule'), 'hour_rules', '/hour-rules', 'calendar'), ...entry(may('hour_checks.draw', roles), 'hour_checks', '/hour-checks', 'check'), ...entry(may('recognition.see', roles), 'recognition', '/recognition-board', 'care')] },
    { name: 'manage', entries: [...entry(may('devices.see', roles), 'members', '/members', 'people'), ...entry(may('devices.see', roles), 'devices', '/devices', 'phone'), ...entry(may('audit.read', roles), 'audit', '/audit', 'eye'), ...entry(may('export.see', roles), 'exports', '/exports', 'download'), ...entry(may('openings.see', roles), 'openings', '/openings', 'care'), ...entry(may('retention.see', roles), 'retention', '/retention', 'hours'), ...entry(creates('calendar_year'), 'calendar', '/calendar', 'calendar'), ...entry(creates('review_setting'), 'review_setting', '/review-setting', 'check')] },
    { name: 'own', entries: [...entry(true, 'sync', '/sync', 'sent'), ...entry(may('recovery.make', roles), 'ways_in', '/ways-in', 'lock'), ...entry(true, 'help', '/help', 'help'), ...entry(true, 'me', '/me', 'person')] },
  ];
  return groups.filter((group) => group.entries.length > 0);
}
