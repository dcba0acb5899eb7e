// When files go: after each meeting with the centre and again at growing intervals, in one tab, and only over Wi-Fi where
// the person wants it so. What is sent is queue.ts.
import { settings } from '../settings.svelte';
import { browserWorld, startLoop, type Loop } from '../sync/loop';
import type { PersonStore } from '../sync/store';
import { connectionKind } from './connection';
import { sendFiles, waitingFiles, type Upload } from './queue';
import { fileState } from './state.svelte';

export interface Sender extends Loop {
  /** Send once over whatever network there is. */
  anyway(): Promise<void>;
}

/** The client is read only when there is a file to send: most visits have no photo. */
const uploadOnce: Upload = async (...given) => (await import('./upload')).upload(...given);

/** Begin sending the files of one person. */
export function startSender(store: PersonStore, person: string, changed: (records: string[]) => void): Sender {
  let once = false;
  const loop = startLoop(async () => {
    try {
      const by_hand = once;
      const may_go = (): boolean => by_hand || (!settings.photos_paused && !(settings.photos_wifi_only && connectionKind() !== 'wifi'));
      if ((await waitingFiles(store)).length > 0 && !may_go()) return 'ok';
      once = false;
      return await sendFiles(store, uploadOnce, {
        changed,
        may_go,
        now: Date.now,
        progress(row, bytes) {
          fileState.sending = row?.hash ?? null;
          fileState.bytes = bytes;
        }
      });
    } catch (error) {
      // The database was closed by signing out, or the disk refused: the file is still here, and goes at the next round.
      if (!(error instanceof DOMException)) throw error;
      return 'refused';
    }
  }, browserWorld(`doorstep-files-${person}`));
  return {
    ...loop,
    async anyway() {
      once = true;
      await loop.now();
    }
  };
}
