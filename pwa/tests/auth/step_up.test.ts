// @vitest-environment happy-dom
// Proving once more who is there: asked once for all who wait for it, by the way the person has, and never in vain.
import { screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { proveAgain, proverOf } from '../../src/auth/step_up';
import type { Here } from '../../src/auth/here';
import { NetworkFailure, ProblemError, type Network } from '../../src/network';

const by_pin: Here = { person: 'li_min', name: '李敏', centre_name: '和平', device: 'device-1', path: 'pin', passkey: null, signed_out: false, wrong_pins: 0, wait_until: 0 };
let sent: [string, Record<string, unknown>][];
let answer: (path: string) => unknown;
const network: Network = async (path, request) => {
  sent.push([path, JSON.parse(request?.body ?? '{}') as Record<string, unknown>]);
  return answer(path);
};

beforeEach(() => {
  sent = [];
  answer = () => ({ token: 't' });
});

const touch = (name: RegExp | string) => screen.findByRole('button', { name }, { timeout: 20_000 }).then((button) => button.click());
const is_gone = () => vi.waitFor(() => expect(document.querySelector('dialog')).toBeNull());

describe('the dialog', () => {
  it('in a demo asks for no proof, and is the same for all who wait', async () => {
    const [one, other] = [proveAgain(network, undefined), proveAgain(network, undefined)];
    await touch('是我');
    expect(await Promise.all([one, other])).toEqual([true, true]);
    expect(sent).toEqual([['/api/demo/step-up', {}]]);
    await is_gone();
  });

  it('is closed by whoever does not want to, and nothing was asked', async () => {
    const asked = proveAgain(network, undefined);
    await touch('先不做');
    expect(await asked).toBe(false);
    expect(sent).toEqual([]);
    await is_gone();
  });

  it('takes a PIN, says how many tries are left, and takes the next', async () => {
    let tries = 0;
    answer = () => {
      tries += 1;
      if (tries === 1) throw new ProblemError({ code: 'wrong_pin', field: null, details: { tries_left: 7 } }, 403);
      return { token: 't' };
    };
    const asked = proveAgain(network, by_pin);
    const type = async (pin: string) => { for (const digit of pin) await touch(digit); };
    await type('739165');
    expect((await screen.findByText(/还能试 7 次/, {}, { timeout: 20_000 })).textContent).toContain('密码不对');
    await type('739164');
    expect(await asked).toBe(true);
    expect(sent.map(([path]) => path)).toEqual(['/api/step-up/finish', '/api/step-up/finish']);
    expect(sent[1]?.[1]['pin_proof']).not.toBe(sent[0]?.[1]['pin_proof']);
    expect(JSON.stringify(sent)).not.toContain('739164');
    await is_gone();
  });

  it('without a network says that this step needs the centre', async () => {
    answer = () => { throw new NetworkFailure('unreachable'); };
    const asked = proveAgain(network, undefined);
    await touch('是我');
    expect((await screen.findByRole('alert', {}, { timeout: 20_000 })).textContent).toContain('要连上中心');
    await touch('先不做');
    expect(await asked).toBe(false);
    await is_gone();
  });
});

describe('a person with a passkey', () => {
  it('proves it by that, with or without a key in it', () => {
    for (const path of ['prf', 'passkey'] as const) expect(proverOf(network, { ...by_pin, path, passkey: { id: 'AQID', salt: 'AQID' } }).way).toBe('passkey');
    expect(proverOf(network, by_pin).way).toBe('pin');
  });
});
