// The one listener for shortcuts and the handlers of the screens on show. Which key means what stands in keys.ts.
import { commandOf, isTyping, type Command } from './keys';
import { likings } from './desk.svelte';

export type Handlers = Partial<Record<Command, (digit: number) => void>>;

// Raw: the same object must be found again when it is taken away.
let on_show = $state.raw<Handlers[]>([]);

/** The commands that do something on the screen on show. */
export function commandsNow(): Set<Command> {
  return new Set(on_show.flatMap((handlers) => Object.keys(handlers) as Command[]));
}

/** Carry commands out while a screen is on show; returns how to stop. The one added last goes first. */
export function answer(handlers: Handlers): () => void {
  on_show = [handlers, ...on_show];
  return () => { on_show = on_show.filter((one) => one !== handlers); };
}

/** Listen to the keyboard; called once, by the frame of the desk. */
export function listen(): () => void {
  const press = (event: KeyboardEvent) => {
    // An open dialog has its own keys; behind it nothing may be decided.
    if (!likings.shortcuts || document.querySelector('dialog[open]')) return;
    const found = commandOf(event, isTyping(event.target));
    if (!found) return;
    const handler = on_show.map((handlers) => handlers[found.command]).find(Boolean);
    if (!handler) return;
    event.preventDefault();
    handler(found.digit);
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}
