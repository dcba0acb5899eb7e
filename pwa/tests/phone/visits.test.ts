// What the visits of a home tell somebody who is about to knock.
import { describe, expect, it } from 'vitest';
import { careCodes, directions, personLine } from '../../src/phone/homes';
import { daysSinceVisit, lastMeeting, openItems, sentenceOf } from '../../src/phone/visits';

const visit = (record: string, values: Record<string, unknown>) => ({ record, values });
const october = visit('october', { visited_on: '2026-10-21', outcome: 'met_person', condition: 'follow_up', follow_up_on: '2026-11-01', services: { greeting: true }, observation: '血压偏高' });
const november = visit('november', { visited_on: '2026-11-10', outcome: 'no_answer', rebook_on: '2026-11-24' });
const planned = visit('planned', { planned_on: '2026-11-22' });

describe('the last visit', () => {
  it('is counted in days; a planned one is none', () => {
    expect(daysSinceVisit([october, november, planned], '2026-11-22')).toBe(12);
    expect(daysSinceVisit([planned], '2026-11-22')).toBeNull();
  });
  it('to copy from is the last that met somebody, never the visit itself', () => {
    expect(lastMeeting([november, october, planned], null)?.record).toBe('october');
    expect(lastMeeting([october], 'october')).toBeUndefined();
  });
});

describe('open items', () => {
  it('are those after which nobody has been', () => {
    expect(openItems([october, november]).map((item) => [item.visit.record, item.what, item.on])).toEqual([['november', 'rebook', '2026-11-24']]);
    expect(openItems([october]).map((item) => item.what)).toEqual(['follow_up']);
  });
});

describe('a home in words', () => {
  it('tells a visit as a sentence in both languages', () => {
    expect(sentenceOf(october.values, 'zh')).toBe('见到本人，需要跟进。血压偏高');
    expect(sentenceOf(november.values, 'en')).toBe('Nobody home');
  });
  it('tells age and needs of a person', () => {
    expect(personLine({ born_on: '1948-05-06', vulnerabilities: { lives_alone: true } }, 'zh', '2026-11-22')).toBe('78 岁 · 独居');
    expect(personLine({ born_on: '1948-11-23' }, 'en', '2026-11-22')).toBe('77');
    expect(personLine(undefined, 'zh', '2026-11-22')).toBe('');
  });
  it('names what to mind and shows the way by the building alone', () => {
    expect(careCodes({ tags: { dog: true, no_lift: false } })).toEqual(['dog']);
    expect(decodeURIComponent(directions({ estate: '和平里', building: '3', room: '502' }))).toBe('geo:0,0?q=和平里3栋');
  });
});
