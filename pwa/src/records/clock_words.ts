// How a clock over a record is told: what is left of it and until when, or by how much it is over. Which clocks run is
// schema/clocks.ts.
import { isLate, type Deadline } from '../schema/clocks';
import { schema } from '../schema/schema';
import { clock, dayOf, nearDay, spanWords, type Language } from './dates';

/** 接单：还剩 20 分钟，10:50 前 · 接单：已超 3 小时. Begun minutes count as whole ones. */
export function clockWords(kind: string, deadline: Deadline, now: string, language: Language): string {
  const name = schema.clocks[kind]?.find((one) => one.name === deadline.clock)?.[language] ?? deadline.clock;
  const minutes = Math.ceil(Math.abs(Date.parse(deadline.due_at) - Date.parse(now)) / 60_000);
  const span = language === 'en' ? spanWords(minutes, 'en').replace(/^1 (\w+)s$/, '1 $1') : spanWords(minutes, 'zh');
  if (isLate(deadline, now)) return language === 'zh' ? `${name}：已超 ${span}` : `${name}: over by ${span}`;
  const day = dayOf(deadline.due_at) === dayOf(now) ? '' : `${nearDay(dayOf(deadline.due_at), dayOf(now), language)} `;
  const until = `${day}${clock(deadline.due_at)}`;
  return language === 'zh' ? `${name}：还剩 ${span}，${until} 前` : `${name}: ${span} left, by ${until}`;
}
