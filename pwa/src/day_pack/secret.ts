// What opens the pack of a day: eight digits or four words, and which of them are guessed first. Whoever has the phone can
// try them without anybody counting, so more is asked for than of a PIN (docs/security.md says how many tries there are).
import { common, isRun } from '../auth/pin';

export const digitsMin = 8;
const wordsMin = 4;
const lettersMin = 8;
const differentMin = 4;

export type EasySecret = 'short' | 'repeated' | 'run' | 'date' | 'common' | 'phone';

/** Why words or digits are too easy to guess; null where they will do. */
export function easySecret(text: string): EasySecret | null {
  const parts = text.normalize('NFKC').trim().split(/\s+/);
  const joined = parts.join('');
  return /^\d*$/.test(joined) ? easyDigits(joined) : easyWords(parts, joined);
}

/** Digits that nobody has chosen. */
export function drawnDigits(): string {
  for (;;) {
    // 250 is the largest multiple of ten in a byte: beyond it some digits would come more often.
    const digits = [...crypto.getRandomValues(new Uint8Array(4 * digitsMin))].filter((byte) => byte < 250).map((byte) => byte % 10).slice(0, digitsMin).join('');
    if (easySecret(digits) === null) return digits;
  }
}

function easyDigits(digits: string): EasySecret | null {
  if (digits.length < digitsMin) return 'short';
  if (new Set(digits).size < differentMin || [1, 2, 3, 4].some((period) => digits === digits.slice(0, period).repeat(digits.length).slice(0, digits.length))) return 'repeated';
  if (isRun(digits, 1) || isRun(digits, 9)) return 'run';
  if (/^1[3-9]\d{9}$/.test(digits)) return 'phone';
  if (isDate(digits.slice(0, 8)) || isDate(digits.slice(4, 8) + digits.slice(0, 4)) || isDate(digits.slice(4, 8) + digits.slice(2, 4) + digits.slice(0, 2))) return 'date';
  return [...common].some((one) => digits.includes(one)) ? 'common' : null;
}

function easyWords(parts: string[], joined: string): EasySecret | null {
  if (parts.length < wordsMin || [...joined].length < lettersMin) return 'short';
  return new Set(parts).size < wordsMin ? 'repeated' : null;
}

/** A day of a life, as 19680312. */
function isDate(digits: string): boolean {
  const [month, day] = [Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  return /^(19|20)\d{6}$/.test(digits) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
