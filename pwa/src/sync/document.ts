// The only use of Yjs: reading the claims of a record's state, and applying a save to a state exactly as the server
// does. What claims mean to a person is schema/view.ts; documents are opened for one record and dropped.
import * as Y from 'yjs';
import type { Claim, Json, Save } from './shapes';

/**
 * The live claims of a whole state (Yjs update, version 1). The key is split at its last colon.
 *
 * The state is decoded and not integrated: every claim has a key of its own, so there is nothing to order, and a first
 * sync of thousands of records takes a tenth of the time. Throws when the state has a hole; the centre sends whole ones.
 */
export function claimsOfState(state: Uint8Array): Claim[] {
  const { structs, ds } = Y.decodeUpdate(state);
  const claims: Claim[] = [];
  const begun = new Set<number>();
  for (const struct of structs) {
    const { client, clock } = struct.id;
    if (struct instanceof Y.Skip || (!begun.has(client) && clock !== 0)) throw new Error('A state with a hole in it');
    begun.add(client);
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentAny) || Y.isDeleted(ds, struct.id)) continue;
    const key = struct.parentSub ?? '';
    const colon = key.lastIndexOf(':');
    const [value, made_at, author] = struct.content.arr[0] as [Json, string, string];
    claims.push({ field_key: key.slice(0, colon), save_key: key.slice(colon + 1), value, made_at, author });
  }
  return claims;
}

/**
 * The state after one save: one transaction under the save's own client id that deletes what it replaces and sets its
 * claims. Source: sync protocol, sections 3 and 5 step 9.
 */
export function stateWithSave(state: Uint8Array | null, save: Pick<Save, 'client' | 'made_at' | 'set' | 'replaces'>, author: string): Uint8Array {
  const doc = new Y.Doc({ gc: true });
  if (state) Y.applyUpdate(doc, state);
  doc.clientID = save.client;
  const claims = doc.getMap<[Json, string, string]>('claims');
  const key = save.client.toString(36);
  doc.transact(() => {
    for (const [field_key, value] of Object.entries(save.set)) {
      for (const replaced of save.replaces[field_key] ?? []) claims.delete(`${field_key}:${replaced}`);
      claims.set(`${field_key}:${key}`, [value, save.made_at, author]);
    }
  });
  const after = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return after;
}
