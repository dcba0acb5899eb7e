// What is said about the confidential notes of a case.
import { words } from './words.svelte';

const n = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const confidentialWords = words({
  confidential: ['保密内容', 'Confidential'],
  confidential_note: ['只有写在名单上的人看得到，看一次确认一次。', 'Only those who are named see this, and confirm each time that it is they.'],
  confidential_none: ['这里没有你能看的内容。', 'There is nothing here that you may see.'],
  confidential_offline: ['保密内容要连上网才能打开。', 'Confidential notes open only with a network.'],
  confidential_closed: ['为了稳妥先合上了：最多开半小时。要接着看，再确认一次。', 'Closed to be safe: it stays open for half an hour at most. To go on reading, confirm once more.'],
  confidential_open: ['打开', 'Open'],
  confidential_write: ['记一条保密内容', 'Write a confidential note'],
  confidential_waiting: [(count: number) => `${count} 条还在这台手机上等着送出。`, (count: number) => `${n(count, 'note waits', 'notes wait')} on this phone to be sent.`],
  confidential_readers: [(names: string) => `能看的人：${names}`, (names: string) => `Open to: ${names}`],
});
