// What is said to somebody whose role or team has changed.
import { words } from './words.svelte';

export const postWords = words({
  title: ['岗位有变化', 'A changed role'],
  changed: [(before: string, now: string) => `你的岗位有变化：原来是${before}，现在是${now}。`, (before: string, now: string) => `Your role has changed: it was ${before}, and is ${now} now.`],
  means: [
    '看得到的跟着变：不再归你的会从这里收走，新归你的会自己到。没送出的照样送，一个字不丢。',
    'What you see changes with it: what is no longer yours leaves this device, what is newly yours comes by itself. What is unsent still goes, and no word is lost.',
  ],
  none: ['没有岗位', 'no role'],
  post: [(roles: string, teams: string) => (teams ? `${roles}（${teams}）` : roles), (roles: string, teams: string) => (teams ? `${roles} (${teams})` : roles)],
  known: ['知道了', 'I know'],
});
