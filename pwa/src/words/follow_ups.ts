// What is said about follow-ups: the list of whoever asks, and the desk's page of a month.
import { words } from './words.svelte';

export const followUpWords = words({
  title: ['回访', 'Follow-ups'],
  note: ['你没去过这些户。问问服务得怎么样，问到什么记什么。', 'You have not served these homes. Ask how it was, and write what they say.'],
  to_ask: ['要问的', 'To be asked'],
  open: ['有问题，在办', 'Problems under way'],
  over: ['问完的', 'Done'],
  none: ['没有要你回访的户。', 'No home waits for you to ask.'],
  on_today: [(n: number) => `回访 ${n} 户`, (n: number) => `Follow up ${n} ${n === 1 ? 'home' : 'homes'}`],
  attempts: [(n: number) => `联系过 ${n} 次`, (n: number) => `${n} ${n === 1 ? 'attempt' : 'attempts'}`],

  board_note: ['每月一次，中心按存下来的种子抽，谁服务过的不由谁问。', 'Once a month the centre draws by a number that is kept; nobody asks where they served.'],
  month: ['月份', 'Month'],
  last_month: ['上个月', 'Last month'],
  this_month: ['这个月', 'This month'],
  team: ['组', 'Team'],
  draw: ['抽样', 'Draw the sample'],
  not_drawn: ['这个月还没抽。', 'Nothing has been drawn for this month.'],
  drawn: [(of: number, homes: number) => `服务了 ${homes} 户，抽到 ${of} 户`, (of: number, homes: number) => `${of} of ${homes} homes drawn`],
  seed: ['抽样种子', 'Seed'],
  done: ['抽好了', 'Drawn'],
  states: ['问到哪了', 'How far'],
  satisfied: ['满意几分', 'Satisfied'],
  points: [(n: number) => `${n} 分`, (n: number) => `${n}`],
  timely: ['按时到', 'On time'],
  yes: ['是', 'yes'],
  no: ['否', 'no'],
  problems: ['有问题的', 'Problems'],
  homes: ['各户', 'Homes'],
  home: ['户', 'Home'],
  asker: ['谁去问', 'Asked by'],
  state: ['问到哪了', 'State'],
  problem: ['问题', 'Problem'],
  open_one: ['打开', 'Open'],
  summary: ['写小结', 'Write the summary'],
  offline: ['没有网络，抽不了样。连上再抽。', 'No network: nothing can be drawn now.']
});
