// What a failure at the door says to the person: the centre's own words where it gave them, ours where the world failed.
import { NetworkFailure, ProblemError } from '../network';
import { settings } from '../settings.svelte';
import { doorWords as w } from '../words/door';

export interface Trouble { text: string; next: string; code: string }

/** The words for a failure; one that is nobody's fault but ours is reported as well. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof NetworkFailure) return { text: w.needs_network, next: w.needs_network_next, code: error.reason };
  if (error instanceof ProblemError) {
    const { code, words_zh, words_en, next_step_zh, next_step_en } = error.problem;
    const [text, next] = settings.language === 'zh' ? [words_zh, next_step_zh] : [words_en, next_step_en];
    return { text: text ?? w.did_not_work, next: next ?? w.call_admin, code };
  }
  reportError(error);
  return { text: w.did_not_work, next: w.call_admin, code: 'failed' };
}
