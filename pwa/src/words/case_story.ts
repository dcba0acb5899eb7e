// What is said about a case as it goes on: its story, being offered to somebody, the episode after it, and opening one
// from a visit.
import { words } from './words.svelte';

export const storyWords = words({
  story: ['经过', 'What happened'],
  opened: ['接案', 'Case opened'],
  stage: [(name: string) => `进入“${name}”`, (name: string) => `Now “${name}”`],
  approved_plan: ['批准了计划', 'Plan approved'],
  returned: ['退回', 'Sent back'],
  risk: [(level: string) => `风险改为${level}`, (level: string) => `Risk is now ${level}`],
  no_risk: ['取消了风险等级', 'Risk level taken out'],
  taken_over: [(name: string) => `${name}接手`, (name: string) => `Taken over by ${name}`],
  visit: ['入户探访', 'Home visit'],
  referral: [(unit: string, state: string) => `转介${unit} · ${state}`, (unit: string, state: string) => `Referral to ${unit} · ${state}`],
  note: ['进展', 'Progress'],
  goes_on: ['本人又开了个案', 'Went on in a new case'],
  goes_on_from: ['接着之前的个案', 'Goes on from an earlier case'],
  nothing: ['还没有内容。', 'Nothing yet.'],
  open: [(what: string) => `看${what}`, (what: string) => `See ${what}`],
  by_whom: ['谁来做：', 'By: '],

  offered_to_you: ['主管请你接手这个个案。接了才归你，之前还由原来的社工负责。', 'The supervisor asks you to take this case over. Until you do, it stays with its worker.'],
  take_over: ['接手', 'Take it over'],
  decline: ['不接', 'Decline'],
  taken: ['已接手，已存本机', 'Taken over: saved here'],
  declined: ['已回复不接，已存本机', 'Declined: saved here'],
  offered: [(name: string) => `已请${name}接手，对方接了才换人。`, (name: string) => `Offered to ${name}; it moves only when they take it.`],
  offer: ['请人接手', 'Offer to somebody'],
  send_offer: ['请这位接手', 'Make the offer'],
  offer_made: ['已请对方接手，已存本机', 'Offered: saved here'],
  no_offer: ['不请了', 'Take the offer back'],
  offered_short: [(name: string) => `已请${name}接手`, (name: string) => `offered to ${name}`],
  offered_cases: ['请你接手', 'Offered to you'],

  again: ['再开个案', 'Open a new case'],
  from_visit: ['需要个案跟进', 'Needs a case'],
  from_visit_note: ['资料从这次探访带过去，不用再写。', 'What this visit says is taken along.'],
  cases_from_visit: ['从这次探访开的个案', 'Cases opened from this visit'],
  quiet: [(days: number) => `${days} 天没有进展`, (days: number) => `no progress for ${days} days`],
});
