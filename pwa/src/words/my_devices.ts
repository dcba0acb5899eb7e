// What a person reads of their own devices: where they are signed in.
import { words } from './words.svelte';

export const myDeviceWords = words({
  title: ['在哪里登录着', 'Where you are signed in'],
  this_one: ['这一台', 'This one'],
  forms: { phone: ['手机', 'Phone'], desk: ['电脑', 'Computer'] },
  seen: [(when: string) => `上次联系：${when}`, (when: string) => `Last in contact: ${when}`],
  never_seen: ['还没联系过', 'Not in contact yet'],
  signed_out: ['已退出', 'Signed out'],
  end: ['让它退出', 'Sign it out'],
  end_of: [(name: string) => `让它退出：${name}`, (name: string) => `Sign it out: ${name}`],
  ended: [(name: string) => `${name}已退出，再用要重新确认本人。没送出的还在那台上。`, (name: string) => `${name} is signed out and asks who is there before it goes on. What is unsent stays on it.`],
  only_this: ['只在这一台登录着。', 'Only here.'],
  offline: ['连上网才看得到其他设备。', 'Other devices are seen only with a network.'],
  try_again: ['再试一次', 'Try again'],
});
