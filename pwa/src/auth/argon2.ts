// Argon2id in WebAssembly, the only use of hash-wasm. Read when a PIN is first typed: what it is used for is said by who
// calls it.
import { argon2id } from 'hash-wasm';

/** What one hash costs: memory in KiB, and how often it is gone through. */
export interface Cost { memory_kib: number; iterations: number }

/** 32 bytes of Argon2id with one lane. Slow on purpose: about a second on the slowest phone we know. */
export function argon2(secret: string, salt: Uint8Array, { memory_kib, iterations }: Cost): Promise<Uint8Array> {
  return argon2id({ password: secret, salt, iterations, memorySize: memory_kib, parallelism: 1, hashLength: 32, outputType: 'binary' });
}
