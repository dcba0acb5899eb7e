// From a form to what a save writes, and back.
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/records/changes';
import { isAsked, fieldOf, sectionsOf } from '../../src/records/declared';
import { inverseOf } from '../../src/records/undo';

describe('what a save writes', () => {
  it('is only what differs, key by key', () => {
    const before = { outcome: 'met_person', services: { greeting: true, goods: true } };
    const after = { outcome: 'met_person', services: { greeting: true, errand: true }, observation: '  都好 ' };
    expect(changesOf('home_visit', before, after)).toEqual({ 'services.goods': false, 'services.errand': true, observation: '都好' });
  });
  it('clears with null, and says nothing about what was empty and stays so', () => {
    expect(changesOf('home_visit', { observation: '话' }, { observation: '' })).toEqual({ observation: null });
    expect(changesOf('home_visit', {}, { observation: '', services: {}, outcome: undefined })).toEqual({});
  });
  it('writes each row under its own name; a row without a word is no row', () => {
    const before = { goals: { aaaaaaaa: { text: '按时吃药' } } };
    const after = { goals: { bbbbbbbb: { text: '装扶手', measure: '' }, cccccccc: {} } };
    expect(changesOf('case', before, after)).toEqual({ 'goals.aaaaaaaa': null, 'goals.bbbbbbbb': { text: '装扶手' } });
  });
  it('never writes a calculated field', () => {
    expect(changesOf('hour_entry', {}, { minutes: 90, started_at: '09:00' })).toEqual({ started_at: '09:00' });
  });
});

describe('the way back', () => {
  it('restores what was there and clears what was not', () => {
    const before = { condition: 'as_usual', services: { goods: true } };
    const set = { outcome: 'met_person', condition: 'urgent', 'services.goods': false, 'services.errand': true };
    expect(inverseOf('home_visit', before, set, false)).toEqual({ outcome: null, condition: 'as_usual', 'services.goods': true, 'services.errand': false });
  });
  it('leaves notes that can only be added to, and what a new record cannot be without', () => {
    expect(inverseOf('home_visit', {}, { 'remarks.abcdefgh': { text: '补充' }, household: 'h', outcome: 'moved' }, true)).toEqual({ outcome: null });
  });
});

describe('a form', () => {
  it('has the declared sections, limited to the fields that are wanted', () => {
    expect(sectionsOf('home_visit').map((section) => section.words.zh)).toEqual(['这次探访', '时间与计划']);
    expect(sectionsOf('home_visit', ['rebook_on', 'outcome']).map((section) => section.fields)).toEqual([['outcome', 'rebook_on']]);
  });
  it('asks what only some answers need when such an answer is given', () => {
    const condition = fieldOf('home_visit', 'condition');
    const reason = fieldOf('case', 'close_reason');
    expect(condition && isAsked(condition, { outcome: 'no_answer' })).toBe(false);
    expect(condition && isAsked(condition, { outcome: 'met_family' })).toBe(true);
    expect(reason && isAsked(reason, { stage: 'in_service' })).toBe(false);
    expect(reason && isAsked(reason, { stage: 'in_service', close_reason: 'moved' })).toBe(true);
  });
});
