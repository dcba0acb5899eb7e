// After an update of the app: saves that the centre would not take from the old one are sealed anew under the version of
// the declaration that this app knows. Their words, their id and what they replace stay; whether they are still right is
// the centre's to say. Sealing itself is save.ts.
import { kindOf } from '../schema/schema';
import type { Author } from './outbox';
import { newOutboxRow, seal } from './save';
import type { Save } from './shapes';
import { write } from './store';

/**
 * Seal anew what this app can say in a newer form than the one that was refused; how many saves that were.
 *
 * The centre has kept nothing of them, so that the same id and client number are theirs still, and what later saves of
 * the same record name is found. A save of the newest form that is refused all the same waits for the next app.
 */
export async function renewOutdated(author: Author): Promise<number> {
  const rows = (await author.store.getAll('outbox')).filter((row) => row.status === 'upgrade_required' && row.content.schema < (kindOf(row.kind)?.version ?? 0));
  let renewed = 0;
  for (const row of rows) {
    const words: Omit<Save, 'signature'> & Partial<Save> = { ...row.content };
    delete words.signature;
    // Signing awaits the crypto engine, and a transaction does not survive that.
    const sealed = await seal({ ...words, schema: kindOf(row.kind)?.version ?? 0 }, author.key);
    await write(author.store, async (transaction) => {
      const outbox = transaction.objectStore('outbox');
      // Another tab may have been quicker, or the person has mended it meanwhile.
      if ((await outbox.get(row.save))?.sealed !== row.sealed) return;
      await outbox.put({ ...newOutboxRow(sealed, row.author), answers: row.answers });
      renewed += 1;
    });
  }
  return renewed;
}
