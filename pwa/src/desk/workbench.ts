// Which queues a role sees on the workbench, in the order in which they should be emptied, and where each leads.
import { approvesHours, decides, dispatches, reviewedBy } from './menu';
import type { Workbench } from './shapes';

export const queueNames = ['urgent', 'overdue', 'conflicts', 'waiting', 'hours', 'duplicates', 'held', 'returned'] as const;
export type QueueName = (typeof queueNames)[number];
export interface Queue { name: QueueName; count: number; href: string }

/** The queues of these roles with their counts. What is returned waits for others, so it comes last. */
export function queuesFor(roles: readonly string[], now: Workbench | null): Queue[] {
  const reviews_more = reviewedBy(roles).some((kind) => kind !== 'hour_entry');
  const hours = approvesHours(roles);
  const any = decides(roles);
  const counts: Record<QueueName, number> = {
    urgent: now?.urgent ?? 0,
    overdue: now?.overdue ?? 0,
    conflicts: now?.conflicts ?? 0,
    // Hours have a queue of their own; the same entry is not counted in two of them.
    waiting: Math.max(0, (now?.waiting ?? 0) - (hours ? (now?.hours_waiting ?? 0) : 0)),
    hours: now?.hours_waiting ?? 0,
    duplicates: now?.duplicates ?? 0,
    held: now?.held ?? 0,
    returned: now?.returned ?? 0,
  };
  const hrefs: Record<QueueName, string> = {
    urgent: '/review?tab=waiting&urgent=1', overdue: '/task-board', conflicts: '/review?tab=conflicts', waiting: '/review?tab=waiting', hours: '/approve',
    duplicates: hours && !reviews_more ? '/approve' : '/review?tab=duplicates', held: '/review?tab=held', returned: '/review?tab=returned',
  };
  const shown: Record<QueueName, boolean> = { urgent: reviews_more, overdue: dispatches(roles), conflicts: any, waiting: reviews_more, hours, duplicates: any, held: any, returned: any };
  return queueNames.filter((name) => shown[name]).map((name) => ({ name, count: counts[name], href: hrefs[name] }));
}
