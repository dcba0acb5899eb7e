// Argon2id on a few KiB, for tests in which somebody types a PIN and what a guess costs is not the subject. It is the real
// one, and answers only who asks for OWASP's least or more: what that costs is tried in seal/slots.test.ts.
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { IArgon2Options } from 'hash-wasm';
import { strengthMin } from '../../src/seal/slots';

const kib = 64;

/** For every test of the module that calls it, from the modules' next reading on. `before` comes before each guess. */
export function cheapArgon2(before: () => Promise<void> = () => Promise.resolve()): void {
  beforeAll(() => {
    vi.doMock('hash-wasm', async () => {
      const real = await vi.importActual<typeof import('hash-wasm')>('hash-wasm');
      const argon2id = async (asked: IArgon2Options) => {
        expect(asked.memorySize).toBeGreaterThanOrEqual(strengthMin.memory_kib);
        expect(asked.iterations).toBeGreaterThanOrEqual(strengthMin.iterations);
        await before();
        return real.argon2id({ ...asked, memorySize: kib, iterations: 1 });
      };
      return { ...real, argon2id };
    });
  });
  // Modules are shared between the tests' files: the next one reads them anew, with the real cost.
  afterAll(() => {
    vi.doUnmock('hash-wasm');
    vi.resetModules();
  });
}
