// What a screen of the desk asks of the centre, one thing at a time: what is under way, and what went wrong in words.
// Not here: what is asked, and what becomes of the answer.
import { troubleOf } from './trouble';

export class Asking {
  /** In the words of the person; '' while nothing went wrong. */
  trouble = $state('');
  /** The name of what is under way, or ''. */
  busy = $state('');

  /** offline  the screen's own words for a line that is down */
  constructor(private readonly offline: () => string) {}

  /** Whether it was done; nothing is begun while something else is under way. */
  async does(name: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = name;
    try {
      return await this.reads(work);
    } finally {
      this.busy = '';
    }
  }

  /** For what nobody pressed for: it keeps no button waiting. */
  async reads(work: () => Promise<unknown>): Promise<boolean> {
    this.trouble = '';
    try {
      await work();
      return true;
    } catch (error) {
      this.trouble = troubleOf(error, this.offline());
      return false;
    }
  }
}
