// What is said about the steps of a record: taking one, what it asks first, being sent back; and the desk's page of cases.
import { words } from './words.svelte';

export const stepWords = words({
  next: ['接下来', 'What comes next'],
  send_back: ['退回', 'Send back'],
  sent_back: ['主管退回了', 'The supervisor sent it back'],
  not_now: ['先不办', 'Not now'],
  taken: [(step: string) => `${step}，已存本机`, (step: string) => `${step}: saved here`],
  agrees: [(unit: string) => `本人同意把这些提供给${unit}吗？`, (unit: string) => `Does the person agree that ${unit} is told this?`],
  agrees_note: ['念给本人听。不同意就先不办，什么也不会送出去。', 'Read it to them. If they do not agree, nothing is sent.'],
  referrals: ['转介', 'Referrals'],
  refer: ['转介', 'Refer'],
  follow_up: [(day: string) => `${day}跟进`, (day: string) => `Follow up ${day}`],

  cases: ['个案', 'Cases'],
  board_note: ['先看等你定的，再看过了日子的。', 'First what waits for you, then what is overdue.'],
  waits_for_you: ['等你定', 'Waits for you'],
  nothing_waits: ['没有等你定的。', 'Nothing waits for you.'],
  case_one: ['个案', 'Case'],
  worker: ['负责社工', 'Worker'],
  stage: ['阶段', 'Stage'],
  due: ['下一步', 'Next step'],
  overdue: ['过了日子', 'overdue'],
  open: ['打开', 'Open'],
});
