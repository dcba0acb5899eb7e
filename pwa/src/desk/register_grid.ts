// What the table of the register asks the centre. What its cells mean is register_cells.ts.
import { gql } from '../view';
import { pageRows, type GridPage, type GridView } from './register_cells';

const register_rows = `query register_rows($kind: String!, $filters: [RegisterFilter!]!, $text: String!, $sort: String, $first: Int!, $after: String) {
  register_rows(kind: $kind, filters: $filters, text: $text, sort: $sort, first: $first, after: $after) {
    items { record revision values called title_zh title_en } total next sorts } }`;

/** One page, `from` rows behind the beginning. */
export async function askRows(view: GridView, text: string, from: number): Promise<GridPage> {
  const filters = Object.entries(view.filters).filter(([, value]) => value !== '').map(([field, value]) => ({ field, value }));
  const variables = { kind: view.kind, filters, text, sort: view.sort, first: pageRows, after: from === 0 ? null : String(from) };
  return (await gql<{ register_rows: GridPage }>(register_rows, variables)).register_rows;
}
