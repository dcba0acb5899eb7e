// Which page belongs to a record: the made-to-measure one where there is one, else the general page of its kind.
import type { RecordView } from '../view';

type Values = { [field: string]: unknown } | undefined;

/** Where the arrow of a record's general page leads back to. */
export function homeOf(kind: string, record: string, values: Values): string {
  const household = typeof values?.household === 'string' ? `/homes/${values.household}` : '';
  switch (kind) {
    case 'household': return `/homes/${record}`;
    case 'resident':
    case 'visit_request':
    case 'home_visit': return household || '/homes';
    case 'case': return `/cases/${record}`;
    case 'case_confidential': return typeof values?.case === 'string' ? `/cases/${values.case}/confidential` : '/cases';
    case 'case_progress':
    case 'referral': return typeof values?.case === 'string' ? `/cases/${values.case}` : '/cases';
    case 'consent': return typeof values?.resident === 'string' ? `/record/resident/${values.resident}` : '/homes';
    case 'incident': return `/incidents/${record}`;
    case 'follow_up': return '/follow-ups';
    case 'hour_check': return '/hour-checks';
    case 'field_task': return record ? `/tasks/${record}` : '/tasks';
    case 'group':
    case 'activity': return `/groups/${record}`;
    case 'group_session':
    case 'activity_session': return `/sessions/${record}`;
    case 'shift': return `/shifts/${record}`;
    case 'hour_entry': return '/hours';
    default: return '/';
  }
}

/** Where a record is read after it was saved. */
export function pageOf(kind: string, record: string, values: Values): string {
  if (['group', 'activity', 'group_session', 'activity_session'].includes(kind)) return homeOf(kind, record, values);
  if (kind === 'household' || kind === 'case' || kind === 'shift' || kind === 'incident' || kind === 'field_task' || kind === 'case_confidential') return homeOf(kind, record, values);
  if (kind === 'resident' && typeof values?.household === 'string') return `/homes/${values.household}`;
  return `/record/${kind}/${record}`;
}

/** The page of this very record. */
export function ownPage(kind: string, record: string): string {
  return kind === 'household' ? `/homes/${record}` : `/record/${kind}/${record}`;
}

/** Where a record is mended: the door's own screen for a visit, the general form for all others. */
export function editPath(record: Pick<RecordView, 'kind' | 'record' | 'standing'>, field?: string | null, save?: string): string {
  const about = field ?? (record.standing?.review?.state === 'returned' ? record.standing.review.field : null);
  const query = new URLSearchParams();
  if (about) query.set('field', about);
  if (save) query.set('save', save);
  const asked = query.size > 0 ? `?${query.toString()}` : '';
  return record.kind === 'home_visit' ? `/visit/${record.record}${asked}` : `/record/${record.kind}/${record.record}/edit${asked}`;
}
