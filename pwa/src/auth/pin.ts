// The PIN of six digits: which ones are too easy, and the proof by which the centre knows it without ever hearing it.
// The key that opens the phone is made of the PIN with another salt (seal/), so that the proof opens nothing.
import { base64 } from '../sync/save';
import { sha256 } from '../sync/hash';
import { utf8 } from './bytes';

export const pinDigits = 6;
/** Both the same on every phone: the centre hashes the proof again, and has to be given the same bytes for the same PIN. */
const proofCost = { memory_kib: 32 * 1024, iterations: 3 };

/** What people choose first, beyond repeated digits, runs and dates. Patterns of the keypad, and numbers that sound like words. */
export const common = new Set([
  '112233', '332211', '123321', '321123', '147258', '147852', '159357', '159753', '258369', '258147', '369258', '789456',
  '456123', '123654', '654123', '131452', '112358', '314159', '100000', '123450', '102030', '135790', '246800', '168888', '188888', '666888', '888666', '518888'
]);

export type EasyPin = 'short' | 'repeated' | 'run' | 'date' | 'common' | 'phone';

/**
 * Why a PIN is too easy to guess; null where it will do.
 *
 * tails  telephone numbers of the person as far as they are known: a PIN that ends one is what a thief tries
 */
export function tooEasy(pin: string, tails: string[] = []): EasyPin | null {
  if (!/^\d{6}$/.test(pin)) return 'short';
  if ([1, 2, 3].some((period) => pin === pin.slice(0, period).repeat(pinDigits / period))) return 'repeated';
  if (isRun(pin, 1) || isRun(pin, 9)) return 'run';
  if (isDate(pin)) return 'date';
  if (common.has(pin)) return 'common';
  return tails.some((phone) => phone.replace(/\D/g, '').endsWith(pin)) ? 'phone' : null;
}

/** Each digit follows on the one before, through zero as well: 890123, and with a step of nine 321098. */
export function isRun(pin: string, step: number): boolean {
  return [...pin].slice(1).every((digit, at) => Number(digit) === (Number(pin[at]) + step) % 10);
}

/** A birthday as it is written here: 680312, or 196803. */
function isDate(pin: string): boolean {
  const is_month = (text: string): boolean => Number(text) >= 1 && Number(text) <= 12;
  const day = Number(pin.slice(4));
  return (is_month(pin.slice(2, 4)) && day >= 1 && day <= 31) || (/^(19|20)/.test(pin) && is_month(pin.slice(4)));
}

/**
 * What the centre is told in place of the PIN, in base64.
 *
 * public_key  of this device, as the centre has it: on another device the same PIN gives another proof
 */
export async function pinProof(pin: string, public_key: string): Promise<string> {
  const salt = await sha256(utf8(`doorstep pin proof 1\n${public_key}`));
  const { argon2 } = await import('./argon2');
  return base64(await argon2(pin, salt, proofCost));
}
