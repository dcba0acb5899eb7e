// The few numbers a person is shown about sending, counted from what is stored.
import { schema } from '../schema/schema';
import { indexKey, isUnsent } from './project';
import type { Cursors } from './pull';
import type { OutboxRow, Problem } from './shapes';
import { fact, type PersonStore } from './store';

export interface Counted { waiting: number; filesWaiting: number; needsYou: number; lastContact: string | null; complete: boolean; filling_own: boolean; filling: boolean; refused: Problem | null }

/** Count for one person; `scopes` are those they hold now. */
export async function countOf(store: PersonStore, person: string, scopes: string[]): Promise<Counted> {
  const reviewed = Object.values(schema.kinds).filter((kind) => kind.review !== null);
  const [outbox, files, cursors, last_contact, refused, ...returned] = await Promise.all([
    store.getAll('outbox'),
    store.getAll('file'),
    fact<Cursors>(store, 'cursors'),
    fact<string>(store, 'last_contact'),
    fact<Problem | null>(store, 'refused'),
    ...reviewed.map((kind) => store.getAllFromIndex('view', 'keys', indexKey(kind.name, 'mark', 'returned')))
  ]);
  const mine = returned.flat().filter((row) => row.standing?.own.includes(person) ?? false);
  const is_complete = (scope: string): boolean => cursors?.[scope]?.complete === true;
  // A role that holds no copies has nothing to read: the first contact is all there is to wait for.
  const complete = last_contact !== undefined && scopes.every(is_complete);
  return {
    waiting: unsentOf(outbox),
    filesWaiting: files.filter((row) => row.status === 'waiting').length,
    needsYou: outbox.filter((row) => row.status === 'held').length + mine.length,
    lastContact: last_contact ?? null,
    complete,
    filling: !complete,
    filling_own: !complete && scopes.some((scope) => scope.startsWith('own:') && !is_complete(scope)),
    refused: complete ? null : (refused ?? null)
  };
}

/** How many saves the centre has not answered. */
export async function unsent(store: PersonStore): Promise<number> {
  return unsentOf(await store.getAll('outbox'));
}

function unsentOf(outbox: OutboxRow[]): number {
  return outbox.filter(isUnsent).length;
}
