// @vitest-environment happy-dom
// Sessions as lists need them: what is today, what a new one begins with, what ticks and counts become.
import { describe, expect, it } from 'vitest';
import type { RecordView } from '../../src/view';
import { byDay, countsOf, heldOf, inParts, newSession, ticksOf } from '../../src/phone/sessions';

const [WANG, LI] = ['0192f0e0a1b27c3d8e4f5a6b7c8d9e0f', '1192f0e0a1b27c3d8e4f5a6b7c8d9e0f'];
const record = (kind: string, values: Record<string, unknown>, id = 'r'): RecordView => ({ record: id, kind, values, conflicts: {} }) as unknown as RecordView;
const planned = (id: string, planned_on: string, more: Record<string, unknown> = {}) => record('group_session', { planned_on, number: 1, ...more }, id);

describe('sessions by day', () => {
  it('are what is past and not written down, what is today, and what comes; what is over is with its group', () => {
    const found = byDay([planned('next', '2026-11-23'), planned('late', '2026-11-21'), planned('now', '2026-11-22'), planned('off', '2026-11-21', { state: 'cancelled' }),
      planned('over', '2026-11-20', { state: 'held', held_on: '2026-11-20' }), planned('done', '2026-11-20', { state: 'held', held_on: '2026-11-22' })], '2026-11-22');
    expect(found.map((section) => [section.name, section.sessions.map((one) => one.record)])).toEqual([['unfinished', ['late']], ['today', ['now', 'done']], ['coming', ['next']]]);
  });
  it('count each number once among those that were held, and every person-time', () => {
    const held = { state: 'held', person_times: 5 };
    expect(heldOf([planned('a', '2026-11-20', held), planned('b', '2026-11-20', held), planned('c', '2026-11-21', { ...held, number: 2 }), planned('d', '2026-11-22', { number: 3 })])).toEqual({ held: 2, person_times: 15 });
  });
});

describe('a new session', () => {
  it('has the next number and everybody who has not left, and nobody ticked', () => {
    const members = { [WANG]: { name: '王秀兰', joined_on: '2026-11-01' }, [LI]: { name: '李大爷', joined_on: '2026-11-01', left_on: '2026-11-10' } };
    expect(newSession(record('group', { name: '手工', members }, 'g'), [planned('a', '2026-11-20', { number: 4 })])).toEqual({ group: 'g', name: '手工', number: 5, [`people.${WANG}`]: { name: '王秀兰' } });
    expect(newSession(record('activity', { name: '义诊' }, 'a'), [])).toEqual({ activity: 'a', name: '义诊' });
  });
});

describe('ticks and counts', () => {
  const session = record('group_session', {
    people: { [WANG]: { name: '王秀兰', present: true }, [LI]: { name: '李大爷' } },
    counted: { b: { person: 'huang_li', number: 3 }, a: { person: 'li_min', number: 2 } }
  });
  it('write only what is otherwise than it was', () => {
    expect(ticksOf(session, { [WANG]: true, [LI]: false })).toEqual({});
    expect(ticksOf(session, { [WANG]: false, [LI]: true })).toEqual({ [`people.${WANG}`]: { name: '王秀兰', present: false }, [`people.${LI}`]: { name: '李大爷', present: true } });
  });
  it('go into the row of whoever counts, and into a new one for somebody else', () => {
    expect(countsOf(session, 'li_min')).toEqual({ own: 'a', mine: 2, others: 3 });
    expect(countsOf(session, 'deng_jie')).toMatchObject({ mine: 0, others: 5 });
    expect(['a', 'b']).not.toContain(countsOf(session, 'deng_jie').own);
  });
  it('are split before a save has too many fields', () => {
    const many = Object.fromEntries(Array.from({ length: 61 }, (_, at) => [`people.${at}`, true]));
    expect(inParts(many).map((part) => Object.keys(part).length)).toEqual([60, 1]);
    expect(inParts({})).toEqual([]);
  });
});
