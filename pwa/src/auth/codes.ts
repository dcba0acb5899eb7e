// The code of an invitation: typed from paper or carried in the address behind `#`, which no server sees and no log keeps.

/** Crockford's letters: none that looks like a digit. Source: crockford.com/base32. */
export const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const codeLetters = 8;

/** What was typed as the centre spells it; a letter that people mistake for a digit is that digit. */
export function readCode(text: string): string {
  return [...text.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1')].filter((letter) => letters.includes(letter)).join('').slice(0, codeLetters);
}

/** In two groups, as it stands on the paper. */
export function shownCode(code: string): string {
  return code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

/** What an address carries behind `#`: the long token of a QR code; null where there is none. */
export function tokenIn(hash: string): string | null {
  const found = /^#([A-Za-z0-9_-]{16,64})$/.exec(hash);
  return found?.[1] ?? null;
}
