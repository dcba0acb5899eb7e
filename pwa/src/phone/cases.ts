// Where a case stands, as its pages show it. The states and who may move them are declared.
import { kindOf } from '../schema/schema';
import type { Language } from '../schema/model';

interface CaseLike { values: { [field: string]: unknown } }
const over = ['closed', 'declined', 'referred_out'];
const path = ['intake', 'assessed', 'in_service', 'closing', 'closed'];

export function stageOf(one: CaseLike): string {
  return typeof one.values.stage === 'string' ? one.values.stage : (kindOf('case')?.states?.initial ?? '');
}

export function isOpenCase(one: CaseLike): boolean {
  return !over.includes(stageOf(one));
}

export interface Step { code: string; words: string; state: 'done' | 'now' | 'ahead' }

/** The steps of the usual way through a case, with the one it is at; a case that left that way shows where it is. */
export function stepsOf(one: CaseLike, language: Language): Step[] {
  const states = kindOf('case')?.states?.states ?? [];
  const at = stageOf(one);
  const way = path.includes(at) ? path : at === 'suspended' ? path.map((code) => (code === 'in_service' ? at : code)) : ['intake', at];
  const now = way.indexOf(at);
  return way.map((code, place) => ({
    code,
    words: states.find((state) => state.code === code)?.[language] ?? code,
    state: place < now ? 'done' : place === now ? 'now' : 'ahead'
  }));
}
