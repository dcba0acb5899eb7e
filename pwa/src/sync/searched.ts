// Which records can be found by typing, and where what belongs to that lies among a person's facts. What is found is
// search.ts; how the index is kept is search_kept.ts.
import { schema } from '../schema/schema';

/** Kinds with at least one field that declares how it is searched. */
export const searchedKinds = (): string[] => Object.values(schema.kinds)
  .filter((kind) => kind.fields.some((field) => field.search !== undefined))
  .map((kind) => kind.name);

/** Every fact about the search begins so. */
export const aboutSearch = 'search.';
/** Facts of this beginning name records that have changed since the index was kept. */
export const changedSince = `${aboutSearch}changed.`;
