// A sum over the claims of a base row, stored with it: what is altered on this phone afterwards is noticed. It is no
// proof against anybody; whoever can write claims can write sums.
import type { Claim } from './shapes';

/** 32 bits of FNV-1a over the claims as text. Source: RFC 9923. */
export function sumOf(claims: Claim[]): number {
  const text = JSON.stringify(claims.map((claim) => [claim.field_key, claim.save_key, claim.value, claim.made_at, claim.author]));
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}
