// Applies histories of saves with Yjs, exactly as the phone does, and tells what came out. Not here: the comparison with
// the server's documents (tests/sync/test_interop.py), which runs this with the histories on standard input.
import { readFileSync } from 'node:fs';
import * as Y from 'yjs';

/** A document with a state in it; `pending` says whether Yjs waits for something that the state lacks. */
function open(state) {
  const doc = new Y.Doc({ gc: true });
  if (state) Y.applyUpdate(doc, state);
  const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
  return { doc, claims: doc.getMap('claims'), pending };
}

/** One save as the phone applies it: one transaction under the save's own client id. */
function apply(state, save) {
  const { doc, claims } = open(state);
  doc.clientID = save.client;
  doc.transact(() => {
    for (const [fieldKey, value] of Object.entries(save.set)) {
      for (const replaced of save.replaces[fieldKey] ?? []) claims.delete(`${fieldKey}:${replaced}`);
      claims.set(`${fieldKey}:${save.client.toString(36)}`, [value, save.made_at, save.author]);
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

function described(state) {
  const { doc, claims, pending } = open(state);
  const vector = Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc)));
  return { state: Buffer.from(state).toString('base64'), claims: claims.toJSON(), vector, pending };
}

const histories = JSON.parse(readFileSync(0, 'utf8'));
const found = histories.map(({ saves, half, whole }) => {
  let alone = null;
  for (const save of saves) alone = apply(alone, save);
  // The phone goes on from a state of the server's.
  let after = half.state ? Buffer.from(half.state, 'base64') : null;
  for (const save of saves.slice(half.saves)) after = apply(after, save);
  return { alone: described(alone), after: described(after), server: described(Buffer.from(whole, 'base64')) };
});
process.stdout.write(JSON.stringify(found));
