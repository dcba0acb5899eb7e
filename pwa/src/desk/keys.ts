// Which key means what at the desk, and when a key press is a shortcut at all. Listening to the keyboard and carrying
// commands out is done elsewhere.

export const commands = [
  'next', 'previous', 'approve', 'return', 'edit', 'later', 'select', 'approve_selected', 'undo', 'keep_both', 'different',
  'take_over', 'tab_before', 'tab_after', 'find', 'help', 'choose',
] as const;
export type Command = (typeof commands)[number];

interface Binding { key: string; shift?: true; command: Command; shown: string }

/** One key for one command; digits choose and are not listed here. */
export const bindings: readonly Binding[] = [
  { key: 'j', command: 'next', shown: 'J' },
  { key: 'k', command: 'previous', shown: 'K' },
  { key: 'a', command: 'approve', shown: 'A' },
  { key: 'r', command: 'return', shown: 'R' },
  { key: 'e', command: 'edit', shown: 'E' },
  { key: 'l', command: 'later', shown: 'L' },
  { key: 'x', command: 'select', shown: 'X' },
  { key: 'a', shift: true, command: 'approve_selected', shown: 'Shift A' },
  { key: 'z', command: 'undo', shown: 'Z' },
  { key: 'b', command: 'keep_both', shown: 'B' },
  { key: 'n', command: 'different', shown: 'N' },
  { key: 't', command: 'take_over', shown: 'T' },
  { key: '[', command: 'tab_before', shown: '[' },
  { key: ']', command: 'tab_after', shown: ']' },
  { key: '/', command: 'find', shown: '/' },
  { key: '?', command: 'help', shown: '?' },
];

// A Chinese keyboard layout may give the wide form of a sign even outside a text field.
const narrow: Record<string, string> = { '？': '?', '、': '/', '／': '/', '【': '[', '】': ']' };
// Holding a key down may walk through a list; it must never approve one record after the other.
const repeatable: readonly Command[] = ['next', 'previous'];

export type Stroke = Pick<
  KeyboardEvent,
  'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'keyCode' | 'repeat' | 'defaultPrevented'
>;

/** The command of a key press, with the digit for `choose`; null when the press is no shortcut. */
export function commandOf(stroke: Stroke, typing: boolean): { command: Command; digit: number } | null {
  if (stroke.defaultPrevented || typing || isComposing(stroke)) return null;
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return null;
  if (/^[1-9]$/.test(stroke.key)) return stroke.repeat ? null : { command: 'choose', digit: Number(stroke.key) };
  const key = narrow[stroke.key] ?? stroke.key.toLowerCase();
  const letter = /^[a-z]$/.test(key);
  // Shift is part of how `?` is typed, but with a letter it asks for something else. Caps lock is no shift.
  const found = bindings.find((binding) => binding.key === key && (!letter || (binding.shift ?? false) === stroke.shiftKey));
  if (!found || (stroke.repeat && !repeatable.includes(found.command))) return null;
  return { command: found.command, digit: 0 };
}

/** While an input method composes, keys belong to it; some browsers only tell by key code 229. */
export function isComposing(stroke: Pick<KeyboardEvent, 'isComposing' | 'keyCode' | 'key'>): boolean {
  return stroke.isComposing || stroke.keyCode === 229 || stroke.key === 'Process';
}

/** Whether whoever has the focus is writing, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
}

/** How the key of a command is shown beside its button. */
export function keyOf(command: Command): string {
  return bindings.find((binding) => binding.command === command)?.shown ?? '';
}

/** The same for screen readers, in the form of `aria-keyshortcuts`. */
export function ariaKey(command: Command): string {
  return keyOf(command).replace('Shift ', 'Shift+');
}
