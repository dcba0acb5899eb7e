// Two versions side by side and the save that settles them: everything live is replaced, nobody's sentence is lost.
import { describe, expect, it } from 'vitest';
import { columnsOf, firstChoices, isComplete, resultOf, settlementOf, versionIn } from '../../src/desk/versions';
import { claim, conflict, detail } from './world';

const high = claim('risk_level', 'high', 'li_min', '1795312345678-0000');
const low = claim('risk_level', 'low', 'zhang_qiang', '1795312399999-0000');
const risk = conflict('risk_level', low, high);

function rows(): () => string {
  let next = 0;
  return () => `row${next++}`;
}

describe('columns', () => {
  it('stand in the order in which two people wrote', () => {
    expect(columnsOf([risk]).map((column) => [column.number, column.author_name])).toEqual([[1, '李敏'], [2, '张强']]);
  });
  it('show the newest first when there are more than two', () => {
    const third = claim('risk_level', 'medium', 'zhou_hui', '1795399999999-0000');
    expect(columnsOf([conflict('risk_level', high, low, third)]).map((column) => column.author)).toEqual(['zhou_hui', 'zhang_qiang', 'li_min']);
  });
  it('give one person who wrote on two devices a column for each', () => {
    const again = claim('risk_level', 'medium', 'li_min', '1795312349999-0000');
    const two = conflict('risk_level', high, again);
    const columns = columnsOf([two]);
    expect(columns.map((column) => versionIn(two, column)?.value)).toEqual(['high', 'medium']);
  });
});

describe('choosing', () => {
  it('waits for a person where one value must go, and keeps both sentences by itself', () => {
    const texts = conflict('health_note', claim('health_note', '一', 'li_min', '1'), claim('health_note', '二', 'zhang_qiang', '2'));
    const first = firstChoices('resident', [risk, texts]);
    expect(first).toEqual({ risk_level: undefined, health_note: { kind: 'both' } });
    expect(isComplete([risk, texts], first)).toBe(false);
    expect(isComplete([risk, texts], { ...first, risk_level: { kind: 'version', number: 1 } })).toBe(true);
  });
  it('leads to the value of the column, or to the reader\'s own', () => {
    const columns = columnsOf([risk]);
    expect(resultOf(risk, { kind: 'version', number: 2 }, columns)).toBe('low');
    expect(resultOf(risk, { kind: 'own', value: 'medium' }, columns)).toBe('medium');
    expect(resultOf(risk, undefined, columns)).toBeUndefined();
  });
});

describe('settling', () => {
  it('replaces every live claim, also a third one that says the same', () => {
    const same = claim('risk_level', 'high', 'zhou_hui', '1795312345999-0000');
    const dead = claim('risk_level', 'medium', 'li_min', '1790000000000-0000', { live: false });
    const shown = detail({ claims: [high, low, same, dead], conflicts: [risk] });
    const { set, replaces } = settlementOf(shown, { risk_level: { kind: 'version', number: 1 } }, [], columnsOf([risk]), true, rows());
    expect(set).toEqual({ risk_level: 'high' });
    expect(replaces['risk_level']).toEqual([high.key, low.key, same.key].sort());
  });
  it('adds the note as a remark about the field', () => {
    const shown = detail({ claims: [high, low], conflicts: [risk] });
    const notes = [{ field_key: 'risk_level', text: ' 用了李敏的“高” ' }];
    const { set, replaces } = settlementOf(shown, { risk_level: { kind: 'version', number: 1 } }, notes, columnsOf([risk]), true, rows());
    expect(set['remarks.row0']).toEqual({ text: '用了李敏的“高”', about: 'risk_level' });
    expect(replaces['remarks.row0']).toEqual([]);
  });
  it('writes no remark for a kind without remarks', () => {
    const shown = detail({ claims: [high, low], conflicts: [risk] });
    const { set } = settlementOf(shown, { risk_level: { kind: 'version', number: 1 } }, [{ field_key: 'risk_level', text: '因为' }], columnsOf([risk]), false, rows());
    expect(Object.keys(set)).toEqual(['risk_level']);
  });
  it('keeps both sentences letter by letter, a very long one in several remarks', () => {
    const long = '长'.repeat(2001);
    const texts = conflict('observation', claim('observation', long, 'zhang_qiang', '2'), claim('observation', '先写的', 'li_min', '1'));
    const { set } = settlementOf(detail({ conflicts: [texts], claims: texts.versions }), { observation: { kind: 'both' } }, [], columnsOf([texts]), true, rows());
    expect(set['observation']).toBe('先写的');
    const remarks = Object.entries(set).filter(([key]) => key.startsWith('remarks.')).map(([, row]) => (row as { text: string }).text);
    expect(remarks.join('')).toBe(long);
    expect(remarks.map((text) => text.length)).toEqual([2000, 1]);
  });
  it('leaves alone what was not chosen', () => {
    const shown = detail({ claims: [high, low], conflicts: [risk] });
    expect(settlementOf(shown, {}, [], columnsOf([risk]), true, rows())).toEqual({ set: {}, replaces: {} });
  });
  it('settles one tick of a list without touching the others', () => {
    const ticks = conflict('tags.dog', claim('tags.dog', true, 'li_min', '1'), claim('tags.dog', false, 'zhang_qiang', '2'));
    const { set } = settlementOf(detail({ kind: 'household', conflicts: [ticks], claims: ticks.versions }), { 'tags.dog': { kind: 'version', number: 2 } }, [], columnsOf([ticks]), true, rows());
    expect(set).toEqual({ 'tags.dog': false });
  });
});
