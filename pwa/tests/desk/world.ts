// Records as the centre answers them, for tests of the desk: one of each, with only what a test wants to say changed.
import type { HourItem } from '../../src/desk/hours';
import type { ClaimView, ConflictView, FieldChange, RecordDetail, ReviewItem, Standing } from '../../src/desk/shapes';

export function item(record: string, more: Partial<ReviewItem> = {}): ReviewItem {
  return {
    record, kind: 'home_visit', title_zh: record, title_en: record, author: 'li_min', author_name: '李敏', happened_on: '2026-11-22',
    delivered_at: '2026-11-22T01:00:00Z', revision: 1, state: 'waiting', urgent: false, conflicts: [], duplicates: [], changed: [],
    late_days: 0, values: {}, problem: null, save: null, ...more,
  };
}

/** An entry that waits, as the centre lists it: two and a half hours of one volunteer on a Sunday. */
export function hours(record: string, from: string, to: string, more: Partial<HourItem> = {}): HourItem {
  const [start, end] = [from, to].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  const minutes = (end ?? 0) - (start ?? 0);
  return {
    record, revision: 1, volunteer: 'huang_li', volunteer_name: '黄丽', title_zh: `黄丽 · ${record}`, title_en: record, activity: '便民服务日', project: null,
    worked_on: '2026-11-22', started_at: from, ended_at: to, break_minutes: 0, travel_minutes: 0, minutes, minutes_written: minutes, state: 'waiting',
    provenance: 'signed', late_reason: null, over_reason: null, correction_reason: null, author_name: '黄丽', delivered_at: '2026-11-22T10:00:00Z', answered: false,
    checks: [], against: [], was: null, corrected: null, shift: null, notes: [], refused: null, certifiers: [], looking: null, ...more,
  };
}

export function shift(from: string, to: string): HourItem['shift'] {
  return { record: 'shift', starts_at: from, ends_at: to, place: '中心大厅', signed_in_at: from, signed_out_at: null };
}

export function claim(field_key: string, value: ClaimView['value'], author: string, made_at: string, more: Partial<ClaimView> = {}): ClaimView {
  const name: Record<string, string> = { li_min: '李敏', zhang_qiang: '张强', zhou_hui: '周慧' };
  return { field_key, key: `${author}_${made_at}`, value, author, author_name: name[author] ?? author, made_at, delivered_at: '2026-11-22T10:00:00Z', save: `save_${author}`, live: true, ...more };
}

export function conflict(field_key: string, ...versions: ClaimView[]): ConflictView {
  return { field_key, before: null, has_before: false, versions };
}

export function change(field_key: string, before: FieldChange['before'], after: FieldChange['after'], by = '李敏', at = '2026-11-22T02:00:00Z'): FieldChange {
  return { field_key, before, after, by: 'li_min', by_name: by, at };
}

export const standing: Standing = { centre: 'heping', team: 'heping_1', own: [], created_by: 'li_min', delivered_at: null, locked_at: null, duplicates: [], search: null, review: null };

export function detail(more: Partial<RecordDetail> = {}): RecordDetail {
  return {
    record: 'r1', kind: 'resident', revision: 7, title_zh: '王秀兰', title_en: '王秀兰', values: {}, claims: [], standing,
    conflicts: [], changes: [], merged: [], history: [], duplicates: [], household: null, named: [], aliases: [], ...more,
  };
}
