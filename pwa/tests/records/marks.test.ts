// @vitest-environment happy-dom
// Marks and problems in words: the same everywhere, in both languages, never the words of machines.
import { render } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { settings } from '../../src/settings.svelte';
import Mark from '../../src/ui/Mark.svelte';
import { markWords, type MarkName } from '../../src/ui/marks';
import { problemText } from '../../src/ui/problems';

afterEach(() => { settings.language = 'zh'; });

describe('a mark', () => {
  it.each<[MarkName, string, string]>([
    ['saved', '已存本机', 'Saved here'], ['sent', '已送达', 'Delivered'], ['returned', '退回补正', 'Fix needed'], ['held', '没能送出', 'Not accepted'], ['versions', '两个版本', 'Two versions']
  ])('of %s says so in both languages', (mark, zh, en) => {
    expect(markWords(mark, 'zh')).toBe(zh);
    expect(markWords(mark, 'en')).toBe(en);
    expect([...zh].length).toBeLessThanOrEqual(20);
  });
  it('of approved hours is certified, as their declaration says', () => {
    expect(markWords('reviewed', 'zh', 'hour_entry')).toBe('已核定');
    expect(markWords('reviewed', 'zh', 'home_visit')).toBe('已审核');
    expect(markWords('reviewed', 'en')).toBe('Reviewed');
  });
  it('has its own shape and is no button', () => {
    const { container } = render(Mark, { mark: 'held' });
    expect(container.querySelector('[data-mark=held] svg')).not.toBeNull();
    expect(container.querySelector('button, a')).toBeNull();
  });
});

describe('a problem', () => {
  it('names the field and the next step', () => {
    expect(problemText({ code: 'missing', field: 'outcome' }, 'zh', 'home_visit')).toEqual({ words: '还差一项：见到人了吗', next: '填上这一项' });
    expect(problemText({ code: 'date_in_future', field: 'visited_on' }, 'en', 'home_visit').words).toBe('Date of visit has not come yet');
  });
});
