// What the desk asks about requests for a visit: the door they are for, which a machine without copies asks the centre for,
// and how far each has come. How it looks is Requests.svelte.
import { gql } from '../view';

export interface Home { record: string; title_zh: string; title_en: string }
export interface Request { record: string; title_zh: string; title_en: string; asked_by: string | null; asked_on: string | null; wanted: string | null; wish_on: string | null; wish_part: string | null; state: string | null }

const homes_asked = `query homes_at($where: household_where!) { household_list(first: 20, where: $where) { items { record title_zh title_en } } }`;
const requests_asked = `query requests($from: String!) { visit_request_list(first: 100, where: { asked_on_from: $from }) {
  items { record title_zh title_en asked_by asked_on wanted wish_on wish_part state } } }`;

/** The homes at a door; a part that is left open matches any. */
export async function askHomes(building: string, unit: string, room: string): Promise<Home[]> {
  const parts = Object.entries({ building, unit, room }).map(([name, text]) => [name, text.trim()] as const).filter(([, text]) => text !== '');
  if (parts.length === 0) return [];
  return (await gql<{ household_list: { items: Home[] } }>(homes_asked, { where: Object.fromEntries(parts) })).household_list.items;
}

/** The requests of this centre since a day, the newest first. */
export async function askRequests(from: string): Promise<Request[]> {
  const { visit_request_list: page } = await gql<{ visit_request_list: { items: Request[] } }>(requests_asked, { from });
  return [...page.items].reverse();
}
