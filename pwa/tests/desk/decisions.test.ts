// Decisions on their way: none is lost without a network, none is taken twice, a refusal comes back to the screen.
import { describe, expect, it } from 'vitest';
import { createDecisions, type Keep, type Outgoing } from '../../src/desk/decisions.svelte';
import { NetworkFailure, ProblemError } from '../../src/network';
import type { Decision, DecisionResult } from '../../src/desk/shapes';

/** A shelf that outlives a reload, and a centre that can be out of reach. */
function world() {
  const shelf = new Map<string, Outgoing>();
  const keep: Keep = {
    put: async (outgoing) => { shelf.set(outgoing.decision.id, outgoing); },
    remove: async (id) => { shelf.delete(id); },
    all: async () => [...shelf.values()],
  };
  const centre = { reachable: true, loses_reply: false, signed_in: true, refuses: new Set<string>(), decided: new Map<string, Decision>() };
  const send = async (decisions: Decision[]): Promise<DecisionResult[]> => {
    if (!centre.reachable) throw new NetworkFailure('unreachable');
    if (!centre.signed_in) throw new ProblemError({ code: 'not_signed_in' }, 401);
    for (const decision of decisions) if (!centre.refuses.has(decision.record)) centre.decided.set(decision.id, decision);
    if (centre.loses_reply) throw new NetworkFailure('too_slow');
    return decisions.map(({ id, record }) => ({ id, record, standing: null, problem: centre.refuses.has(record) ? { code: 'revision_moved' } : null }));
  };
  return { shelf, keep, centre, send, decisions: createDecisions(send, keep) };
}
function returned(id: string): Outgoing {
  return { decision: { id, record: `record_${id}`, revision: 4, verdict: 'return', sentence: '老人现在吃什么药？', field: 'observation' }, title: '王秀兰', kind: 'home_visit' };
}

describe('a decision', () => {
  it('reaches the centre and leaves nothing behind', async () => {
    const { decisions, centre, shelf } = world();
    expect(await decisions.decide([returned('d1')])).toMatchObject([{ done: true }]);
    expect(centre.decided.get('d1')?.sentence).toBe('老人现在吃什么药？');
    expect(shelf.size).toBe(0);
  });
  it('stays with its sentence while there is no network, also over a reload, and is sent by the same id', async () => {
    const { decisions, centre, keep, send } = world();
    centre.reachable = false;
    expect(await decisions.decide([returned('d1')])).toMatchObject([{ done: false, unsent: true }]);
    expect(decisions.unsent.map((one) => one.decision.sentence)).toEqual(['老人现在吃什么药？']);
    const after_reload = createDecisions(send, keep);
    await after_reload.load();
    centre.reachable = true;
    expect(await after_reload.again()).toMatchObject([{ done: true, decision: { id: 'd1' } }]);
    expect(after_reload.unsent).toEqual([]);
    expect([...centre.decided.keys()]).toEqual(['d1']);
  });
  it('whose reply was lost is asked again and not taken twice', async () => {
    const { decisions, centre } = world();
    centre.loses_reply = true;
    await decisions.decide([returned('d1')]);
    centre.loses_reply = false;
    await decisions.again();
    expect(centre.decided.size).toBe(1);
    expect(decisions.unsent).toEqual([]);
  });
  it('is kept when the session has ended, and says why', async () => {
    const { decisions, centre } = world();
    centre.signed_in = false;
    expect(await decisions.decide([returned('d1')])).toMatchObject([{ unsent: true, problem: { code: 'not_signed_in' } }]);
    expect(decisions.unsent).toHaveLength(1);
  });
  it('that was refused comes back with its problem and is not sent again', async () => {
    const { decisions, centre, shelf } = world();
    centre.refuses.add('record_d1');
    expect(await decisions.decide([returned('d1'), returned('d2')])).toMatchObject([{ done: false, problem: { code: 'revision_moved' } }, { done: true }]);
    expect(shelf.size).toBe(0);
  });
  it('can be dropped by its author', async () => {
    const { decisions, centre, shelf } = world();
    centre.reachable = false;
    await decisions.decide([returned('d1')]);
    await decisions.drop('d1');
    expect(decisions.unsent).toEqual([]);
    expect(shelf.size).toBe(0);
  });
});
