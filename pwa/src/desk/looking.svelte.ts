// Who looks at the record that is open: this desk says so to the centre, says it again while somebody works here, and is
// told when somebody else has it. It is a courtesy: without an answer nothing is kept from anybody.
import { session } from '../view';
import { lookAt } from './questions';
import type { Looking as Held } from './shapes';

const again_ms = 60_000;

export class Looking {
  /** Who else has it, until when. */
  other = $state.raw<Held | null>(null);
  /** It was this desk's until somebody took it over. */
  lost = $state(false);
  #record: string | null = null;
  #had = false;
  #said_at = 0;

  /** This desk looks at a record now, and at none that it looked at before. */
  async at(record: string | null): Promise<void> {
    this.#record = record;
    this.#had = this.lost = false;
    await this.#say(false);
  }

  /** Have it from now on; whether that was possible. */
  async takeOver(): Promise<boolean> {
    await this.#say(true);
    return this.other === null;
  }

  /** What a list said about who looks at a record. */
  heard(record: string, held: Held | null): void {
    if (record !== this.#record) this.other = null;
    else if (held) this.#hear(held);
  }

  /** Say it again as long as somebody works at this desk; returns how to stop, which also lets go. */
  listen(): () => void {
    const active = () => {
      if (this.#record !== null && this.other === null && Date.now() - this.#said_at > again_ms) void this.#say(false);
    };
    addEventListener('keydown', active);
    addEventListener('pointerdown', active);
    return () => {
      removeEventListener('keydown', active);
      removeEventListener('pointerdown', active);
      if (this.#record !== null) void this.at(null);
    };
  }

  #hear(held: Held | null): void {
    const is_other = held !== null && held.person !== session.me?.person;
    this.lost = is_other && (this.#had || this.lost);
    this.#had = held !== null && !is_other;
    this.other = is_other ? held : null;
  }

  async #say(takes_over: boolean): Promise<void> {
    const record = this.#record;
    this.#said_at = Date.now();
    try {
      const held = await lookAt(record, takes_over);
      if (record === this.#record) this.#hear(held);
    } catch (error) {
      // Not told, not held: reviewing goes on as it did.
      if (!(error instanceof Error)) throw error;
    }
  }
}
