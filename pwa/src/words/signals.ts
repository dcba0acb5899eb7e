// What the workbench says about what stalls. The names of the signals themselves come from the declarations.
import { words } from './words.svelte'

export const signalWords = words({
  title: ['卡住的', 'What stalls'],
  note: ['一件一件看，不比谁多谁少。', 'One by one; nobody is compared.'],
  none: ['没有卡住的。', 'Nothing stalls.'],
  offline: ['没有网络，看不到卡住的', 'No network; what stalls cannot be shown'],
  count: [(open: number, answered: number) => `${open} 件${answered > 0 ? `，另有 ${answered} 件说过了` : ''}`, (open: number, answered: number) => `${open}${answered > 0 ? `, and ${answered} answered` : ''}`],
  since: [(day: string) => `从${day}起`, (day: string) => `since ${day}`],
  known: [(who: string, reason: string) => `${who}：${reason}`, (who: string, reason: string) => `${who}: ${reason}`],
  rests: [(who: string, day: string, reason: string) => `${who}：先放到${day}。${reason}`, (who: string, day: string, reason: string) => `${who}: rests until ${day}. ${reason}`],
  answer: ['说一句', 'Answer'],
  answer_of: [(what: string) => `说一句：${what}`, (what: string) => `Answer: ${what}`],
  reason: ['怎么回事，打算怎么办', 'What is going on, and what you will do'],
  until: ['先放到哪天（不写就是“知道了”）', 'Rests until (empty: it is known)'],
  save: ['记下', 'Save'],
  cancel: ['不了', 'Cancel'],
  needs_reason: ['写一句原因', 'Write one sentence'],
  wrong_day: ['写今天或以后的一天', 'A day from today on'],
  said: ['记下了', 'Saved'],
  more: [(n: number) => `还有 ${n} 件`, (n: number) => `${n} more`],
})
