// Keeping what is being written, at every keystroke, until it is saved. What a form asks is the form's.
import { beforeLeaving, getDraft, nowTime, putDraft, removeDraft, type RecordView } from '../view';
import type { Json, Values } from './declared';

/** Milliseconds of quiet after which a draft is written; leaving the page writes at once. */
const quiet_ms = 300;

/**
 * What a form was opened on. It is kept with the draft: what somebody else writes while the draft lies in the phone
 * was not seen by its author, and must not be replaced by it.
 */
export interface Opened { values: Values; live: Record<string, string[]>; revision: number }
export interface Found { form: Values; opened: Opened | null }

export function openedOn(view: RecordView | undefined): Opened {
  return { values: view?.values ?? {}, live: view?.live ?? {}, revision: view?.revision ?? 0 };
}

/** The record as its author saw it when the form was opened, for a save to replace exactly that. */
export function seenBy(view: RecordView | undefined, opened: Opened): RecordView | undefined {
  return view && { ...view, values: opened.values as RecordView['values'], live: opened.live, revision: opened.revision };
}

/** The draft under a key, if one is kept. */
export async function draftUnder(key: string): Promise<Found | undefined> {
  const row = await getDraft(key);
  if (!row) return undefined;
  const { form, opened } = row.values as unknown as { form?: Values; opened?: Opened | null };
  return form ? { form, opened: opened ?? null } : undefined;
}

export interface Keeper {
  readonly kept_at: string;
  readonly failed: boolean;
  touch(): void;
  flush(): Promise<void>;
  /** Stop writing, so that no late write brings a saved draft back. */
  hold(): void;
  resume(): void;
  drop(): Promise<void>;
}

/** Keep the draft of one form; must be called while a component is set up, and ends with it. */
export function keepDraft(key: string, kind: string, record: string | null, read: () => { form: Values; opened: Opened }): Keeper {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let touched = false;
  let held = false;
  let last_touch = 0;
  let writing: Promise<void> = Promise.resolve();
  const kept = $state({ kept_at: '', failed: false });

  async function put(): Promise<void> {
    // A plain copy: what the form goes on changing must not change what is being written.
    const { form, opened } = JSON.parse(JSON.stringify(read())) as { form: Json; opened: Json };
    try {
      await putDraft(key, kind as never, record, { form, opened });
      kept.kept_at = nowTime();
      kept.failed = false;
    } catch (error) {
      // A full phone refuses the write; the words stay on the page and the person is told.
      if (!(error instanceof DOMException)) throw error;
      kept.failed = true;
    }
  }
  function flush(): Promise<void> {
    clearTimeout(timer);
    if (touched && !held) {
      touched = false;
      const before = writing;
      const now = put();
      writing = before.then(() => now);
    }
    return writing;
  }
  $effect(() => {
    const forget = beforeLeaving(flush);
    return () => {
      forget();
      void flush();
    };
  });

  return {
    get kept_at() { return kept.kept_at; },
    get failed() { return kept.failed; },
    touch() {
      touched = true;
      clearTimeout(timer);
      // The first letter after a pause is written at once: a phone that dies takes at most what was typed in a breath.
      const now = Date.now();
      if (now - last_touch > quiet_ms) void flush();
      else timer = setTimeout(() => void flush(), quiet_ms);
      last_touch = now;
    },
    flush,
    hold() {
      held = true;
      clearTimeout(timer);
    },
    resume() {
      held = false;
    },
    async drop() {
      held = true;
      touched = false;
      clearTimeout(timer);
      await writing;
      await removeDraft(key);
    }
  };
}
