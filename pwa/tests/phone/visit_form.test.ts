// Which questions the door asks, and what they leave behind.
import { describe, expect, it } from 'vitest';
import { asLastTime, branchOf, cleaned, ended, questionsFor, started } from '../../src/phone/visit_form';

describe('the questions at the door', () => {
  it('before an answer are those of an ordinary visit', () => {
    expect(questionsFor({}, '')).toEqual(['outcome', 'services', 'condition', 'observation', 'photos', 'voice_notes']);
  });
  it.each(['no_answer', 'come_back'])('with nobody to talk to (%s) are only when to come again', (outcome) => {
    expect(branchOf({ outcome })).toBe('rebook');
    expect(questionsFor({ outcome }, '')).toEqual(['outcome', 'rebook_on']);
  });
  it.each(['refused', 'moved'])('when the door stays shut (%s) leave room for a sentence and a photo', (outcome) => {
    expect(questionsFor({ outcome }, '')).toEqual(['outcome', 'observation', 'photos', 'voice_notes']);
  });
  it.each(['follow_up', 'urgent'])('ask for a day when the condition is %s', (condition) => {
    expect(questionsFor({ outcome: 'met_person', condition }, '')).toContain('follow_up_on');
  });
  it('have a place to sign once somebody was met, and never ask apart for what belongs to a file', () => {
    expect(questionsFor({ outcome: 'met_family' }, '')).toContain('signature');
    expect(questionsFor({ outcome: 'refused' }, '')).not.toContain('signature');
    for (const name of ['photo_consent', 'signed_how', 'signed_with']) expect(questionsFor({ outcome: 'met_person', [name]: 'file' }, '')).not.toContain(name);
  });
  it('do not ask for a day when all is as usual', () => {
    expect(questionsFor({ outcome: 'met_person', condition: 'as_usual' }, '')).not.toContain('follow_up_on');
  });
  it('always include the one that was sent back, first if the door does not know it', () => {
    expect(questionsFor({ outcome: 'no_answer' }, 'observation')).toEqual(['outcome', 'rebook_on', 'observation']);
    expect(questionsFor({}, 'visited_on')[0]).toBe('visited_on');
  });
});

describe('a changed mind', () => {
  it('leaves no answer to a question that is no longer asked', () => {
    const values = { outcome: 'no_answer', services: { greeting: true }, condition: 'follow_up', follow_up_on: '2026-11-29', observation: '血压高', rebook_on: '2026-11-24' };
    expect(cleaned(values, '')).toMatchObject({ outcome: 'no_answer', services: {}, condition: null, follow_up_on: null, observation: null, rebook_on: '2026-11-24' });
  });
  it('never takes back a photo that was taken', () => {
    const photos = { row00001: { hash: 'a', media: 'photo', bytes: 1, taken_at: '2026-11-22T02:00:00Z' } };
    expect(questionsFor({ outcome: 'no_answer', photos }, '')).toContain('photos');
    expect(cleaned({ outcome: 'no_answer', photos }, '')).toMatchObject({ photos });
  });
  it('leaves the consent to a photo that was taken, and takes back a signature that nobody gave', () => {
    const photos = { row00001: { hash: 'a', media: 'photo', bytes: 1, taken_at: '2026-11-22T02:00:00Z' } };
    expect(cleaned({ outcome: 'no_answer', photos, photo_consent: 'file' }, '')).toMatchObject({ photo_consent: 'file' });
    expect(cleaned({ outcome: 'no_answer', signed_how: 'in_words', signed_with: '王姨' }, '')).toMatchObject({ signed_how: null, signed_with: null });
    expect(cleaned({ outcome: 'met_person', signed_how: 'in_words', signed_with: '王姨' }, '')).toMatchObject({ signed_how: 'in_words', signed_with: '王姨' });
  });
  it('keeps what is still asked', () => {
    const values = { outcome: 'met_person', services: { greeting: true }, condition: 'as_usual', observation: '都好' };
    expect(cleaned(values, '')).toEqual(values);
  });
});

describe('as last time', () => {
  it('takes over what was done and never the sentence or the worry', () => {
    const last = { outcome: 'met_person', services: { greeting: true, errand: true }, condition: 'follow_up', follow_up_on: '2026-11-01', observation: '血压高' };
    expect(asLastTime({ household: 'h', observation: '今天的话' }, last)).toEqual({
      household: 'h', outcome: 'met_person', services: { greeting: true, errand: true }, condition: 'as_usual', observation: '今天的话', follow_up_on: null, rebook_on: null
    });
  });
});

describe('the times of a visit', () => {
  it('are filled in when it begins, and left alone in one that is being mended', () => {
    expect(started({}, '2026-11-22', '10:31')).toMatchObject({ visited_on: '2026-11-22', arrived_at: '10:31' });
    expect(started({ outcome: 'met_person', visited_on: '2026-11-18' }, '2026-11-22', '10:31')).toEqual({ outcome: 'met_person', visited_on: '2026-11-18' });
  });
  it('claim no end within the minute of arriving, on another day, or where one is written', () => {
    const begun = { visited_on: '2026-11-22', arrived_at: '10:31' };
    expect(ended(begun, '2026-11-22', '10:40').left_at).toBe('10:40');
    expect(ended(begun, '2026-11-22', '10:31').left_at).toBeUndefined();
    expect(ended(begun, '2026-11-23', '00:10').left_at).toBeUndefined();
    expect(ended({ ...begun, left_at: '10:35' }, '2026-11-22', '10:40').left_at).toBe('10:35');
  });
});
