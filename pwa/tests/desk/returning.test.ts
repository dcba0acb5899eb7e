// The sentence of a return as its reader gets it.
import { expect, it } from 'vitest';
import { withReason } from '../../src/desk/returning';

it('puts the reason in front, once, and leaves the words alone', () => {
  expect(withReason('请说明', ' 老人现在吃什么药？ ', 'zh')).toBe('请说明：老人现在吃什么药？');
  expect(withReason('请说明', '请说明：老人现在吃什么药？', 'zh')).toBe('请说明：老人现在吃什么药？');
  expect(withReason('', '老人现在吃什么药？', 'zh')).toBe('老人现在吃什么药？');
});
