// A phone that the centre took back empties itself: keys first, then what they open, then caches; cut off at any step it goes
// on from there at the next start. When it begins, and that unsent words go first, is session.svelte.ts.
import { NetworkFailure, post, ProblemError, type Network } from '../network';
import { signatureOf } from '../sync/save';
import { databasesOf, forgetPerson, removeDatabase } from '../sync/store';
import { keyHere } from './device';

/** What the centre says to a device that it took back, in the details of `device_revoked`. */
export interface Order { device: string; order: 'deliver_first' | 'now'; ordered_at: string }
type Step = 'keys' | 'stores' | 'caches' | 'tell';
/** How far it has come; it lies where no key is needed to read it. */
interface Clearing { device: string; person: string; signature: string; databases: string[]; step: Step }

const remembered = 'doorstep.clearing';
const order: readonly Step[] = ['keys', 'stores', 'caches', 'tell'];

/** The order in a refusal of the centre, or null where it says something else. */
export function orderIn(error: unknown): Order | null {
  if (!(error instanceof ProblemError) || error.problem.code !== 'device_revoked') return null;
  return error.problem.details as unknown as Order;
}

/** Begin: from here on it is done, whatever is cut off. The statement is signed first, for soon there is no key. */
export async function beginClearing({ device, ordered_at }: Order, person: string): Promise<void> {
  const { privateKey } = await keyHere(person);
  const signature = await signatureOf(privateKey, `doorstep cleared\n${device}\n${ordered_at}`);
  keep({ device, person, signature, databases: await databasesOf(person), step: 'keys' });
}

/** Whether this phone is being emptied. */
export function isClearing(): boolean {
  return kept() !== null;
}

/**
 * Go on from wherever it was cut off; true once nothing is left to do, false while the centre has yet to be told.
 *
 * reached  called when a step begins
 */
export async function goOnClearing(network: Network, reached: (step: Step) => void = () => undefined): Promise<boolean> {
  for (let clearing = kept(); clearing; clearing = kept()) {
    reached(clearing.step);
    if (!(await does[clearing.step](clearing, network))) return false;
    const next = order[order.indexOf(clearing.step) + 1];
    keep(next ? { ...clearing, step: next } : null);
  }
  return true;
}

const does: Record<Step, (clearing: Clearing, network: Network) => Promise<boolean>> = {
  async keys({ person }) {
    localStorage.removeItem('doorstep.session');
    await forgetPerson(person);
    return true;
  },
  async stores({ databases }) {
    for (const name of databases) await removeDatabase(name);
    return true;
  },
  async caches() {
    sessionStorage.clear();
    // The shell is everybody's and holds nobody's words; it goes all the same, and comes again with the next visit.
    for (const name of (await globalThis.caches?.keys()) ?? []) await globalThis.caches.delete(name);
    return true;
  },
  async tell({ device, signature }, network) {
    try {
      await post(network, '/api/device/cleared', { device, signature });
    } catch (error) {
      // Nobody there: told at the next start. A centre that does not believe it will not do so later either.
      if (error instanceof NetworkFailure) return false;
      if (!(error instanceof ProblemError)) throw error;
    }
    return true;
  }
};

function kept(): Clearing | null {
  const text = localStorage.getItem(remembered);
  return text === null ? null : (JSON.parse(text) as Clearing);
}

function keep(clearing: Clearing | null): void {
  if (clearing) localStorage.setItem(remembered, JSON.stringify(clearing));
  else localStorage.removeItem(remembered);
}
