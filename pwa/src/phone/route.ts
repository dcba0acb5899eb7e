// The order in which today's homes are visited. Reading and showing them is the screen's.

export interface Stop {
  record: string;
  values: { planned_at?: string | null; household?: string | null; [field: string]: unknown };
  place?: { estate?: unknown; building?: unknown; unit?: unknown; room?: unknown };
}
export type RouteOrder = 'route' | 'time';

/** Building by building and unit by unit; in each from the lowest floor up, or from the top down. */
function byDoor(one: Stop, other: Stop, is_down: boolean): number {
  const stair = (stop: Stop) => [String(stop.place?.estate ?? ''), padded(stop.place?.building), padded(stop.place?.unit)].join('/');
  const [here, there] = [padded(one.place?.room), padded(other.place?.room)];
  return stair(one).localeCompare(stair(other)) || (is_down ? there.localeCompare(here) : here.localeCompare(there));
}
function padded(text: unknown): string {
  return String(text ?? '').padStart(6, '0');
}
function buildingOf(stop: Stop): string {
  return `${String(stop.place?.estate ?? '')}/${String(stop.place?.building ?? '')}`;
}
function byTime(one: Stop, other: Stop, is_down: boolean): number {
  return (one.values.planned_at || '99:99').localeCompare(other.values.planned_at || '99:99') || byDoor(one, other, is_down);
}

/**
 * Today's stops in order. By route: the earliest agreed home first, then those without a time, beginning in the same
 * building, then the later agreed ones. By time: agreed times, then the rest by place. What the person has put in
 * order by hand (`by_hand`, record ids) goes before either. `is_down`: in each stairwell from the top floor down.
 */
export function routeOf<S extends Stop>(stops: S[], order: RouteOrder, by_hand: string[], is_down = false): S[] {
  const sorted = [...stops].sort((one, other) => byTime(one, other, is_down));
  if (order === 'route') {
    const agreed = sorted.filter((stop) => stop.values.planned_at);
    const free = sorted.filter((stop) => !stop.values.planned_at);
    const [first, ...later] = agreed;
    const start = first && buildingOf(first);
    free.sort((one, other) => Number(buildingOf(other) === start) - Number(buildingOf(one) === start) || byDoor(one, other, is_down));
    sorted.splice(0, sorted.length, ...(first ? [first] : []), ...free, ...later);
  }
  const place = (stop: S) => {
    const at = by_hand.indexOf(stop.record);
    return at < 0 ? by_hand.length : at;
  };
  return by_hand.length === 0 ? sorted : sorted.sort((one, other) => place(one) - place(other));
}

/** The list with one record moved up or down by a place. */
export function moved(ids: string[], record: string, by: 1 | -1): string[] {
  const at = ids.indexOf(record);
  const to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return ids;
  const next = [...ids];
  const other = next[to];
  if (other === undefined) return ids;
  next[to] = record;
  next[at] = other;
  return next;
}

/** A planned visit that nobody went to and nobody has put aside. */
export function isAhead(visit: { values: { [field: string]: unknown } }): boolean {
  return !visit.values.outcome && !visit.values.skipped;
}

/** Whom to name for homes that came into the day's plan since it was first looked at: who added them, and how many. */
export function addedSince(seen: readonly string[], ahead: readonly { record: string; created_by: string | undefined }[], me: string): [string, number][] {
  const counts = new Map<string, number>();
  for (const { record, created_by } of ahead) if (created_by && created_by !== me && !seen.includes(record)) counts.set(created_by, (counts.get(created_by) ?? 0) + 1);
  return [...counts];
}
