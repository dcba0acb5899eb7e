// Records as the centre answers them, for tests of the desk: one of each, with only what a test wants to say changed.
import type { ClaimView, ConflictView, FieldChange, RecordDetail, ReviewItem, Standing } from '../../src/desk/shapes';

export function item(record: string, more: Partial<ReviewItem> = {}): ReviewItem {
  return {
    record, kind: 'home_visit', title_zh: record, title_en: record, author: 'li_min', author_name: '李敏', happened_on: '2026-11-22',
    delivered_at: '2026-11-22T01:00:00Z', revision: 1, state: 'waiting', urgent: false, conflicts: [], duplicates: [], changed: [],
    late_days: 0, values: {}, problem: null, save: null, ...more,
  };
}

export function hours(record: string, from: string, to: string, more: Partial<ReviewItem['values']> = {}, about: Partial<ReviewItem> = {}): ReviewItem {
  const [start, end] = [from, to].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  const values = { volunteer: 'huang_li', worked_on: '2026-11-22', started_at: from, ended_at: to, minutes: (end ?? 0) - (start ?? 0), ...more };
  return item(record, { kind: 'hour_entry', values, ...about });
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
