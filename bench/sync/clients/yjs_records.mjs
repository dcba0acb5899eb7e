// How Yjs servers are given the records: a map of fields, the narrative a text that two people can write in.
// Not here: how a document travels.
import * as Y from 'yjs';

export function fill(map, record) {
  for (const [name, value] of Object.entries(record)) {
    if (name === 'narrative') {
      const text = new Y.Text();
      map.set(name, text);
      text.insert(0, value);
    } else map.set(name, value);
  }
}

/** Write the edits of two people who were offline at once, then count what is left of them after `meet`. */
export async function twoPeopleOffline(mapsOfOne, mapsOfTwo, meet) {
  for (let index = 0; index < 200; index++) {
    mapsOfOne[index].set(...(index < 100 ? ['systolic', 199] : ['services', '甲的话']));
    mapsOfTwo[index].set(...(index < 100 ? ['glucose_tenths', 333] : ['services', '乙的话']));
  }
  await meet();
  let kept = 0;
  for (let index = 0; index < 100; index++) {
    kept += [mapsOfOne, mapsOfTwo].every((maps) => maps[index].get('systolic') === 199 && maps[index].get('glucose_tenths') === 333);
  }
  // A Yjs map holds one value a key; of the other nothing can be read any more.
  return { different_kept: kept, same_visible: 0 };
}
