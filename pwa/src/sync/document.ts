// The only use of Yjs: reading the claims of a record's state, and applying a save to a state exactly as the server
// does. What claims mean to a person is schema/view.ts; documents are opened for one record and dropped.
import * as Y from 'yjs';
import type { Claim, Json, Save } from './shapes';

function open(state: Uint8Array | null): Y.Doc {
  const doc = new Y.Doc({ gc: true });
  if (state) Y.applyUpdate(doc, state);
  return doc;
}

/** The live claims of a state (Yjs update, version 1). The key is split at the last colon: row ids hold none, fields may. */
export function claimsOfState(state: Uint8Array): Claim[] {
  const doc = open(state);
  const claims: Claim[] = [];
  for (const [key, entry] of doc.getMap<[Json, string, string]>('claims')) {
    const colon = key.lastIndexOf(':');
    const [value, made_at, author] = entry;
    claims.push({ field_key: key.slice(0, colon), save_key: key.slice(colon + 1), value, made_at, author });
  }
  doc.destroy();
  return claims;
}

/**
 * The state after one save: one transaction under the save's own client id that deletes what it replaces and sets its
 * claims. Source: sync protocol, sections 3 and 5 step 9.
 */
export function stateWithSave(state: Uint8Array | null, save: Pick<Save, 'client' | 'made_at' | 'set' | 'replaces'>, author: string): Uint8Array {
  const doc = open(state);
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
