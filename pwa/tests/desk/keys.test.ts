// @vitest-environment happy-dom
// Which key presses are shortcuts of the desk, and which belong to whoever is writing.
import { describe, expect, it } from 'vitest';
import { bindings, commandOf, isTyping, type Stroke } from '../../src/desk/keys';

function stroke(key: string, more: Partial<Stroke> = {}): Stroke {
  return { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, keyCode: 0, repeat: false, defaultPrevented: false, ...more };
}

describe('a key press at the desk', () => {
  it.each([['j', 'next'], ['k', 'previous'], ['a', 'approve'], ['r', 'return'], ['l', 'later'], ['x', 'select'], ['z', 'undo'], ['/', 'find']])('%s means %s', (key, command) => {
    expect(commandOf(stroke(key), false)?.command).toBe(command);
  });
  it('tells Shift+A, all the selected ones, from A, this one', () => {
    expect(commandOf(stroke('A', { shiftKey: true }), false)?.command).toBe('approve_selected');
    expect(commandOf(stroke('a'), false)?.command).toBe('approve');
  });
  it('takes a capital typed with caps lock for the plain letter', () => {
    expect(commandOf(stroke('A'), false)?.command).toBe('approve');
  });
  it('knows the wide signs of a Chinese keyboard', () => {
    expect(commandOf(stroke('？', { shiftKey: true }), false)?.command).toBe('help');
  });
  it('chooses a version by its digit', () => {
    expect(commandOf(stroke('2'), false)).toEqual({ command: 'choose', digit: 2 });
    expect(commandOf(stroke('0'), false)).toBeNull();
  });
  it('is nobody\'s shortcut while somebody is writing', () => {
    expect(commandOf(stroke('a'), true)).toBeNull();
  });
  it('belongs to the input method while a character is being composed', () => {
    expect(commandOf(stroke('a', { isComposing: true }), false)).toBeNull();
    expect(commandOf(stroke('a', { keyCode: 229 }), false)).toBeNull();
    expect(commandOf(stroke('Process'), false)).toBeNull();
  });
  it('is left to the browser together with Ctrl, Alt or the command key', () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey'] as const) expect(commandOf(stroke('a', { [held]: true }), false)).toBeNull();
  });
  it('held down walks through the list and never approves one record after the other', () => {
    expect(commandOf(stroke('j', { repeat: true }), false)?.command).toBe('next');
    expect(commandOf(stroke('a', { repeat: true }), false)).toBeNull();
    expect(commandOf(stroke('1', { repeat: true }), false)).toBeNull();
  });
  it('has one meaning', () => {
    const keys = bindings.map((binding) => `${binding.shift ? 'shift ' : ''}${binding.key}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => /^\d$/.test(key))).toEqual([]);
  });
});

describe('writing', () => {
  it.each([['textarea', {}, true], ['input', { type: 'text' }, true], ['input', { type: 'date' }, true], ['select', {}, true], ['input', { type: 'radio' }, false], ['input', { type: 'checkbox' }, false], ['button', {}, false]])('in <%s> %o: %s', (tag, attributes, writing) => {
    const node = Object.assign(document.createElement(tag), attributes);
    expect(isTyping(node)).toBe(writing);
  });
});
