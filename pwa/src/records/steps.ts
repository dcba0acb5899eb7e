// Which steps a person may take with a record from where it stands, and what each of them asks for first. Taking one is
// StepForm.svelte.
import { get, instant, today, type Me, type RecordView } from '../view';
import { mayMove, personOf } from '../schema/access';
import type { Basis, Language, Move } from '../schema/model';
import { holds } from '../schema/validate';
import { addWorkingDays } from '../schema/working_days';
import { standingTo } from './consents';
import { declared, fieldsOf, isFilled, isWritable, type Json, type Values } from './declared';
import { stepWords as w } from '../words/steps';
import { placeOf } from './place';

/** A step, the fields that it cannot do without and that nobody has filled yet, and whether it sends the record back. */
export interface NextStep { to: string; words: string; asks: string[]; says?: string | undefined; back: boolean; basis?: Basis }

export function stateOf(record: Pick<RecordView, 'kind' | 'values'>): string {
  const states = declared(record.kind)?.states;
  const value = states && record.values[states.field];
  return typeof value === 'string' ? value : (states?.initial ?? '');
}

/** What the state of a record is called. */
export function stateWords(record: Pick<RecordView, 'kind' | 'values'>, language: Language): string {
  const at = stateOf(record);
  return declared(record.kind)?.states?.states.find((state) => state.code === at)?.[language] ?? at;
}

export function nextSteps(record: RecordView, me: Me, language: Language): NextStep[] {
  const states = declared(record.kind)?.states;
  if (!states) return [];
  const from = stateOf(record);
  return states.moves.filter((move) => move.from.includes(from) && (move.when === undefined || holds(move.when, record.values)) && (move.apart === undefined || record.values[move.apart] !== me.person) && mayMove(personOf(me), record.kind, from, move.to, placeOf(record, me))).map((move) => {
    const after = { ...record.values, [states.field]: move.to };
    const order = states.states.map((state) => state.code);
    const needed = fieldsOf(record.kind).filter((field) => isWritable(field) && !isFilled(record.values[field.name])
      && field.required_when?.[states.field] !== undefined && holds(field.required_when, after)).map((field) => field.name);
    return {
      to: move.to,
      words: move.words?.[language] ?? (isBack(order, move) ? w.send_back : undefined) ?? states.states.find((state) => state.code === move.to)?.[language] ?? move.to,
      asks: [...new Set([...(move.asks ?? []).flatMap((name) => [name, ...reasonOf(record.kind, name)]), ...needed, ...(move.says === undefined ? [] : [move.says])])],
      says: move.says,
      back: isBack(order, move),
      ...(move.basis ? { basis: move.basis } : {})
    };
  });
}

/** The sentence with which a record was sent back to where it stands now. */
export function sentBack(record: RecordView): string | undefined {
  const at = stateOf(record);
  const states = declared(record.kind)?.states;
  const order = (states?.states ?? []).map((state) => state.code);
  const says = states?.moves.find((move) => move.to === at && isBack(order, move) && isFilled(record.values[move.says ?? '']))?.says;
  return says === undefined ? undefined : String(record.values[says]);
}

/** A step with a sentence to a state that comes earlier sends the record back. */
function isBack(order: string[], move: Move): boolean {
  return move.says !== undefined && move.from.every((from) => order.indexOf(move.to) < order.indexOf(from));
}

function reasonOf(kind: string, name: string): string[] {
  const says = fieldsOf(kind).find((field) => field.name === name)?.says;
  return says === undefined ? [] : [says];
}

/**
 * What the form of a step begins with: the state it leads to, today for the days and now for the
 * moments that can be no later, and the end of a limit that is counted in working days.
 */
export function begunStep(record: RecordView, step: NextStep): Values {
  const state = declared(record.kind)?.states?.field ?? '';
  const days = fieldsOf(record.kind).filter((field) => step.asks.includes(field.name) && !isFilled(record.values[field.name]) && field.type === 'date' && field.not_after === 'today');
  // A sentence that was said with an earlier step is not said again.
  const unsaid = step.says === undefined ? {} : { [step.says]: null };
  const moments = fieldsOf(record.kind).filter((field) => step.asks.includes(field.name) && !isFilled(record.values[field.name]) && field.type === 'datetime' && field.not_after === 'now');
  const begun: Values = {
    ...record.values, ...unsaid, [state]: step.to,
    ...Object.fromEntries(days.map((field) => [field.name, today()])), ...Object.fromEntries(moments.map((field) => [field.name, instant(new Date())]))
  };
  for (const field of fieldsOf(record.kind)) {
    const from = begun[field.not_before ?? ''];
    if (field.working_days === undefined || !step.asks.includes(field.name) || isFilled(begun[field.name]) || typeof from !== 'string') continue;
    const due = addWorkingDays(from, field.working_days);
    if (due !== undefined) begun[field.name] = due;
  }
  return begun;
}

/** Sentences of earlier returns that a step leaves behind: what was mended is not shown again. */
export function leftBehind(record: RecordView, step: NextStep, may: (field: string) => boolean): Record<string, Json> {
  const said = (declared(record.kind)?.states?.moves ?? []).flatMap((move) => move.says ?? []);
  return Object.fromEntries(said.filter((field) => !step.asks.includes(field) && isFilled(record.values[field]) && may(field)).map((field) => [field, null]));
}

/** Who has to agree before a step can be taken, and to whom something is given; undefined where nobody is asked any more. */
export async function askedFirst(record: RecordView, step: NextStep): Promise<{ person: string; purpose: string; unit: string } | undefined> {
  const person = step.basis && (await personOfPath(record, declared(record.kind)?.subject ?? ''));
  if (!step.basis || !person) return undefined;
  const unit = step.basis.to === undefined ? undefined : String(record.values[step.basis.to] ?? '');
  const standing = await standingTo(person, step.basis.purpose, today(), unit);
  return standing === 'current' ? undefined : { person, purpose: step.basis.purpose, unit: unit ?? '' };
}

async function personOfPath(record: RecordView, path: string): Promise<string | undefined> {
  let at: RecordView | undefined = record;
  const names = path.split('.');
  for (const [place, name] of names.entries()) {
    const value: Json | undefined = at?.values[name];
    if (typeof value !== 'string') return undefined;
    if (place === names.length - 1) return value;
    at = await get(value);
  }
  return undefined;
}
