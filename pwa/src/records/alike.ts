// Who is on this phone already and may be the one that is being written down: by the declared signs of a double, or by the
// same name. Asked while somebody types, so it only ever reads this phone. Showing it is Alike.svelte.
import { getMany, list, soundsLike, type RecordView } from '../view';
import { kindOf } from '../schema/schema';
import { likenessTo, plainText as text } from '../schema/likeness';
import type { Duplicate } from '../schema/model';
import type { Values } from './declared';

export interface Alike { record: RecordView; likeness: 'very' | 'some' }

const shownMax = 3;

/** The records of a kind that are like these values, the likest first. */
export async function alikeTo(kind: string, values: Values): Promise<Alike[]> {
  const declared = kindOf(kind);
  if (!declared?.aliases) return [];
  const named = declared.fields.find((field) => field.search === 'name')?.name;
  const name = named === undefined ? '' : text(values[named]);
  const sounding = new Set(name.length > 1 ? await soundsLike(name) : []);
  const read = await Promise.all([getMany([...sounding]), ...declared.duplicates.map((rule) => candidates(kind, rule, values))]);
  const known = new Map(read.flat().filter((one) => one?.kind === kind && one.standing?.put_away === undefined).map((one) => [(one as RecordView).record, one as RecordView]));
  const found: Alike[] = [];
  for (const record of known.values()) {
    const likeness = likenessTo(declared.duplicates, values, record.values as Values, sounding.has(record.record))
      ?? (name !== '' && named !== undefined && text(record.values[named]) === name ? 'some' : null);
    if (likeness) found.push({ record, likeness });
  }
  return found.sort((one, other) => Number(other.likeness === 'very') - Number(one.likeness === 'very')).slice(0, shownMax);
}

/** What a declared index finds for one of the fields that must agree. */
async function candidates(kind: string, rule: Duplicate, values: Values): Promise<RecordView[]> {
  const declared = kindOf(kind);
  const has = (field: string): boolean => rule.same.includes(field) && text(values[field]) !== '';
  const reference = rule.same.find((field) => has(field) && declared?.fields.some((one) => one.name === field && one.type === 'ref'));
  if (reference !== undefined) return list(kind, reference, text(values[reference]));
  const index = declared?.indexes.find((fields) => fields.every(has));
  return index ? list(kind, index.join('+'), index.map((field) => text(values[field])).join('|')) : [];
}
