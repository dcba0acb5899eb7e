// What can be done about an entry that is odd, in the order in which it is offered, with what becomes of the minutes and
// what the volunteer reads. Carrying it out is hour_work.ts.
import { approveWords as w } from '../words/approve';
import { minutesTogether, spanOf, timeOf, type Case, type HourBeside, type HourItem } from './hours';

export type ChoiceName = 'cut' | 'shift' | 'was' | 'merge' | 'keep' | 'keep_other' | 'return_both' | 'ask' | 'versions' | 'return' | 'approve';
export type Step =
  | { do: 'write'; record: string; set: { started_at?: string; ended_at?: string; over_reason?: string }; note: string; about: string }
  | { do: 'decide'; records: string[]; verdict: 'approve' | 'return' | 'reject'; sentence: string; field?: string };
export interface Choice {
  name: ChoiceName;
  text: string;
  /** Empty where a sentence has still to be chosen: `completed` makes them. */
  steps: Step[];
  /** Minutes of the entries of the case, before and after; null where they stay with the volunteer's answer. */
  minutes: [number, number | null];
  /** What the volunteer reads; empty where it has still to be chosen. */
  says: string;
  /** Sentences to choose from, where one is needed. */
  ready: string[];
  /** It makes an entry longer than its author wrote it: then somebody else certifies it. */
  grows?: boolean;
}

/** The check that is settled first: the others may follow from it. */
const order = [
  'versions', 'same', 'overlap', 'elsewhere', 'no_sign_out', 'clock_off', 'code_wrong', 'over_shift', 'over_day', 'closed_month',
  'before_active', 'no_file', 'raised', 'late', 'correction', 'own',
] as const;

/** The checks of a case, the gravest first. */
export function checksOf(one: Case): string[] {
  const found = new Set(one.items.flatMap((item) => item.checks));
  const place = (check: string) => (order as readonly string[]).indexOf(check) + 1 || order.length + 1;
  return [...found].sort((first, other) => place(first) - place(other));
}

/** The entry a case asks about: the one with the gravest check. */
export function askedOf(one: Case): HourItem | undefined {
  const [gravest] = checksOf(one);
  return one.items.find((item) => gravest !== undefined && item.checks.includes(gravest)) ?? one.items[0];
}

/** What can be done about a case; the first is what mostly fits. Nothing is ever certified by an overlap that is left. */
export function choicesOf(one: Case): Choice[] {
  const item = askedOf(one);
  if (!item) return [];
  const checks = checksOf(one);
  const found: Choice[] = [];
  if (checks.includes('versions')) found.push({ name: 'versions', text: w.to_versions, steps: [], minutes: [item.minutes, null], says: '', ready: [] });
  const pair = checks.some((check) => ['same', 'overlap', 'elsewhere'].includes(check)) ? pairOf(one, item) : undefined;
  if (pair) found.push(...(checks[0] === 'same' ? [...joined(pair).sort((first, other) => Number(first.grows ?? false) - Number(other.grows ?? false)), ...cut(pair), ...bothBack(pair)] : [...cut(pair), ...bothBack(pair), ...joined(pair)]));
  if (checks.includes('no_sign_out')) found.push(...asked(item, w.ask_sign_out(item.shift?.ends_at ?? ''), 'ended_at'), ...toShift(item, true));
  if (checks.includes('clock_off')) found.push(...asked(item, w.ask_clock(item.started_at, item.ended_at), 'started_at'));
  if (checks.includes('raised')) found.push(...asItWas(item));
  if (checks.includes('over_shift')) found.push(...toShift(item, false));
  if (checks.includes('code_wrong')) found.push(...asked(item, w.ask_code, 'started_at'));
  const back: Choice = { name: 'return', text: w.return_, steps: [], minutes: [sum(one.items), null], says: '', ready: readyReturns(checks) };
  // Two that take up the same time, and two versions, are settled first: they are no matter of a reason.
  const whole = pair || checks.includes('versions') ? [] : [asItIs(item, checks)];
  // Where nothing has to be put right, saying why it counts comes before asking for more.
  const is_fine = ['late', 'correction', 'closed_month'].includes(checks[0] ?? '') || checks.length === 0;
  found.push(...(is_fine ? [...whole, back] : [back, ...whole]));
  return found.slice(0, 9);
}

/** The steps of a choice with the sentence it needed; none without one. */
export function completed(choice: Choice, one: Case, sentence: string): Step[] {
  const item = askedOf(one);
  const said = sentence.trim();
  if (!item || said === '') return choice.steps;
  if (choice.name !== 'approve') return [{ do: 'decide', records: one.items.map((each) => each.record), verdict: 'return', sentence: said }];
  const certify: Step = { do: 'decide', records: [item.record], verdict: 'approve', sentence: said };
  // Beyond its shift an entry counts only with a reason of its own.
  return wantsOverReason(item) ? [{ do: 'write', record: item.record, set: { over_reason: said }, note: said, about: 'over_reason' }, certify] : [certify];
}

function wantsOverReason(item: HourItem): boolean {
  return item.checks.includes('over_shift') && !item.over_reason;
}

/** Certify it as it stands: what is fine without another word, what is odd with a reason. */
function asItIs(item: HourItem, checks: readonly string[]): Choice {
  if (checks.length === 0) return { name: 'approve', text: w.approve_fine, steps: [{ do: 'decide', records: [item.record], verdict: 'approve', sentence: '' }], minutes: [item.minutes, item.minutes], says: '', ready: [] };
  return { name: 'approve', text: w.approve_as_is, steps: [], minutes: [item.minutes, wantsOverReason(item) ? item.minutes_written : item.minutes], says: '', ready: readyReasons(checks) };
}

/** Before it was made longer. */
function asItWas(item: HourItem): Choice[] {
  const { was } = item;
  if (!was) return [];
  const set = { ...(was.started_at === item.started_at ? {} : { started_at: was.started_at }), ...(was.ended_at === item.ended_at ? {} : { ended_at: was.ended_at }) };
  if (Object.keys(set).length === 0) return [];
  const says = w.says_was(`${was.started_at}–${was.ended_at}`);
  return [{
    name: 'was', text: w.as_it_was(`${was.started_at}–${was.ended_at}`), says, ready: [], minutes: [item.minutes, was.minutes],
    steps: [{ do: 'write', record: item.record, set, note: says, about: 'ended_at' in set ? 'ended_at' : 'started_at' }],
  }];
}

/** Whether the sentence is still to be chosen. */
export function wantsSentence(choice: Choice): boolean {
  return choice.steps.length === 0 && choice.ready.length > 0;
}

interface Pair { first: HourItem; second: HourBeside; is_locked: boolean }

/**
 * The entry that is asked about and the one that takes up its time; one that is certified stays as it is. What went back to
 * its author is no pair: it counts nowhere until it is answered, and is looked at again then.
 */
function pairOf(one: Case, item: HourItem): Pair | undefined {
  const beside = [...one.items, ...one.day].filter((other) => other.record !== item.record && (item.against.includes(other.record) || minutesTogether(item, other) > 0));
  const locked = beside.find((other) => other.state === 'certified');
  const second = locked ?? beside.find((other) => other.state === 'waiting' && 'revision' in other);
  return second ? { first: item, second, is_locked: locked !== undefined } : undefined;
}

function sum(items: readonly HourBeside[]): number {
  return items.reduce((all, item) => all + item.minutes, 0);
}

/** Minutes of an entry with other times: what it lost or gained at its ends. Breaks stay, the centre rounds. */
function minutesWith(entry: HourBeside | HourItem, from: number, to: number): number {
  const span = spanOf(entry);
  // What was bounded counts anew.
  if ('minutes_written' in entry && entry.minutes_written !== entry.minutes) return Math.max(0, to - from - entry.break_minutes - entry.travel_minutes);
  return span ? Math.max(0, entry.minutes - (span[1] - span[0]) + (to - from)) : Math.max(0, to - from);
}

/** Minutes of one of two that share a shift or a day once the other is gone: as written, within what both together may count. */
function alone(entry: HourBeside | HourItem, together: number): number {
  const span = spanOf(entry);
  const written = 'minutes_written' in entry ? entry.minutes_written : span ? span[1] - span[0] : entry.minutes;
  return Math.max(entry.minutes, Math.min(written, together));
}

/** Take two entries apart: the one that begins later begins where the other ends; beside a certified one this one gives way. */
function cut({ first, second, is_locked }: Pair): Choice[] {
  const [one, other] = [spanOf(first), spanOf(second)];
  if (!one || !other || minutesTogether(first, second) === 0) return [];
  const gives_way = is_locked || one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
  const [giving, staying] = gives_way ? [one, other] : [other, one];
  const entry: HourBeside = gives_way ? first : second;
  const beside: HourBeside = gives_way ? second : first;
  // What the other covers at its end, at its beginning, or in its midst: then the longer part stays.
  const [before, after] = [staying[0] - giving[0], giving[1] - staying[1]];
  if (before <= 0 && after <= 0) return [];
  const [from, to] = after >= before ? [staying[1], giving[1]] : [giving[0], staying[0]];
  const about = from === giving[0] ? 'ended_at' : 'started_at';
  const says = about === 'started_at' ? w.says_cut_from(named(beside), timeOf(from)) : w.says_cut_to(named(beside), timeOf(to));
  const all = is_locked ? [entry] : [entry, beside];
  return [{
    name: 'cut', text: w.cut(named(entry), `${timeOf(from)}–${timeOf(to)}`), says, ready: [],
    minutes: [sum(all), sum(all) - entry.minutes + minutesWith(entry, from, to)],
    steps: [{ do: 'write', record: entry.record, set: about === 'started_at' ? { started_at: timeOf(from) } : { ended_at: timeOf(to) }, note: says, about }],
  }];
}

function bothBack({ first, second, is_locked }: Pair): Choice[] {
  if (is_locked) return [];
  const says = w.says_both(named(first), named(second));
  return [{
    name: 'return_both', text: w.return_both, says, ready: [], minutes: [sum([first, second]), null],
    steps: [{ do: 'decide', records: [first.record, second.record], verdict: 'return', sentence: says, field: 'started_at' }],
  }];
}

/** Make one of two: with the time of both, or as one of them has it. What is certified is always the one that stays. */
function joined({ first, second, is_locked }: Pair): Choice[] {
  const drop = (gone: HourBeside, kept: HourBeside, says: string): Step => ({ do: 'decide', records: [gone.record], verdict: 'reject', sentence: says === '' ? w.says_same(named(kept)) : says });
  if (is_locked) {
    const says = w.says_certified(named(second));
    return [{ name: 'keep_other', text: w.keep_certified(named(second)), says, ready: [], minutes: [first.minutes, 0], steps: [drop(first, second, says)] }];
  }
  const [one, other] = [spanOf(first), spanOf(second)];
  // Signed in and out says more than what was written later; among equals what came first stays.
  const [kept, gone] = second.provenance === 'signed' && first.provenance !== 'signed' ? [second, first] : [first, second];
  const before = sum([first, second]);
  const found: Choice[] = [];
  if (one && other) {
    const [from, to] = [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
    const [own_from, own_to] = spanOf(kept) ?? [from, to];
    const set = { ...(from === own_from ? {} : { started_at: timeOf(from) }), ...(to === own_to ? {} : { ended_at: timeOf(to) }) };
    const says = w.says_merged(`${timeOf(from)}–${timeOf(to)}`);
    found.push({
      name: 'merge', text: w.merge(`${timeOf(from)}–${timeOf(to)}`), says, ready: [], minutes: [before, minutesWith(kept, from, to)], grows: Object.keys(set).length > 0,
      steps: [
        ...(Object.keys(set).length > 0 ? [{ do: 'write' as const, record: kept.record, set, note: says, about: 'started_at' in set ? 'started_at' : 'ended_at' }] : []),
        drop(gone, kept, says),
      ],
    });
    // Where both have the same times, keeping the one is what merging does.
    if (Object.keys(set).length > 0) found.push({ name: 'keep', text: w.keep(named(kept)), says: w.says_same(named(kept)), ready: [], minutes: [before, alone(kept, before)], steps: [drop(gone, kept, '')] });
  }
  found.push({ name: 'keep_other', text: w.keep(named(gone)), says: w.says_same(named(gone)), ready: [], minutes: [before, alone(gone, before)], steps: [drop(kept, gone, '')] });
  return found;
}

/** Count what lies within the shift. Where nobody signed out the shift's end is taken, and with that it is certified. */
function toShift(item: HourItem, certifies: boolean): Choice[] {
  const [span, shift] = [spanOf(item), item.shift && spanOf({ started_at: item.shift.starts_at, ended_at: item.shift.ends_at })];
  if (!span || !shift) return [];
  const [from, to] = [Math.max(span[0], shift[0]), certifies ? shift[1] : Math.min(span[1], shift[1])];
  if (to <= from) return [];
  const set = { ...(from === span[0] ? {} : { started_at: timeOf(from) }), ...(to === span[1] ? {} : { ended_at: timeOf(to) }) };
  if (Object.keys(set).length === 0 && !certifies) return [];
  const says = certifies ? w.says_shift_end(timeOf(to)) : w.says_shift(`${item.shift?.starts_at ?? ''}–${item.shift?.ends_at ?? ''}`);
  const steps: Step[] = Object.keys(set).length > 0 ? [{ do: 'write', record: item.record, set, note: says, about: 'ended_at' in set ? 'ended_at' : 'started_at' }] : [];
  if (certifies) steps.push({ do: 'decide', records: [item.record], verdict: 'approve', sentence: says });
  const text = certifies ? w.to_shift_end(timeOf(to)) : w.to_shift(`${timeOf(from)}–${timeOf(to)}`);
  return [{ name: 'shift', text, says, ready: [], minutes: [item.minutes, minutesWith(item, from, to)], steps }];
}

function asked(item: HourItem, sentence: string, field: string): Choice[] {
  return [{
    name: 'ask', text: w.ask, says: sentence, ready: [], minutes: [item.minutes, null],
    steps: [{ do: 'decide', records: [item.record], verdict: 'return', sentence, field }],
  }];
}

function readyReturns(checks: readonly string[]): string[] {
  const own: Record<string, string> = w.ready_returns;
  return [...checks.flatMap((check) => own[check] ?? []), w.ready_return_times, w.ready_return_what].slice(0, 4);
}

function readyReasons(checks: readonly string[]): string[] {
  const own: Record<string, string> = w.ready_reasons;
  return [...checks.flatMap((check) => own[check] ?? []), w.ready_reason_checked, w.ready_reason_there].slice(0, 4);
}

/** Short enough for a button, and still unlike the other one. */
export function named(entry: HourBeside): string {
  return `${entry.started_at}–${entry.ended_at} ${entry.activity}`;
}
