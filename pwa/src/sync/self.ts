// What this phone says about itself with each meeting, so that whoever answers for it knows what a loss would cost.
import { version } from '../../package.json';
import { unsent } from './count';
import type { PersonStore } from './store';

/** How many saves wait here, and which app this is. */
export interface SelfTold { unsent: number; app: string }

export async function aboutSelf(store: PersonStore): Promise<SelfTold> {
  return { unsent: await unsent(store), app: version };
}
