// Adding up hours as a volunteer may count on them. Overlaps are for the coordinator to judge; nothing is judged here.

interface Entry { mark: string; values: { [field: string]: unknown }; standing?: { review: { state: string } | null } | null }

/** Minutes of a year or month (`2026`, `2026-11`): certified ones, and those still on their way or waiting. Rejected ones count in neither. */
export function totalsOf(entries: Entry[], period: string): { certified: number; waiting: number } {
  const totals = { certified: 0, waiting: 0 };
  for (const entry of entries) {
    if (!String(entry.values.worked_on ?? '').startsWith(period) || entry.standing?.review?.state === 'rejected') continue;
    const minutes = Number(entry.values.minutes ?? 0);
    if (entry.mark === 'reviewed') totals.certified += minutes;
    else totals.waiting += minutes;
  }
  return totals;
}
