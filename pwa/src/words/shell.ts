// The words of the shell: choosing who you are, and what is said when a page does not open.
import { words } from './words.svelte';

export const shellWords = words({
  app: ['上门', 'Doorstep'],
  tagline: ['没有网络，照常记', 'Works without network'],
  who_are_you: ['你是哪一位？', 'Who are you?'],
  demo_note: ['演示：点名字就能进，人和事都是虚构的。', 'Demo: tap a name to enter. People and events are invented.'],
  find_yourself: ['找名字', 'Find a name'],
  none_of_that_name: ['没有这个名字', 'Nobody of that name'],
  loading_people: ['正在取名单…', 'Getting the names…'],
  signing_in: [(name: string) => `正在进入：${name}`, (name: string) => `Opening for ${name}`],
  sign_in_needs_network: ['第一次进来要连上中心。连上网再点一下。', 'The first time needs the centre. Connect and tap again.'],
  sign_in_failed: ['没有进去', 'That did not work'],
  try_again: ['再试一次', 'Try again'],
  again: [(name: string) => `${name}，再登录一次就能送`, (name: string) => `${name}, sign in again to send`],
  was_here: [(name: string) => `我是${name}，接着用`, (name: string) => `I am ${name}, go on`],
  somebody_else: ['换一个人', 'Somebody else'],
  records_kept: ['记录都在这台手机上，没送出的会自己接着送', 'Records are on this phone; what is unsent goes on by itself'],
  no_team: ['本中心', 'The centre'],
  page_not_found: ['没有这一页', 'There is no such page'],
  page_not_opened: ['这一页没打开。你的记录都在。', 'This page did not open. Your records are safe.'],
  go_home: ['回到首页', 'Go to the start'],
  language: ['English', '中文']
});
