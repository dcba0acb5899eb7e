// What is on its way just now, for screens that show progress. What waits is in the database.

export const fileState = $state<{ sending: string | null; bytes: number }>({ sending: null, bytes: 0 });

/** How much of the file that is being sent is at the centre; a hundred only when it was verified there. */
export function percentOf(file: { bytes: number }): number {
  return Math.min(99, Math.floor((100 * fileState.bytes) / file.bytes));
}
