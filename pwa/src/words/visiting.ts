// What the phone says around a visit: somebody else at the same door, who came along, what else is due there, the card to
// leave behind.
import { words } from './words.svelte';

export const visitingWords = words({
  also_here: [(who: string, at: string) => `${who}今天${at ? ` ${at}` : ''}也记了这户`, (who: string, at: string) => `${who} recorded this home today${at ? ` at ${at}` : ''}`],
  i_recorded: [(at: string) => `你今天${at ? ` ${at}` : ''}已经记过这户`, (at: string) => `You recorded this home today${at ? ` at ${at}` : ''}`],
  along: ['我陪同', 'I came along'],
  along_note: ['只加上你的名字，不再记一次', 'Adds your name, and no second visit'],
  apart: ['分开记', 'Record apart'],
  along_saved: [(who: string) => `加到${who}的探访里了，已存本机`, (who: string) => `Saved here: your name is in the visit of ${who}`],
  along_because: [(who: string) => `和${who}一起去的`, (who: string) => `Went with ${who}`],
  partners: ['和谁一起去的', 'Who came along'],
  add_partner: ['加一个人', 'Add somebody'],
  take_out: [(who: string) => `去掉${who}`, (who: string) => `Take out ${who}`],
  also_due: [(what: string) => `这户还有：${what}`, (what: string) => `Also here: ${what}`],
  do_now: ['现在做', 'Do it now'],
  request: ['登记上门预约', 'Write down a request'],
  requests: ['上门预约', 'Requests'],
  card: ['便民联系卡', 'Contact card'],
  card_note: ['给住户看，或打印留下。只有这几行，不写住户的情况。', 'Show it to the resident, or print it and leave it. Nothing about the home is on it.'],
  card_worker: ['联系人', 'Your contact'],
  card_phone: ['中心电话', 'Phone of the centre'],
  card_phone_help: ['填一次，记在这台手机上', 'Once; this phone remembers it'],
  card_next: ['下次上门', 'Next visit'],
  card_no_next: ['还没约，有事请打电话', 'Not agreed yet; please call'],
  card_free: ['有人自称中心来收钱的，请先打电话问一问。', 'Should somebody ask for money in our name, please call first.'],
  print: ['打印', 'Print'],
});
