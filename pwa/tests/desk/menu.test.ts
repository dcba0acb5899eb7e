// What each role finds at the desk: only what it reviews, visits or organises.
import { expect, it } from 'vitest';
import { menuOf } from '../../src/desk/menu';
import { queuesFor } from '../../src/desk/workbench';

const figures = { waiting: 9, oldest_waiting_hours: 3, conflicts: 2, duplicates: 1, returned: 4, held: 1, passed: 0, answered: 0, answer_median_days: null, urgent: 3, hours_waiting: 7, openings: 0, overdue: 2, reviewed_today: 0 };

function entries(...roles: string[]): string[] {
  return menuOf(roles).flatMap((group) => group.entries.map((entry) => entry.name));
}

it('shows a supervisor review and the homes of her teams, and no hours', () => {
  expect(entries('supervisor')).toEqual(['workbench', 'review', 'visits', 'requests', 'homes', 'cases', 'groups', 'tasks', 'follow_ups', 'incidents', 'register', 'import_register', 'members', 'devices', 'exports', 'openings', 'retention', 'sync', 'ways_in', 'help', 'me']);
});
it('shows a coordinator the hours, to approve and to write', () => {
  expect(entries('volunteer_coordinator')).toEqual(['workbench', 'review', 'groups', 'volunteer_files', 'trainings', 'duties', 'hours_to_approve', 'write_hours', 'hours_report', 'hour_rules', 'hour_checks', 'recognition', 'members', 'devices', 'exports', 'sync', 'ways_in', 'help', 'me']);
});
it('shows a clerk and a director, who keep no copies and decide on nothing, the workbench and the lists to look at', () => {
  expect(entries('window_clerk')).toEqual(['workbench', 'review', 'requests', 'register', 'sync', 'help', 'me']);
  expect(entries('director')).toEqual(['workbench', 'review', 'visits', 'requests', 'groups', 'tasks', 'follow_ups', 'incidents', 'register', 'import_register', 'hours_to_approve', 'hours_report', 'hour_rules', 'hour_checks', 'recognition', 'members', 'devices', 'audit', 'exports', 'openings', 'retention', 'calendar', 'review_setting', 'sync', 'ways_in', 'help', 'me']);
  expect(entries('outreach_worker')).not.toContain('review');
});
it('empties urgent records first and counts hours once', () => {
  expect(queuesFor(['supervisor'], figures).map((queue) => queue.name)).toEqual(['urgent', 'overdue', 'conflicts', 'waiting', 'duplicates', 'held', 'returned']);
  const coordinator = queuesFor(['volunteer_coordinator'], { ...figures, waiting: 7 });
  expect(coordinator.find((queue) => queue.name === 'hours')?.count).toBe(7);
  expect(coordinator.map((queue) => queue.name)).not.toContain('waiting');
});
