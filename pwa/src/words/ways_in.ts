// What the desk says about a second way in: how many there are, and the sheet of codes for the safe.
import { words } from './words.svelte';

export const waysInWords = words({
  title: ['恢复码', 'Recovery codes'],
  note: ['登录用的钥匙丢了、坏了，还能进来的另一条路。', 'The other way in, for when what you sign in with is lost or broken.'],
  passkeys: ['登录钥匙', 'Passkeys'],
  codes: ['剩下的恢复码', 'Codes left'],
  made: ['打印时间', 'Printed'],
  count: [(n: number) => `${n} 把`, (n: number) => String(n)],
  left: [(n: number) => `${n} 个`, (n: number) => String(n)],
  never: ['还没打印过', 'never'],
  enough: ['有两条登录的路。', 'You have two ways in.'],
  due: [(when: string) => `只有一条登录的路。${when} 以后，要先补上才能管理成员、邀请设备、导出和查记录。`, (when: string) => `You have one way in. From ${when} on, members, invites, exports and the trail wait for a second.`],
  make: ['打印十个恢复码', 'Print ten codes'],
  make_new: ['作废旧的，重打十个', 'Void the old ones and print ten'],
  make_note: ['打印以后锁进柜子，不要拍照。每个码只能用一次。新的一打出来，旧的就作废。', 'Lock the sheet away and take no photo of it. Each code works once. New ones make the old ones void.'],
  sheet: ['恢复码：锁进柜子', 'Recovery codes: lock this sheet away'],
  sheet_for: [(name: string, centre: string) => `${name} · ${centre}`, (name: string, centre: string) => `${name} · ${centre}`],
  sheet_use: [(address: string) => `用法：在新设备上打开 ${address}，点“用恢复码”，输入一个没划掉的码，用过划掉。`, (address: string) => `To use: open ${address} on the new device, choose “Use a recovery code”, type one that is not struck out, and strike it out.`],
  sheet_once: ['这些码只显示这一次，离开这一页就没有了。', 'The codes are shown this once and are gone when you leave the page.'],
  print: ['打印这一页', 'Print this page'],
  offline: ['没有网络。连上网再试。', 'No network. Try again when it is back.'],
  try_again: ['再试一次', 'Try again'],
});
