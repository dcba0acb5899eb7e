// @vitest-environment happy-dom
// What the inbox calls a decision, and what it leaves alone.
import { describe, expect, it } from 'vitest';
import { settledOf } from '../../src/phone/needs';
import { rejectionOf } from '../../src/records/held';
import type { RecordView } from '../../src/view';

function visit(remarks: Record<string, { text: string; about?: string }>, live: Record<string, string[]>): RecordView {
  return {
    record: 'r', kind: 'home_visit', revision: 3, values: { remarks }, conflicts: {}, live, standing: null, mark: 'sent', pending: 0, keys: [],
    changed_at: '2026-11-22T01:00:00Z', title_zh: '', title_en: '',
  };
}

describe('a settled version', () => {
  it('is told where one save wrote the field and the remark about it', () => {
    const record = visit({ a: { text: '用了李敏的“高”', about: 'condition' } }, { 'remarks.a': ['k1'], condition: ['k1'] });
    expect(settledOf(record)).toMatchObject([{ what: 'settled', fields: ['condition'], text: '用了李敏的“高”' }]);
  });
  it('is told for a tick of a list too', () => {
    const record = visit({ a: { text: '两样都做了', about: 'services' } }, { 'remarks.a': ['k1'], 'services.greeting': ['k1'] });
    expect(settledOf(record)).toHaveLength(1);
  });
  it('is not what somebody only remarked on a field, or on nothing', () => {
    const live = { 'remarks.a': ['k1'], 'remarks.b': ['k2'], condition: ['k2'] };
    expect(settledOf(visit({ a: { text: '下次再问', about: 'condition' }, b: { text: '一句话' } }, live))).toEqual([]);
  });
});

describe('a save that was not taken in', () => {
  it('carries the sentence of whoever decided', () => {
    const problem = { code: 'held_rejected', field: 'ended_at', details: { by: 'chen_jing', sentence: '那天十一点半就散了' } };
    expect(rejectionOf(problem)).toEqual({ by: 'chen_jing', sentence: '那天十一点半就散了' });
  });
  it('has none while nobody has decided', () => {
    expect(rejectionOf({ code: 'locked_after_edit', details: {} })).toBeNull();
    expect(rejectionOf(undefined)).toBeNull();
  });
});
