// A held save at the desk: what is compared, what becomes the supervisor's own, and what each reason is called.
import { describe, expect, it } from 'vitest';
import { canEdit, editsOf, explanationOf, heldRows, wouldStandBeside } from '../../src/desk/holding';
import type { HeldDetail, HeldField } from '../../src/desk/shapes';

function field(field_key: string, wrote: HeldField['wrote'], others: Partial<HeldField> = {}): HeldField {
  return { field_key, wrote, has_seen: false, seen: null, stands: null, stands_by: null, stands_by_name: null, stands_at: null, is_unseen: false, ...others };
}
function held(code: string, fields: HeldField[], others: Partial<HeldDetail> = {}): HeldDetail {
  return {
    save: 's', record: 'r', kind: 'home_visit', title_zh: '', title_en: '', author: 'li_min', author_name: '李敏', made_at: null,
    delivered_at: '2026-11-22T01:00:00Z', revision: 3, problem: { code, field: null }, fields, values: {}, stands: {}, is_new: false,
    is_elsewhere: false, locked_by: null, opens_lock: false, waits: 0, can_release: true, can_edit: true, can_reject: true, verdict: null, ...others,
  };
}

describe('what is compared', () => {
  it('stands in the order of the form', () => {
    const rows = heldRows(held('date_in_future', [field('observation', '话'), field('outcome', 'met_person')]));
    expect(rows.map((row) => row.key)).toEqual(['outcome', 'observation']);
  });
  it('has a line for what the author left out and the reason asks for', () => {
    const detail = held('missing', [field('outcome', 'met_person')], { problem: { code: 'missing', field: 'condition' } });
    expect(heldRows(detail)).toContainEqual({ key: 'condition', written: null });
  });
  it('has one line where the author did write what the reason is about', () => {
    const detail = held('date_in_future', [field('visited_on', '2026-11-30')], { problem: { code: 'date_in_future', field: 'visited_on' } });
    expect(heldRows(detail)).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('is only what is another value than the author’s', () => {
    const detail = held('date_in_future', [field('visited_on', '2026-11-30'), field('outcome', 'met_person')]);
    expect(editsOf(detail, { visited_on: '2026-11-22', outcome: 'met_person' })).toEqual({ visited_on: '2026-11-22' });
  });
  it('is offered for one value in a field, not for ticks, rows or what leads to another record', () => {
    expect(['visited_on', 'observation', 'outcome'].map((key) => canEdit('home_visit', key))).toEqual([true, true, true]);
    expect(['services.greeting', 'remarks.k3x9a0b1', 'household', 'assigned_to', 'nothing'].map((key) => canEdit('home_visit', key))).toEqual([false, false, false, false, false]);
    expect(canEdit(null, 'visited_on')).toBe(false);
  });
  it('takes away the warning that two versions would stand', () => {
    const detail = held('locked_after_edit', [field('observation', '一', { stands: '二', is_unseen: true })]);
    expect(wouldStandBeside(detail, {})).toEqual(['observation']);
    expect(wouldStandBeside(detail, { observation: '三' })).toEqual([]);
  });
});

it.each([
  ['locked_after_edit', {}, 'late_edit'], ['locked', {}, 'locked'], ['out_of_scope', {}, 'moved'], ['depends_on_held', { can_release: false }, 'waits'],
  ['wrong_signature', { can_release: false }, 'unreadable'], ['date_in_future', {}, 'plain'],
] as const)('the reason %s is explained to whoever decides', (code, others, expected) => {
  expect(explanationOf(held(code, [], others))).toBe(expected);
});
