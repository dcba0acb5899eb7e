// What the pages of the centre's days and of its way of reviewing say. The names of fields are declared.
import { words } from './words.svelte'

export const calendarWords = words({
  title: ['工作日历', 'Working calendar'],
  setting_title: ['审核方式', 'Way of reviewing'],
  month: [(year: number, month: number) => `${year} 年 ${month} 月`, (year: number, month: number) => `${year}-${String(month).padStart(2, '0')}`],
  before: ['上个月', 'Previous month'],
  after: ['下个月', 'Next month'],
  weekdays: ['一二三四五六日', 'MTWTFSS'],
  off: ['休', 'off'],
  works: ['班', 'works'],
  closed: ['不开放', 'closed'],
  unknown: ['还不知道哪天放假', 'days off not known yet'],
  legend: ['休＝不算工作日；班＝周末补班；不开放＝中心这天不接待', '“off” is no working day; “works” a weekend that is worked; “closed”: the centre receives nobody'],
  tables: ['中心写下的', 'Written down by the centre'],
  none: ['还没有。放假按系统里国务院公布的算。', 'None yet. Days off are those published by the State Council, as far as known.'],
  no_setting: ['还没有定过：每条都看。', 'None yet: every record is looked at.'],
  write: ['写一份新的', 'Write a new one'],
  setting_note: ['按从哪天起生效的算，改就写一条新的，旧的留着。', 'Each counts from its day on; a change is a new one, and the old one stays.'],
  by_today: ['下面按今天有效的那份画', 'Drawn by what is in force today'],
  offline: ['没有网络，看不到', 'No network; this cannot be shown'],
  may_not: ['由主任写', 'Written by the director'],
})
