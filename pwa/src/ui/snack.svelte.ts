// The one message that is shown after an action, and its way back. Where it is drawn is Snack.svelte.
import { settings } from '../settings.svelte';

interface Also { text: string; href: string; act: string }
interface Snack { text: string; undo?: () => void | Promise<void>; also?: Also; saved: boolean; number: number }

export const snack = $state<{ now: Snack | null }>({ now: null });
let number = 0;
let shown_at = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Show a message for 10 s; in the larger text sizes until the next action, because reading takes longer there. */
export function showSnack(text: string, options: { undo?: () => void | Promise<void>; also?: Also; saved?: boolean } = {}): void {
  clearTimeout(timer);
  number += 1;
  shown_at = Date.now();
  snack.now = { text, saved: options.saved ?? options.undo !== undefined, number, ...(options.undo ? { undo: options.undo } : {}), ...(options.also ? { also: options.also } : {}) };
  if (settings.size === 'standard') timer = setTimeout(hideSnack, 10_000);
}

export function hideSnack(): void {
  clearTimeout(timer);
  snack.now = null;
}

/**
 * The person has gone on to another screen. A way back stays for its time; a mere message has been read, and in the
 * larger sizes this was the next action. A message that is only just there belongs to the new screen.
 */
export function passSnack(): void {
  if (!snack.now || Date.now() - shown_at < 3000) return;
  if (!snack.now.undo || settings.size !== 'standard') hideSnack();
}

/** Keep the message while somebody is in it: a person on the keyboard must be able to reach the way back. */
export function holdSnack(): void {
  clearTimeout(timer);
}
