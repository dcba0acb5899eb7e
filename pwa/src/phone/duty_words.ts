// What a sign-up says to whoever made it, in one sentence.
import type { RecordView } from '../view';
import { choiceWords } from '../schema/words';
import { settings } from '../settings.svelte';
import { dutyWords as w } from '../words/duties';

/** The answer to a sign-up as far as this phone knows it. */
export function wishWords(wish: RecordView): string {
  const { state, position, clash, clash_known, because, answer } = wish.values as Record<string, unknown>;
  const why = typeof because === 'string' ? choiceWords('sign_up_because', because, settings.language) : '';
  const and = (first: string) => [first, why, typeof answer === 'string' ? answer : ''].filter(Boolean).join(' ');
  if (wish.mark === 'held') return w.says_held;
  if (state === 'withdrawn') return and(w.says_withdrawn);
  if (state === 'declined') return and(w.says_declined);
  if (state === 'confirmed') return clash === true ? w.says_confirmed_clash : w.says_confirmed;
  if (clash === true && clash_known !== true) return w.says_clash;
  if (state === 'waiting' && typeof position === 'number') return w.says_waiting(position);
  return wish.mark === 'saved' ? w.says_saved : w.says_wanted;
}
