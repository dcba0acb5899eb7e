// A centre as a desk meets it: queues, records, decisions, in memory. What the protocol of saves does is the centre of the
// phone's tests; rules of review are tried against the real server.
import type { Decision, Looking, RecordDetail, ReviewItem, ReviewTab } from '../../src/desk/shapes';
import type { HourAnswer, HourBeside, HourItem } from '../../src/desk/hours';
import type { Me } from '../../src/view';
import { Centre } from '../sync/centre';

export class DeskCentre {
  phones = new Centre();
  queues: Record<ReviewTab, ReviewItem[]> = { waiting: [], conflicts: [], duplicates: [], returned: [], held: [], passed: [], answered: [] };
  /** Hours that wait; what is decided leaves it. */
  hours: HourItem[] = [];
  beside: HourBeside[] = [];
  answers: HourAnswer[] = [];
  records = new Map<string, RecordDetail>();
  decisions: Decision[] = [];
  doubles: { record: string; other: string; verdict: string }[] = [];
  refuses = new Map<string, string>();
  is_down = false;
  /** Who else looks at a record. */
  looking: Looking | null = null;

  constructor(me: Partial<Me>) {
    this.phones.me = { ...this.phones.me, home: 'desk', scopes: [], ...me };
    this.phones.members = [
      { person: 'li_min', name: '李敏', centre: 'heping', roles: ['outreach_worker'], teams: ['heping_1'] },
      { person: 'zhang_qiang', name: '张强', centre: 'heping', roles: ['outreach_worker'], teams: ['heping_1'] },
      { person: 'huang_li', name: '黄丽', centre: 'heping', roles: ['volunteer'], teams: [] },
    ];
  }

  fetch = async (path: string, init?: RequestInit): Promise<Response> => {
    if (this.is_down) throw new TypeError('Failed to fetch');
    if (path === '/api/session') return json({ token: 't', device: 'device-1', me: this.phones.me });
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as { query: string; variables: Record<string, unknown> }) : null;
    const data = body && this.answer(body.query, body.variables);
    return data ? json({ data }) : this.phones.fetch(path, init);
  };

  private answer(query: string, variables: Record<string, unknown>): object | null {
    if (query.startsWith('query workbench')) return { workbench: this.figures() };
    if (query.startsWith('query review_list')) {
      const kinds = variables['kinds'] as string[] | null;
      const items = this.queues[variables['tab'] as ReviewTab].filter((item) => !kinds || kinds.includes(item.kind));
      return { review_list: { items, total: items.length, next: null } };
    }
    if (query.startsWith('query hours_to_certify')) {
      const waiting_minutes = this.hours.reduce((sum, item) => sum + item.minutes, 0);
      return { hours_to_certify: { items: this.hours, beside: this.beside, total: this.hours.length, waiting_minutes, certified_minutes: 600, since_on: '2026-11-01', answers: this.answers, answers_total: this.answers.length } };
    }
    if (query.startsWith('query record_')) return { record_detail: this.records.get(String(variables['record'])) ?? null };
    if (query.startsWith('mutation decide')) return { decide: (variables['decisions'] as Decision[]).map((decision) => this.decide(decision)) };
    if (query.startsWith('mutation look_at')) {
      if (variables['takes_over']) this.looking = null;
      return { look_at: this.looking?.record === variables['record'] ? this.looking : null };
    }
    if (query.startsWith('mutation settle_duplicate')) {
      this.doubles.push(variables as { record: string; other: string; verdict: string });
      return { settle_duplicate: { id: variables['id'], record: variables['record'], standing: null, problem: null } };
    }
    return null;
  }

  private decide(decision: Decision): object {
    const code = this.refuses.get(decision.record);
    if (!code && !this.decisions.some((known) => known.id === decision.id)) this.decisions.push(decision);
    if (!code) this.hours = this.hours.filter((item) => item.record !== decision.record).map((item) => (item.against.includes(decision.record) ? { ...item, checks: [], against: [] } : item));
    return { id: decision.id, record: decision.record, standing: null, problem: code ? { code, field: null, details: null } : null };
  }

  private figures(): object {
    const count = (tab: ReviewTab) => this.queues[tab].length;
    return {
      waiting: count('waiting'), oldest_waiting_hours: 5, conflicts: count('conflicts'), duplicates: count('duplicates'), returned: count('returned'),
      held: count('held'), passed: 0, answered: 0, answer_median_days: null, urgent: this.queues.waiting.filter((item) => item.urgent).length,
      hours_waiting: this.queues.waiting.filter((item) => item.kind === 'hour_entry').length, openings: 0, overdue: 0, reviewed_today: this.decisions.length,
    };
  }
}

function json(body: object): Response {
  return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
}
