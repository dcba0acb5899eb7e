// One answer about two records, sent to the centre once: the same question keeps its id until it is answered.
import { NetworkFailure, newId, ProblemError, settings } from '../view';
import { problemWords } from '../schema/problem_words';
import { deskWords as w } from '../words/desk';
import { sendDuplicate } from './questions';

export class Answering {
  sending = $state(false);
  failed = $state('');
  readonly #ids = new Map<string, string>();
  constructor(readonly kind: () => string) {}

  /** Whether the centre has taken it; otherwise `failed` says why not. */
  async tell(record: string, other: string, verdict: 'same' | 'different' | 'apart'): Promise<boolean> {
    if (this.sending) return false;
    this.sending = true;
    this.failed = '';
    const name = `${record} ${other} ${verdict}`;
    const id = this.#ids.get(name) ?? newId();
    this.#ids.set(name, id);
    try {
      const { problem } = await sendDuplicate(id, record, other, verdict);
      // A refusal is an answer; the next try is a new question.
      this.#ids.delete(name);
      if (problem) this.failed = this.#words(problem);
      return !problem;
    } catch (error) {
      if (error instanceof ProblemError) this.failed = this.#words(error.problem);
      else if (error instanceof NetworkFailure) this.failed = w.no_network_list;
      else throw error;
      return false;
    } finally {
      this.sending = false;
    }
  }

  #words(problem: Parameters<typeof problemWords>[0]): string {
    return problemWords(problem, settings.language, this.kind()).join(settings.language === 'zh' ? '。' : '. ');
  }
}
