// People read labels, choices and problems in their language. Not here: titles of the kinds (their examples).
import { describe, expect, it } from 'vitest';
import problems from '../../src/generated/problems.json';
import { problemWords } from '../../src/schema/problem_words';
import { label } from '../../src/schema/labels';
import { choiceWords } from '../../src/schema/words';

describe('a problem', () => {
  it('is told with the name of the field and the next step', () => {
    const problem = { code: 'date_in_future', field: 'visited_on' };
    expect(problemWords(problem, 'zh', 'home_visit')).toEqual(['探访日期还没到', '改成今天或以前的日期']);
    expect(problemWords(problem, 'en', 'home_visit')).toEqual(['Date of visit has not come yet', 'Choose today or an earlier date']);
  });

  it('in a row names the column', () => {
    const problem = { code: 'missing', field: 'goals.goal0001', details: { column: 'text' } };
    expect(problemWords(problem, 'zh', 'case')[0]).toBe('还差一项：目标 · 要做到什么');
  });

  it.each(Object.keys(problems))('%s leaves no gap', (code) => {
    for (const language of ['zh', 'en'] as const) expect(problemWords({ code }, language).join('')).not.toContain('{');
  });

  it('that a newer server invented is told as something that failed there', () => {
    expect(problemWords({ code: 'solar_flare' }, 'zh')).toEqual([problems.failed.zh, problems.failed.next_zh]);
  });
});

describe('labels and choices', () => {
  it('are in the language asked for, and an unknown code is shown', () => {
    expect(label('household', 'tags.dog', 'zh')).toBe('上门要注意');
    expect(choiceWords('visit_outcome', 'met_person', 'en')).toBe('Met in person');
    expect(choiceWords('case.stage', 'in_service', 'zh')).toBe('服务中');
    expect(choiceWords('visit_outcome', 'abducted', 'en')).toBe('abducted');
    expect(choiceWords('nothing', 'x', 'en')).toBe('x');
  });
});
