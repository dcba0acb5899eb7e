// What the screens of the desk share while it is open: figures, decisions on their way, the line after an action, how
// the person likes the keyboard. Nothing here outlives the tab but the decisions and the likings.
import { getDraft, listDrafts, putDraft, removeDraft, session } from '../view';
import { createDecisions, type Keep, type Outgoing } from './decisions.svelte';
import { askWorkbench, sendDecisions } from './questions';
import type { Decision, Workbench } from './shapes';

const prefix = 'decision/';

// A decision is written by a person, so it waits where drafts wait: on this machine, under that person's name.
const keep: Keep = {
  put: ({ decision, title, kind }) => putDraft(prefix + decision.id, kind, decision.record, { decision: JSON.stringify(decision), title }),
  remove: (id) => removeDraft(prefix + id),
  async all() {
    const drafts = await listDrafts();
    return drafts.filter((draft) => draft.key.startsWith(prefix)).map((draft): Outgoing => ({
      decision: JSON.parse(String(draft.values['decision'])) as Decision, title: String(draft.values['title'] ?? ''), kind: draft.kind,
    }));
  },
};
export const decisions = createDecisions(sendDecisions, keep);

/** The figures of the workbench, shared by the menu, the tabs and the workbench itself. */
export const figures = $state<{ now: Workbench | null; at: string | null; error: unknown }>({ now: null, at: null, error: null });

/** Ask for the figures anew; what was known stays on show, with its time, when the centre cannot be asked. */
export async function refreshFigures(): Promise<void> {
  try {
    figures.now = await askWorkbench();
    figures.at = new Date().toISOString();
    figures.error = null;
    rememberFigures();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    figures.error = error;
    figures.now ??= rememberedFigures();
  }
}

// Counts only, nothing about anybody; kept so that the workbench says something when the line is down.
function place(): string {
  return `doorstep.figures.${session.me?.person ?? ''}`;
}
function rememberFigures(): void {
  try {
    sessionStorage.setItem(place(), JSON.stringify({ now: figures.now, at: figures.at }));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
function rememberedFigures(): Workbench | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place()) ?? 'null') as { now: Workbench; at: string } | null;
    figures.at = kept?.at ?? null;
    return kept?.now ?? null;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
    return null;
  }
}

interface Done { number: number; text: string; problem: boolean; label?: string; undo?: () => Promise<void> | void }
/** The line after an action, with the way back. */
export const done = $state<{ now: Done | null }>({ now: null });
let number = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const undo_seconds = 10;

/** Say what was done. With a way back it stays 10 s, a problem until it is closed. */
export function say(text: string, options: { undo?: () => Promise<void> | void; label?: string; problem?: boolean } = {}): void {
  clearTimeout(timer);
  number += 1;
  done.now = { number, text, problem: options.problem ?? false, ...(options.undo ? { undo: options.undo } : {}), ...(options.label ? { label: options.label } : {}) };
  if (!options.problem) timer = setTimeout(hush, undo_seconds * 1000);
}

export function hush(): void {
  clearTimeout(timer);
  done.now = null;
}

/** Keep the line while somebody is in it. */
export function holdDone(): void {
  clearTimeout(timer);
}

/** Take the last action back, if its line is still there. */
export async function takeBack(): Promise<void> {
  const undo = done.now?.undo;
  if (!undo) return;
  hush();
  await undo();
}

const likings_place = 'doorstep.desk';
/** Whether letters and digits are shortcuts; some people dictate or type by switch and need them off. */
export const likings = $state<{ shortcuts: boolean }>({ shortcuts: storedShortcuts() });

function storedShortcuts(): boolean {
  try {
    return localStorage.getItem(likings_place) !== 'no-shortcuts';
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return true;
  }
}

export function useShortcuts(on: boolean): void {
  likings.shortcuts = on;
  try {
    if (on) localStorage.removeItem(likings_place);
    else localStorage.setItem(likings_place, 'no-shortcuts');
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

const sentence_prefix = 'return/';
export interface Unfinished { sentence: string; field: string; reason: string }

/** What somebody began to write for a return. */
export async function unfinishedReturn(record: string): Promise<Unfinished | undefined> {
  const values = (await getDraft(sentence_prefix + record))?.values;
  if (!values) return undefined;
  return { sentence: String(values['sentence'] ?? ''), field: String(values['field'] ?? ''), reason: String(values['reason'] ?? '') };
}
export async function keepReturn(record: string, kind: string, unfinished: Unfinished): Promise<void> {
  await putDraft(sentence_prefix + record, kind, record, { ...unfinished });
}
export async function dropReturn(record: string): Promise<void> {
  await removeDraft(sentence_prefix + record);
}

/** Which of the two tools of every screen is open. */
export const tools = $state<{ open: 'find' | 'help' | null }>({ open: null });
