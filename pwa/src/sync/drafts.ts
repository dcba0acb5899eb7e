// Drafts: what somebody has begun to write and not yet confirmed. Confirming is outbox.ts; drafts never leave the phone.
import type { DraftRow, Values } from './shapes';
import type { PersonStore } from './store';

/** Keep a draft under its key, replacing what was there. On its way at once, because the page may be leaving. */
export async function putDraft(store: PersonStore, key: string, kind: string, record: string | null, values: Values, now: number): Promise<void> {
  await store.putAtOnce('draft', { key, kind, record, values, changed_at: new Date(now).toISOString() });
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
