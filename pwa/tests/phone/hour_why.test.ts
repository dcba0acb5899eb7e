// What a volunteer reads beside an entry of hers: why it is not as she wrote it.
import { expect, it } from 'vitest';
import { whyOf } from '../../src/phone/hour_why';

const cut = { remarks: { a: { text: '忘了带手机' }, b: { text: '按班次 09:00–11:30 算。', about: 'ended_at' } } };

it('is the sentence of who decided, as long as that decision stands', () => {
  expect(whyOf({ values: cut, standing: { review: { state: 'rejected', sentence: '和另一条是同一次', by: 'chen_jing' } } })).toEqual({ text: '和另一条是同一次', by: 'chen_jing' });
  expect(whyOf({ values: {}, standing: { review: { state: 'returned', sentence: '几点结束的？', by: 'chen_jing' } } })).toEqual({ text: '几点结束的？', by: 'chen_jing' });
});
it('is the last note where somebody cut it', () => {
  expect(whyOf({ values: cut, standing: { review: { state: 'waiting', sentence: null, by: null } } })).toEqual({ text: '按班次 09:00–11:30 算。' });
  expect(whyOf({ values: cut, standing: { review: { state: 'approved', sentence: null, by: 'chen_jing' } } })).toEqual({ text: '按班次 09:00–11:30 算。' });
});
it('is not the sentence of a return that was answered', () => {
  expect(whyOf({ values: {}, standing: { review: { state: 'waiting', sentence: '几点结束的？', by: 'chen_jing' } } })).toBeUndefined();
});
it('is nothing where nothing was said', () => {
  expect(whyOf({ values: {}, standing: null })).toBeUndefined();
});
