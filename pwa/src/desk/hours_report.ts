// What the report of hours asks of the centre, and whether what it was told adds up. Showing it is HoursReport.svelte.
import { gql, nameOf } from '../view';

export type By = 'month' | 'project' | 'volunteer' | 'month+project';
export const bys: readonly By[] = ['month', 'project', 'volunteer', 'month+project'];
export type HourState = 'certified' | 'waiting' | 'returned' | 'rejected' | 'corrected';

/** Which entries; days both included. */
export interface Where { volunteer?: string; project?: string; month?: string; from_on?: string; to_on?: string }
export interface Total { key: string; certified: number; waiting: number; entries: number }
export interface Totals { items: Total[]; certified: number; waiting: number; entries: number }
export interface Line {
  record: string; volunteer: string; activity: string; project: string | null; worked_on: string; started_at: string; ended_at: string;
  minutes_written: number; minutes_counted: number; state: HourState; provenance: string;
}
export interface Page { items: Line[]; next: string | null; total: number }

const totals = `query hour_totals($by: String!, $where: HourFilter) { hour_totals(by: $by, where: $where) {
  certified waiting entries items { key certified waiting entries } } }`;
const lines = `query hour_lines($where: HourFilter, $first: Int!, $after: String) { hour_lines(where: $where, first: $first, after: $after) {
  total next items { record volunteer activity project worked_on started_at ended_at minutes_written minutes_counted state provenance } } }`;
const rows_a_page = 50;

export async function askTotals(by: By, where: Where): Promise<Totals> {
  return (await gql<{ hour_totals: Totals }>(totals, { by, where: { ...where } })).hour_totals;
}

export async function askLines(where: Where, after: string | null): Promise<Page> {
  return (await gql<{ hour_lines: Page }>(lines, { where: { ...where }, first: rows_a_page, after })).hour_lines;
}

type Sum = Pick<Total, 'certified' | 'waiting' | 'entries'>;

/** Whether the parts make up the whole, in both numbers and in how many there are. */
export function addsUp(found: Totals): boolean {
  return same(found, sumOf(found.items));
}

function sumOf(items: readonly Sum[]): Sum {
  return items.reduce((sum, one) => ({ certified: sum.certified + one.certified, waiting: sum.waiting + one.waiting, entries: sum.entries + one.entries }), { certified: 0, waiting: 0, entries: 0 });
}

function same(one: Sum, other: Sum): boolean {
  return one.certified === other.certified && one.waiting === other.waiting && one.entries === other.entries;
}

/** Whether the entries that count make up the total they were listed for. */
export function linesAddUp(lines_of: readonly Line[], total: Sum): boolean {
  const counting = lines_of.filter((line) => line.state === 'certified' || line.state === 'waiting');
  return same(total, sumOf(counting.map((line) => ({
    certified: line.state === 'certified' ? line.minutes_counted : 0, waiting: line.state === 'waiting' ? line.minutes_counted : 0, entries: 1
  }))));
}

/** What one total of a report is about, as a filter of its entries. */
export function whereOf(by: By, key: string, within: Where): Where {
  const [month = '', ...rest] = key.split('+');
  if (by === 'month') return { ...within, month: key };
  if (by === 'project') return { ...within, project: key };
  if (by === 'volunteer') return { ...within, volunteer: key };
  return { ...within, month, project: rest.join('+') };
}

/** Totals in the order of people's names, or the newest month first; never by how much they come to. */
export function inOrder(by: By, items: readonly Total[]): Total[] {
  const collator = new Intl.Collator('zh-CN', { numeric: true });
  if (by === 'volunteer') return [...items].sort((one, other) => collator.compare(nameOf(one.key), nameOf(other.key)));
  if (by === 'project') return [...items].sort((one, other) => collator.compare(one.key, other.key));
  return [...items].sort((one, other) => other.key.slice(0, 7).localeCompare(one.key.slice(0, 7)) || collator.compare(one.key, other.key));
}

/** 2026 年 11 月. */
export function monthWords(month: string, language: 'zh' | 'en'): string {
  const [year = '', number = ''] = month.split('-');
  return language === 'zh' ? `${year} 年 ${Number(number)} 月` : month;
}
