// What a volunteer is told about one of her entries: why it was returned, cut, not taken in or certified otherwise. What is
// said of the entry as a whole stands on its page.

interface Review { state: string; sentence: string | null; by: string | null }
interface Entry { values: { [field: string]: unknown }; standing?: { review: Review | null } | null }

/** The last sentence that belongs to how an entry stands now, and who decided with it; undefined where nothing was said. */
export function whyOf(entry: Entry): { text: string; by?: string } | undefined {
  const review = entry.standing?.review;
  // A sentence of a return that was answered is over.
  if (review?.sentence && review.state !== 'waiting') return { text: review.sentence, ...(review.by ? { by: review.by } : {}) };
  const notes = Object.entries((entry.values['remarks'] ?? {}) as { [row: string]: { text?: string; about?: string } | null });
  // Whoever changes a time writes to which field it belongs, in rows that sort by when they were written.
  const about_times = notes.filter(([, note]) => note?.text && note.about).sort(([one], [other]) => (one < other ? -1 : 1));
  const text = about_times.at(-1)?.[1]?.text;
  return text ? { text } : undefined;
}
