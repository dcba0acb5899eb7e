// What is on its way just now, for screens that show progress. What waits is in the database.

export const fileState = $state<{ sending: string | null; bytes: number }>({ sending: null, bytes: 0 });
