// Decisions on their way to the centre: sent at once, kept with their id while there is no network, sent again by the
// same id. What a decision does to the screen is the screen's affair.
import { NetworkFailure, ProblemError } from '../network';
import type { Decision, DecisionResult, Problem } from './shapes';

export interface Outgoing { decision: Decision; title: string; kind: string }
export type Outcome =
  | { decision: Decision; done: true }
  | { decision: Decision; done: false; problem: Problem }
  | { decision: Decision; done: false; unsent: true; problem?: Problem };

/** Where unsent decisions outlive a reload: a returned record carries a person's sentence. */
export interface Keep {
  put(outgoing: Outgoing): Promise<void>;
  remove(id: string): Promise<void>;
  all(): Promise<Outgoing[]>;
}
type Send = (decisions: Decision[]) => Promise<DecisionResult[]>;

export interface Decisions {
  readonly unsent: readonly Outgoing[];
  readonly sending: boolean;
  load(): Promise<void>;
  decide(outgoing: readonly Outgoing[]): Promise<Outcome[]>;
  again(): Promise<Outcome[]>;
  drop(id: string): Promise<void>;
}

/** Decisions that go out through `send` and wait in `keep`. */
export function createDecisions(send: Send, keep: Keep): Decisions {
  let unsent = $state.raw<Outgoing[]>([]);
  let sending = $state(false);

  async function decide(outgoing: readonly Outgoing[]): Promise<Outcome[]> {
    if (outgoing.length === 0) return [];
    sending = true;
    try {
      // Kept before it is sent: a tab that is closed in between must not swallow a sentence.
      await Promise.all(outgoing.map((one) => keep.put(one)));
      const results = await send(outgoing.map((one) => one.decision));
      await Promise.all(results.map((result) => keep.remove(result.id)));
      const answered = new Set(results.map((result) => result.id));
      unsent = unsent.filter((one) => !answered.has(one.decision.id));
      return outgoing.map(({ decision }) => outcomeOf(decision, results.find((result) => result.id === decision.id)));
    } catch (error) {
      if (!(error instanceof NetworkFailure || error instanceof ProblemError)) throw error;
      const ids = new Set(outgoing.map((one) => one.decision.id));
      unsent = [...unsent.filter((one) => !ids.has(one.decision.id)), ...outgoing];
      const problem = error instanceof ProblemError ? { problem: error.problem } : {};
      return outgoing.map(({ decision }) => ({ decision, done: false, unsent: true, ...problem }));
    } finally {
      sending = false;
    }
  }

  return {
    get unsent() { return unsent; },
    get sending() { return sending; },
    async load() { unsent = await keep.all(); },
    decide,
    again: () => decide(unsent),
    async drop(id) {
      await keep.remove(id);
      unsent = unsent.filter((one) => one.decision.id !== id);
    },
  };
}

function outcomeOf(decision: Decision, result: DecisionResult | undefined): Outcome {
  if (!result) return { decision, done: false, problem: { code: 'failed' } };
  return result.problem ? { decision, done: false, problem: result.problem } : { decision, done: true };
}
