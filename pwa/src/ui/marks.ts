// The words of the seven marks. Which mark a record has is decided from stored facts in the view, not here.
import { kindOf } from '../schema/schema';

const all = {
  draft: ['草稿', 'Draft'],
  saved: ['已存本机', 'Saved here'],
  sent: ['已送达', 'Delivered'],
  reviewed: ['已审核', 'Reviewed'],
  returned: ['退回补正', 'Fix needed'],
  held: ['没能送出', 'Not accepted'],
  versions: ['两个版本', 'Two versions']
} as const;

export type MarkName = keyof typeof all;

/** The word of a mark; an approved record may be called otherwise by its kind, as hours are "certified". */
export function markWords(mark: MarkName, language: 'zh' | 'en', kind?: string): string {
  const own = mark === 'reviewed' && kind !== undefined ? kindOf(kind)?.review?.words.approved?.[language] : undefined;
  return own ?? all[mark][language === 'zh' ? 0 : 1];
}
