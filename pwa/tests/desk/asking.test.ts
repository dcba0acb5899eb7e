// @vitest-environment happy-dom
// What a screen of the desk asks of the centre: one thing at a time, and what went wrong stands there in words.
import { describe, expect, it } from 'vitest';
import { Asking } from '../../src/desk/asking.svelte';
import { NetworkFailure } from '../../src/view';

const offline = 'no line';
const fails = (): Promise<never> => Promise.reject(new NetworkFailure('unreachable'));

describe('what somebody presses for', () => {
  it('is done once, however often it is pressed meanwhile', async () => {
    const asking = new Asking(() => offline);
    let times = 0;
    let answer = (): void => undefined;
    const first = asking.does('send', () => { times += 1; return new Promise<void>((done) => { answer = done; }); });
    expect(asking.busy).toBe('send');
    expect(await asking.does('send', () => { times += 1; return Promise.resolve(); })).toBe(false);
    answer();
    expect(await first).toBe(true);
    expect([times, asking.busy, asking.trouble]).toEqual([1, '', '']);
  });

  it('says what went wrong until it is tried again', async () => {
    const asking = new Asking(() => offline);
    expect(await asking.does('send', fails)).toBe(false);
    expect([asking.trouble, asking.busy]).toEqual([offline, '']);
    expect(await asking.does('send', () => Promise.resolve())).toBe(true);
    expect(asking.trouble).toBe('');
  });

  it('lets a fault of ours be seen, and can be pressed again', async () => {
    const asking = new Asking(() => offline);
    await expect(asking.does('send', () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
    expect(asking.busy).toBe('');
  });
});

it('what is read by itself keeps no button waiting', async () => {
  const asking = new Asking(() => offline);
  void asking.reads(() => new Promise(() => undefined));
  expect(await asking.does('send', () => Promise.resolve())).toBe(true);
});
