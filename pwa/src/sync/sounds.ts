// Which names on this phone sound like one that is being written. How a character is read is learned from the names that
// came from the centre with their pinyin: the phone has no dictionary. Searching by typed pinyin is search.ts.
import type { Entry, SearchIndex } from './search';

const syllable = /^(?:[zcs]h|[bpmfdtnlgkhjqxrwyzcs])?[aeiouvü]+(?:ng?|r)?$/;
const partsOf = new WeakMap<Entry, string[] | null>();

/** The records whose name sounds like this one, character by character; of a character nobody has, only itself does. */
export function soundingLike(index: SearchIndex, name: string): string[] {
  const characters = [...name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '')];
  if (characters.length < 2) return [];
  const readings = learned(index, new Set(characters));
  const found: string[] = [];
  for (const [record, entry] of index) {
    const others = [...entry.names.trim()];
    if (others.length !== characters.length) continue;
    const parts = syllables(entry);
    if (characters.every((one, at) => one === others[at] || (parts !== null && readings.get(one)?.has(parts[at] ?? '') === true))) found.push(record);
  }
  return found;
}

/** How each of these characters is read in the names that are here. */
function learned(index: SearchIndex, wanted: Set<string>): Map<string, Set<string>> {
  const readings = new Map<string, Set<string>>();
  for (const entry of index.values()) {
    const names = [...entry.names.trim()];
    if (!names.some((one) => wanted.has(one))) continue;
    const parts = syllables(entry);
    if (parts?.length !== names.length) continue;
    names.forEach((one, at) => { if (wanted.has(one)) readings.set(one, (readings.get(one) ?? new Set()).add(parts[at] ?? '')); });
  }
  return readings;
}

function syllables(entry: Entry): string[] | null {
  const known = partsOf.get(entry);
  if (known !== undefined) return known;
  const [whole = '', initials = ''] = entry.pinyin.trim().split(' ');
  const parts = parted(whole, initials);
  partsOf.set(entry, parts);
  return parts;
}

/** `wangxiulan` with `wxl` as its three syllables; null where it cannot be. */
export function parted(whole: string, initials: string): string[] | null {
  if (initials === '') return whole === '' ? [] : null;
  if (!whole.startsWith(initials.charAt(0))) return null;
  // The longest first: `xian` is rather one syllable than the end of one and a beginning.
  for (let length = Math.min(6, whole.length); length > 0; length -= 1) {
    const first = whole.slice(0, length);
    if (!syllable.test(first)) continue;
    const rest = parted(whole.slice(length), initials.slice(1));
    if (rest) return [first, ...rest];
  }
  return null;
}
