// A case as one story, newest first: its own steps and changes of risk, notes, visits to the person while it is open,
// referrals, the episodes before and after. Only what this person's copies hold, so nobody reads here what they may not.
import { claimsOf, get, instantOf, list, session, today, type Claim, type Mark, type RecordView } from '../view';
import { choiceWords } from '../schema/words';
import type { Language } from '../schema/model';
import { kindOf } from '../schema/schema';
import { isOpenCase } from './cases';
import { storyWords as w } from '../words/case_story';

/** One thing that happened. `at` sorts: a day, and behind it the instant where one is known. */
export interface Told {
  key: string; day: string; at: string; what: string; icon: string;
  said?: string; more?: string; by?: string; href?: string; mark?: Mark; kind?: string; record?: string;
}

export async function storyOf(one: RecordView, language: Language): Promise<Told[]> {
  const resident = String(one.values.resident ?? '');
  const [claims, notes, referrals, visits, cases, earlier] = await Promise.all([
    claimsOf(one.record), list('case_progress', 'case', one.record), list('referral', 'case', one.record),
    list('home_visit', 'resident', resident), list('case', 'resident', resident),
    typeof one.values.episode_of === 'string' ? get(one.values.episode_of) : undefined
  ]);
  const from = String(one.values.opened_on ?? '');
  const until = isOpenCase(one) ? today() : String(one.values.closed_on ?? today());
  return [
    ...ofItself(claims, one, language),
    ...notes.map((note) => told(note, String(note.values.written_on ?? ''), { icon: 'note', what: `${w.note} · ${choiceWords('contact_mode', String(note.values.mode ?? ''), language)}`, said: text(note.values.content), more: text(note.values.next_step) })),
    ...referrals.map((referral) => told(referral, text(referral.values.answered_on) || text(referral.values.sent_on) || text(referral.values.proposed_on), {
      icon: 'flag', what: w.referral(text(referral.values.receiver), choiceWords('referral.state', text(referral.values.state) || 'proposed', language)), said: text(referral.values.outcome) || text(referral.values.reason)
    })),
    ...visits.filter((visit) => within(text(visit.values.visited_on), from, until)).map((visit) => told(visit, text(visit.values.visited_on), {
      icon: 'door', what: `${w.visit} · ${choiceWords('visit_outcome', text(visit.values.outcome), language)}`, said: text(visit.values.observation)
    })),
    ...cases.filter((other) => other.values.episode_of === one.record).map((other) => episode(other, w.goes_on, language)),
    ...(earlier ? [episode(earlier, w.goes_on_from, language, from)] : [])
  ].sort((first, other) => `${other.day} ${other.at}`.localeCompare(`${first.day} ${first.at}`));
}

function within(day: string, from: string, until: string): boolean {
  return day !== '' && day >= from && day <= until;
}

function told(record: RecordView, day: string, more: Pick<Told, 'icon' | 'what' | 'said' | 'more'>): Told {
  return {
    key: record.record, record: record.record, kind: record.kind, mark: record.mark, day, at: record.changed_at,
    by: record.standing?.created_by ?? session.me?.person ?? '', href: `/record/${record.kind}/${record.record}`, ...more
  };
}

function episode(other: RecordView, what: string, language: Language, day = String(other.values.opened_on ?? '')): Told {
  return { key: other.record, record: other.record, day, at: '', icon: 'folder', what, said: choiceWords('case_category', text(other.values.category), language), href: `/cases/${other.record}` };
}

/** What the case itself tells: that it was opened, each step, each change of the risk, and who took it over. */
function ofItself(claims: Claim[], one: RecordView, language: Language): Told[] {
  const first = claims.find((claim) => claim.field_key === 'resident') ?? claims[0];
  const rows = claims.filter((claim) => claim.field_key.startsWith('story.') && typeof claim.value === 'object' && claim.value !== null);
  const own = rows.flatMap((claim) => {
    const row = claim.value as { field?: string; to?: string; said?: string };
    const what = row.field === 'stage' ? stepWords(row.to ?? '', row.said, rows, claim, language) : row.field === 'risk_level' ? riskWords(row.to, language) : '';
    return what === '' ? [] : [moment(claim, claim.field_key, what, row.field === 'stage' ? 'check' : 'warning', row.said)];
  });
  // A step that was taken before steps left a row: who and when are known of the last one.
  const last = claims.filter((claim) => claim.field_key === 'stage' && typeof claim.value === 'string' && !rows.some((row) => row.save_key === claim.save_key));
  own.push(...last.map((claim) => moment(claim, 'stage', w.stage(nameOfStage(String(claim.value), language)), 'check')));
  const taken = claims.filter((claim) => claim.field_key === 'worker' && claim.save_key !== first?.save_key && claim.author === claim.value);
  own.push(...taken.map((claim) => ({ ...moment(claim, 'worker', w.take_over, 'check') })));
  if (first) own.push({ ...moment(first, 'opened', w.opened, 'folder', text(one.values.presenting_problem)), day: text(one.values.opened_on), at: '' });
  return own;
}

function moment(claim: Claim, key: string, what: string, icon: string, said = ''): Told {
  const at = instantOf(claim.made_at);
  return { key: `${key}/${claim.save_key}`, day: today(new Date(at)), at, what, icon, said, by: claim.author };
}

function stepWords(to: string, said: string | undefined, rows: Claim[], claim: Claim, language: Language): string {
  const before = rows.filter((row) => row.made_at < claim.made_at && (row.value as { field?: string }).field === 'stage').sort((one, other) => one.made_at.localeCompare(other.made_at)).at(-1);
  const from = ((before?.value as { to?: string } | undefined)?.to) ?? kindOf('case')?.states?.initial;
  if (from === 'assessed' && to === 'in_service') return w.approved_plan;
  const back = said !== undefined && ((from === 'assessed' && to === 'intake') || (from === 'closing' && to === 'in_service'));
  return back ? `${w.returned} · ${nameOfStage(to, language)}` : w.stage(nameOfStage(to, language));
}

function riskWords(level: string | undefined, language: Language): string {
  return level === undefined ? w.no_risk : w.risk(choiceWords('risk_level', level, language));
}

function nameOfStage(code: string, language: Language): string {
  return choiceWords('case.stage', code, language);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
