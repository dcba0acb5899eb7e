// What the desk asks about the ways in of its own person.
import { gql } from '../view';

export interface WaysIn { passkeys: number; codes_left: number; codes_made_at: string | null; due_at: string | null }

const ways_in = 'query ways_in { ways_in { passkeys codes_left codes_made_at due_at } }';
const make_recovery_codes = 'mutation make_recovery_codes { make_recovery_codes }';

export async function askWaysIn(): Promise<WaysIn> {
  return (await gql<{ ways_in: WaysIn }>(ways_in, {})).ways_in;
}

/** Ten new codes, told this once; those of before are void. */
export async function sendNewCodes(): Promise<string[]> {
  return (await gql<{ make_recovery_codes: string[] }>(make_recovery_codes, {})).make_recovery_codes;
}
