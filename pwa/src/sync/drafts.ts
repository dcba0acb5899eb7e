// Drafts: what somebody has begun to write and not yet confirmed. Confirming is outbox.ts; drafts never leave the phone.
import type { DraftRow, Values } from './shapes';
import type { PersonStore } from './store';

/**
 * Keep a draft under its key, replacing what was there.
 *
 * Committed at once and by name: a page that is being reloaded takes a transaction with it that only waits to commit.
 */
export async function putDraft(store: PersonStore, key: string, kind: string, record: string | null, values: Values, now: number): Promise<void> {
  const transaction = store.transaction('draft', 'readwrite');
  const put = transaction.store.put({ key, kind, record, values, changed_at: new Date(now).toISOString() });
  transaction.commit();
  await Promise.all([put, transaction.done]);
}

export async function getDraft(store: PersonStore, key: string): Promise<DraftRow | undefined> {
  return store.get('draft', key);
}

export async function removeDraft(store: PersonStore, key: string): Promise<void> {
  await store.delete('draft', key);
}

/** All drafts, newest first. */
export async function listDrafts(store: PersonStore): Promise<DraftRow[]> {
  const drafts = await store.getAll('draft');
  return drafts.sort((one, other) => other.changed_at.localeCompare(one.changed_at));
}
