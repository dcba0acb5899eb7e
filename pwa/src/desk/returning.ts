// The sentence of a return as its reader gets it. Who may return what is judged by the centre.
import type { Language } from '../schema/model';

/** The sentence with its reason in front, once. Other words of the person stay exactly as they were written. */
export function withReason(reason: string, sentence: string, language: Language): string {
  const said = sentence.trim();
  if (reason === '' || said.startsWith(reason)) return said;
  return language === 'zh' ? `${reason}：${said}` : `${reason}: ${said}`;
}
