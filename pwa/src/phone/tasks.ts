// Tickets in order of their clocks, and what a step adds to the way of one. Showing them is Tasks.svelte, Task.svelte and
// the desk's TaskBoard.svelte.
import { instant, newRow, type RecordView } from '../view';
import type { Json, Values } from '../records/declared';
import { stateOf } from '../records/steps';
import { nextDeadline } from '../schema/clocks';

export const kind = 'field_task';
interface Listed { kind: string; values: Values }

/** Whether somebody still has something to do with a ticket. */
export function isOpenTask(task: Listed): boolean {
  return stateOf(task) !== 'closed';
}

/** Whether a follow-up still waits for who asks. */
export function isToAsk(state: string): boolean {
  return state === 'drawn' || state === 'attempted' || state === 'problem_open' || state === 'resolved';
}

/** The clock that ends first comes first; then those over which none runs, the newest first. */
export function byClock<Row extends Listed>(tasks: Row[]): Row[] {
  const due = (task: Row) => nextDeadline(task.kind, task.values)?.due_at ?? '9999';
  const raised = (task: Row) => String(task.values.raised_at ?? '');
  return [...tasks].sort((one, other) => due(one).localeCompare(due(other)) || raised(other).localeCompare(raised(one)));
}

/** The row that says when, who and what; kept for ever, whoever else writes at the same time. */
export function node(person: string, what: string): Record<string, Json> {
  return { [`nodes.${newRow()}`]: { at: instant(new Date()), who: person, what: what.slice(0, 200) } };
}

export interface Node { at: string; who: string; what: string }

/** What happened with a ticket, newest first, beginning with its being taken down. */
export function wayOf(task: Pick<RecordView, 'values' | 'standing'>, taken_down: string): Node[] {
  const rows = Object.values((task.values.nodes ?? {}) as Record<string, Partial<Node>>);
  const begun = { at: String(task.values.raised_at ?? ''), who: task.standing?.created_by ?? '', what: taken_down };
  return [begun, ...rows.map((row) => ({ at: row.at ?? '', who: row.who ?? '', what: row.what ?? '' }))].sort((one, other) => other.at.localeCompare(one.at));
}
