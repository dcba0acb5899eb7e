// What the desk asks and does about visits: the visits of some days, the homes that are due, what a pasted list means, and
// planning, which is one ordinary save for each home. How it looks is Visits.svelte and VisitPlan.svelte.
import { gql, list, save, type Hit, type Member, type Me, type Saved } from '../view';

export type Why = 'missed' | 'requested' | 'follow_up' | 'rebook' | 'skipped' | 'long_ago';
export const whys: readonly Why[] = ['missed', 'requested', 'follow_up', 'rebook', 'skipped', 'long_ago'];
export interface HomeDue {
  household: string; why: Why; on: string | null; visit: string | null; request: string | null; assigned_to: string | null;
  planned_on: string | null; note: string | null; building: string; title_zh: string; title_en: string;
}
export interface VisitLine {
  record: string; household: string; home_zh: string; home_en: string; resident: string | null; building: string;
  assigned_to: string | null; planned_on: string | null; planned_at: string | null; visited_on: string | null;
  outcome: string | null; condition: string | null; reason: string | null; skipped: string | null; skipped_because: string | null; review: string | null;
}
export interface Page<Row> { items: Row[]; total: number }

const homes_asked = `query homes_due($until: String!, $days: Int, $why: String) { homes_due(until: $until, days: $days, why: $why) {
  total items { household why on visit request assigned_to planned_on note building title_zh title_en } } }`;
const visits_asked = `query visits_between($first: String!, $last: String!) { visits_between(first: $first, last: $last) {
  total items { record household home_zh home_en resident building assigned_to planned_on planned_at visited_on outcome condition reason skipped skipped_because review } } }`;

export async function askDue(until: string, days: number, why: Why | null): Promise<Page<HomeDue>> {
  return (await gql<{ homes_due: Page<HomeDue> }>(homes_asked, { until, days, why })).homes_due;
}

export async function askVisits(first: string, last: string): Promise<Page<VisitLine>> {
  return (await gql<{ visits_between: Page<VisitLine> }>(visits_asked, { first, last })).visits_between;
}

export type LineState = 'planned' | 'late' | 'done' | 'skipped';

/** Where a visit has come to; a day that is over without an answer is late, and never simply gone. */
export function stateOf(line: Pick<VisitLine, 'outcome' | 'skipped' | 'planned_on'>, today: string): LineState {
  if (line.outcome) return 'done';
  if (line.skipped) return 'skipped';
  return line.planned_on !== null && line.planned_on < today ? 'late' : 'planned';
}

/** Who goes on visits in the teams of this person. */
export function workersFor(me: Me | null, members: Iterable<Member>): Member[] {
  const teams = new Set((me?.teams ?? []).map((team) => team.id));
  return [...members].filter((member) => member.roles.includes('outreach_worker') && member.teams.some((team) => teams.has(team)));
}

/** `3-2-502` of a door however it is written, with the estate before it where one is named. */
export function doorOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/[栋幢号楼座单元室房#/\\.,，、\s_-]+/g, '-').replaceAll(/^-|-$/g, '').replaceAll(/([\u4e00-\u9fff])-?(?=\d)/g, '$1-');
}

/** The cells of a pasted line: a sheet parts them by tabs, people by commas. */
export function cellsOf(line: string): string[] {
  return line.split(/[\t,，;；|]+/).map((cell) => cell.trim()).filter((cell) => cell !== '');
}

/** The homes that a cell can only mean: the very door, or who bears the very name; a door without its estate may be several. */
export function meant(cell: string, hits: readonly Hit[]): string[] {
  const door = doorOf(cell);
  const found = hits.filter((hit) => (hit.kind === 'household' ? isDoor(doorOf(hit.title), door) : hit.title === cell.trim()));
  return [...new Set(found.map((hit) => (hit.kind === 'household' ? hit.record : hit.household)).filter((home) => home !== null))];
}

function isDoor(known: string, asked: string): boolean {
  return /\d/.test(asked) && (known === asked || known.endsWith(`-${asked}`));
}

/** What a pasted line means: one home, several to choose from, or none. `find` searches the register of this machine. */
export async function readLine(line: string, find: (text: string) => Promise<Hit[]>): Promise<string[]> {
  const cells = cellsOf(line);
  const whole = meant(cells.join(' '), await find(cells.join(' ')));
  if (whole.length === 1 || cells.length < 2) return whole;
  let homes: string[] | null = whole.length > 0 ? whole : null;
  for (const cell of cells) {
    const said = meant(cell, await find(cell));
    if (said.length === 0) continue;
    const both: string[] = homes === null ? said : homes.filter((home) => said.includes(home));
    // A cell that contradicts the others is no help: what both say counts, else what was said first.
    if (both.length > 0) homes = both;
  }
  return homes ?? [];
}

export interface Choice { household: string; title: string; why: Why | null; visit: string | null; request: string | null }
const reasons: Record<Why, string> = { missed: 'routine', requested: 'requested', follow_up: 'follow_up', rebook: 'routine', skipped: 'routine', long_ago: 'routine' };
/** Said of a home for which somebody is planned that day already, with whom. */
export interface Already { already: string }

/**
 * Plan one home: what was planned and not done gets another day; for all others a visit is written, and the request that
 * asked for it is told which. A home that somebody goes to that day already is left as it is, and is what was asked for.
 */
export async function planOne(choice: Choice, worker: string, day: string): Promise<Saved | Already> {
  const known = await list('home_visit', 'household', choice.household);
  const there = known.find((visit) => visit.values['planned_on'] === day && !visit.values['outcome'] && !visit.values['skipped'] && visit.record !== choice.visit);
  if (there && choice.request) {
    const told = await save('home_visit', there.record, { request: choice.request });
    return told.problems ? told : save('visit_request', choice.request, { state: 'planned', visit: there.record });
  }
  if (there) return { already: String(there.values['assigned_to']) };
  if (choice.why === 'missed' && choice.visit) return save('home_visit', choice.visit, { assigned_to: worker, planned_on: day, planned_at: null });
  const people = (await list('resident', 'household', choice.household)).filter((one) => !one.values['deceased_on']);
  const only = people.length === 1 ? people[0]?.record : undefined;
  const planned = await save('home_visit', null, {
    household: choice.household, assigned_to: worker, planned_on: day, reason: choice.why === null ? 'routine' : reasons[choice.why],
    ...(only ? { resident: only } : {}), ...(choice.request ? { request: choice.request } : {}),
  });
  if (planned.problems || !choice.request) return planned;
  const told = await save('visit_request', choice.request, { state: 'planned', visit: planned.record });
  return told.problems ? told : planned;
}

