// What reviewing says about samples, courtesy and the way back to an author. The rest of the desk's words stand in desk.ts.
import { words } from './words.svelte'

export const reviewWords = words({
  extra: {
    passed: ['没看就通过的', 'Passed without review'],
    answered: ['近 30 天补回来的', 'Answered in 30 days'],
  },
  extra_empty: {
    passed: ['没有没看就通过的。', 'Nothing passed without review.'],
    answered: ['近 30 天没有退回后补好的。', 'No returned record was answered in 30 days.'],
  },
  passes_on: [(when: string) => `没抽到，${when}算通过`, (when: string) => `Not drawn; passes ${when}`],
  passed: ['没看就通过', 'Passed without review'],
  passed_note: [
    (percent: number, days: number) => `按抽查 ${percent}% 没抽到，${days} 天没人看，算通过。没有人审过；现在还可以通过或退回。`,
    (percent: number, days: number) => `Not drawn at ${percent} %, and nobody looked for ${days} days. Nobody has reviewed it; you still can approve or return it.`,
  ],
  by_nobody: ['没有人看过', 'nobody looked'],
  looking: [(who: string, until: string) => `${who}正在审，${until} 前由${who}处理`, (who: string, until: string) => `${who} is reviewing this until ${until}`],
  looking_short: [(who: string) => `${who}正在审`, (who: string) => `${who} is on it`],
  take_over: ['我来接手', 'Take over'],
  taken_over: [(who: string) => `接手了，${who}会看到`, (who: string) => `Taken over; ${who} is told`],
  was_taken: [(who: string) => `${who}接手了这条`, (who: string) => `${who} took this over`],
  looking_first: ['别人正在审。要处理先按“我来接手”', 'Somebody is reviewing this. Take it over first'],
  call: [(who: string, n: number) => `已经退回 ${n} 次。打个电话问${who}更快`, (who: string, n: number) => `Returned ${n} times. A call to ${who} is quicker`],
  left_out: [(n: number, list: string) => `；${n} 条没一起通过：${list}`, (n: number, list: string) => `; ${n} not approved with them: ${list}`],
  none_together: [(n: number, list: string) => `${n} 条都要单独看：${list}`, (n: number, list: string) => `All ${n} need a look of their own: ${list}`],
  loop: ['退回到补好', 'From return to answer'],
  loop_days: [
    (days: number) => (days < 1 ? '当天补好（中位数）' : `${days} 个工作日（中位数）`),
    (days: number) => (days < 1 ? 'same day (median)' : `${days} working ${days === 1 ? 'day' : 'days'} (median)`),
  ],
  loop_note: [(n: number) => `近 30 天 ${n} 次`, (n: number) => `${n} in 30 days`],
})
