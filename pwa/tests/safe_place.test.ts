// @vitest-environment happy-dom
// The app goes on only where a page can keep a secret, and says why where it cannot.
import { expect, test } from 'vitest';
import { explain, whyNotHere } from '../src/safe_place';

const self = {} as Window & typeof globalThis;

test('over https or on this machine, on a page of its own, the app goes on', () => {
  expect(whyNotHere({ isSecureContext: true, top: self, self })).toBeNull();
});

test('over http, or within another page, it does not', () => {
  expect(whyNotHere({ isSecureContext: false, top: self, self })).toBe('insecure');
  expect(whyNotHere({ isSecureContext: true, top: {} as Window, self })).toBe('framed');
});

test('what is said names the next step in both languages and is all that is on the page', () => {
  const target = document.createElement('div');
  target.appendChild(document.createElement('b')).textContent = 'left over';
  explain('insecure', target);
  expect(target.textContent).toContain('以 https:// 开头的网址');
  expect(target.textContent).toContain('begins with https://');
  expect(target.querySelector('b')).toBeNull();
});
