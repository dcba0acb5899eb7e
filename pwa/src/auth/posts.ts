// The roles and teams of a person as they last knew of them, kept sealed in their own part of this device: whoever gets
// others is told so until they say that they know. What a role may is schema/access.ts; it is told by PostsChanged.svelte.
import type { Me } from '../sync/shapes';
import { fact, type PersonStore } from '../sync/store';

export interface Posts { roles: string[]; teams: { id: string; name: string }[] }

const seen = 'posts_seen';

export function postsOf({ roles, teams }: Pick<Me, 'roles' | 'teams'>): Posts {
  return { roles: [...roles].sort(), teams: teams.map(({ id, name }) => ({ id, name })).sort((one, other) => one.id.localeCompare(other.id)) };
}

/** What they knew, where it is otherwise now; undefined where there is nothing to tell. The first time nothing is. */
export async function postsBefore(store: PersonStore, me: Me): Promise<Posts | undefined> {
  const before = await fact<Posts>(store, seen);
  if (before === undefined) await knowPosts(store, me);
  return before === undefined || named(before) === named(postsOf(me)) ? undefined : before;
}

/** They say that they know. */
export async function knowPosts(store: PersonStore, me: Me): Promise<void> {
  await store.put('meta', postsOf(me), seen);
}

/** A team that is only called otherwise is no other team. */
function named({ roles, teams }: Posts): string {
  return JSON.stringify([roles, teams.map(({ id }) => id)]);
}
