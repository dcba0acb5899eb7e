// Days and times as people of a centre read them. What day it is now is asked of the view by the caller.

export type Language = 'zh' | 'en';

/** The day `days` after a day, both YYYY-MM-DD; months and leap years are the calendar's. */
export function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Whole days from one day to another; negative when the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** How long in round words: 45 分钟, 10 小时, 3 天. */
export function spanWords(minutes: number, language: Language): string {
  const [count, zh, en] = minutes < 120 ? [minutes, '分钟', 'minutes'] : minutes < 2880 ? [Math.round(minutes / 60), '小时', 'hours'] : [Math.round(minutes / 1440), '天', 'days'];
  return `${count} ${language === 'zh' ? zh : en}`;
}

const week = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] };
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 11 月 20 日 周五, with the year when it is not the present one. */
export function dayWords(day: string | null | undefined, language: Language, today?: string): string {
  if (!day || !/^\d{4}-\d{2}-\d{2}/.test(day)) return day ?? '';
  const [year = '', month = '', date = ''] = day.slice(0, 10).split('-');
  const name = week[language][new Date(`${day.slice(0, 10)}T00:00:00Z`).getUTCDay()] ?? '';
  const other = today !== undefined && today.slice(0, 4) !== year;
  if (language === 'zh') return `${other ? `${year} 年 ` : ''}${Number(month)} 月 ${Number(date)} 日 ${name}`;
  return `${name} ${Number(date)} ${months[Number(month) - 1]}${other ? ` ${year}` : ''}`;
}

/** 今天, 昨天, 明天, or the day in words. */
export function nearDay(day: string, today: string, language: Language): string {
  const far = daysBetween(today, day);
  const near: Record<number, [string, string]> = { 0: ['今天', 'today'], [-1]: ['昨天', 'yesterday'], 1: ['明天', 'tomorrow'], 2: ['后天', 'in 2 days'] };
  const word = near[far];
  return word ? word[language === 'zh' ? 0 : 1] : dayWords(day, language, today);
}

/** Shanghai clock of an instant, HH:MM; the centre's wall clock is what everybody means. */
export function clock(instant: string | number | Date): string {
  return new Date(new Date(instant).getTime() + 8 * 3_600_000).toISOString().slice(11, 16);
}

/** Shanghai date of an instant. */
export function dayOf(instant: string | number | Date): string {
  return new Date(new Date(instant).getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** 今天 08:47 for an instant. */
export function moment(instant: string | number | null | undefined, today: string, language: Language): string {
  if (instant === null || instant === undefined || instant === '') return '';
  const time = typeof instant === 'string' && /^\d{13}-/.test(instant) ? Number(instant.slice(0, 13)) : instant;
  return `${nearDay(dayOf(time), today, language)} ${clock(time)}`;
}

/** 农历十月十二 for a day, from the browser's own calendar; empty where the browser has none. */
export function lunarWords(day: string, language: Language): string {
  const noon = new Date(`${day}T12:00:00Z`);
  try {
    const parts = new Intl.DateTimeFormat('zh-CN-u-ca-chinese', { month: 'long', day: 'numeric', timeZone: 'UTC' }).formatToParts(noon);
    const month = parts.find((part) => part.type === 'month')?.value ?? '';
    const date = Number(parts.find((part) => part.type === 'day')?.value.replace(/\D/g, ''));
    if (!month || !date) return '';
    if (language === 'en') {
      const names = ['正', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
      const plain = month.replace('闰', '').replace('月', '');
      const at = plain === '冬' ? 11 : plain === '腊' ? 12 : names.indexOf(plain) + 1;
      return at > 0 ? `lunar ${month.startsWith('闰') ? 'leap ' : ''}${at}/${date}` : '';
    }
    return `农历${month}${lunarDay(date)}`;
  } catch (error) {
    // Old system browsers ship without the Chinese calendar; the plain date is then all there is.
    if (error instanceof RangeError) return '';
    throw error;
  }
}

function lunarDay(date: number): string {
  const digits = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
  if (date <= 10) return `初${digits[date]}`;
  if (date < 20) return `十${digits[date - 10]}`;
  if (date === 20) return '二十';
  if (date < 30) return `廿${digits[date - 20]}`;
  return '三十';
}

/** 2 小时 30 分 */
export function minutesWords(minutes: number, language: Language): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (language === 'zh') return [hours ? `${hours} 小时` : '', rest || !hours ? `${rest} 分` : ''].filter(Boolean).join(' ');
  return [hours ? `${hours} h` : '', rest || !hours ? `${rest} min` : ''].filter(Boolean).join(' ');
}

/** Whole years between a day of birth and a day. */
export function age(born: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5, 10) < born.slice(5, 10) ? years - 1 : years;
}
