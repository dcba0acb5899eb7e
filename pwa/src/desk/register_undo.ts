// What the desk asks about imports that can still be undone. What is shown stands in RegisterImports.svelte.
import { problemFields } from '../graphql';
import { gql } from '../view';
import type { RegisterRepair } from './register';

export interface RegisterImported { id: string; at: string; by_name: string; households: number; residents: number; until: string }
export interface RegisterUndone { problem: RegisterRepair['problem'] | null; households: number; residents: number; kept: { record: string; kind: string; title_zh: string; title_en: string }[]; kept_more: number }

const register_imports = 'query register_imports { register_imports { id at by_name households residents until } }';
const undo_import = `mutation undo_import($id: ID!) { undo_import(id: $id) {
  problem { ${problemFields} } households residents kept { record kind title_zh title_en } kept_more } }`;
// Five thousand records are put away before the answer comes.
const secondsMax = 120;

/** The imports of the last seven days. */
export async function askImports(): Promise<RegisterImported[]> {
  return (await gql<{ register_imports: RegisterImported[] }>(register_imports, {})).register_imports;
}

/** Take an import back; asked again, it finds nothing more to do. */
export async function sendUndo(id: string): Promise<RegisterUndone> {
  return (await gql<{ undo_import: RegisterUndone }>(undo_import, { id }, secondsMax)).undo_import;
}
