// The order in which today's homes are visited. Reading and showing them is the screen's.

export interface Stop {
  record: string;
  values: { planned_at?: string | null; household?: string | null; [field: string]: unknown };
  place?: { estate?: unknown; building?: unknown; unit?: unknown; room?: unknown };
}
export type RouteOrder = 'route' | 'time';

function floorOf(stop: Stop): string {
  const { estate, building, unit, room } = stop.place ?? {};
  const padded = (text: unknown) => String(text ?? '').padStart(6, '0');
  return [String(estate ?? ''), padded(building), padded(unit), padded(room)].join('/');
}
function buildingOf(stop: Stop): string {
  return `${String(stop.place?.estate ?? '')}/${String(stop.place?.building ?? '')}`;
}
function byTime(one: Stop, other: Stop): number {
  return (one.values.planned_at || '99:99').localeCompare(other.values.planned_at || '99:99') || floorOf(one).localeCompare(floorOf(other));
}

/**
 * Today's stops in order. By route: the earliest agreed home first, then those without a time, beginning in the same
 * building, then the later agreed ones. By time: agreed times, then the rest by place. What the person has put in
 * order by hand (`by_hand`, record ids) goes before either.
 */
export function routeOf<S extends Stop>(stops: S[], order: RouteOrder, by_hand: string[]): S[] {
  const sorted = [...stops].sort(byTime);
  if (order === 'route') {
    const agreed = sorted.filter((stop) => stop.values.planned_at);
    const free = sorted.filter((stop) => !stop.values.planned_at);
    const [first, ...later] = agreed;
    const start = first && buildingOf(first);
    free.sort((one, other) => Number(buildingOf(other) === start) - Number(buildingOf(one) === start) || floorOf(one).localeCompare(floorOf(other)));
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
