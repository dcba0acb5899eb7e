// @vitest-environment happy-dom
// What was agreed to at the door becomes a consent, once, and what has ended shuts what was written under it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { current, session } from '../../src/auth/session.svelte';
import { keepAgreed, shutFields, standingTo } from '../../src/records/consents';
import { standingOf } from '../../src/schema/basis';
import * as view from '../../src/view';
import { Centre } from '../sync/centre';
import { morning, seed, wang_household, wang_xiulan as wang } from '../sync/phone';

const names = { purpose: 'purpose', given_on: 'given_on', until: 'until', withdrawn_on: 'withdrawn_on', shared_with: 'partner' };
const photo = { hash: 'ab'.repeat(32), media: 'photo', bytes: 2048, width: 640, height: 640, taken_at: '2026-11-22T01:30:00Z' };
const met = { household: wang_household, resident: wang, assigned_to: 'li_min', visited_on: '2026-11-22', outcome: 'met_person', condition: 'as_usual' };
const taken = { ...met, photo_consent: 'guardian', photos: { row00001: photo } };
const written = { ...met, photo_consent: 'guardian', 'photos.row00001': photo };

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: morning });
  localStorage.clear();
  const centre = new Centre();
  seed(centre);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) =>
    path === '/api/session' ? new Response(JSON.stringify({ token: 't', device: 'device-1', me: centre.me })) : centre.fetch(path, init));
  await view.signIn('li_min');
  await view.syncNow();
  centre.is_down = true;
});
afterEach(async () => {
  if (session.me) (await current()).close();
  session.me = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('judges a day as the centre does', () => {
  const given = { given_on: '2026-03-10' };
  const over = { given_on: '2026-03-01', until: '2026-03-09' };
  const withdrawn = { given_on: '2026-03-01', withdrawn_on: '2026-03-10' };
  const on = (...consents: Record<string, string>[]) => standingOf(consents, names, '2026-03-10');
  expect([on(), on(given), on({ given_on: '2026-03-11' }), on({ ...over, until: '2026-03-10' })]).toEqual(['none', 'current', 'none', 'current']);
  expect([on(over), on(withdrawn), on({ ...withdrawn, withdrawn_on: '2026-03-11' })]).toEqual(['over', 'withdrawn', 'current']);
  expect([on(over, withdrawn), on(withdrawn, over), on(withdrawn, over, given)]).toEqual(['withdrawn', 'withdrawn', 'current']);
});
it('keeps what was agreed to at the door once, by whom, and before the visit', async () => {
  await keepAgreed(taken);
  await keepAgreed(taken);
  const [consent, ...others] = await view.list('consent', 'resident', wang);
  expect(others).toEqual([]);
  expect(consent?.values).toMatchObject({ purpose: 'photo', given_by: 'family', proof: 'oral', witness: '李敏', given_on: '2026-11-22' });
  expect((await view.outbox()).map((row) => row.kind)).toEqual(['consent']);
});
it('asks for a consent of its own where the picture may be shown elsewhere, and for none where nobody is in it', async () => {
  await keepAgreed({ ...taken, photo_consent: 'nobody' });
  await keepAgreed({ ...taken, resident: null });
  await keepAgreed({ ...met, photo_consent: 'file' });
  expect(await view.list('consent', 'resident', wang)).toEqual([]);
  await keepAgreed({ ...taken, photo_consent: 'publicity' });
  expect((await view.list('consent', 'resident', wang)).map((one) => one.values.purpose).sort()).toEqual(['photo', 'publicity']);
});
it('keeps whose voice was recorded as a consent of its own, and none for words of one’s own', async () => {
  const voice = { hash: 'cd'.repeat(32), media: 'voice', bytes: 2048, seconds: 9, taken_at: '2026-11-22T01:30:00Z' };
  await keepAgreed({ ...met, voice_whose: 'mine', voice_notes: { row00001: voice } });
  expect(await view.list('consent', 'resident', wang)).toEqual([]);
  await keepAgreed({ ...taken, voice_whose: 'agreed', voice_notes: { row00001: voice } });
  const found = (await view.list('consent', 'resident', wang)).map(({ values }) => [values.purpose, values.wording, values.given_by]);
  expect(found.sort()).toEqual([['photo', 'door_2026_11', 'family'], ['voice', 'door_voice_2026_11', 'self']]);
});
it('shuts the photos of a visit from the day on which the consent is withdrawn', async () => {
  await keepAgreed(taken);
  const { record, problems } = await view.save('home_visit', null, written);
  expect([problems, await shutFields(record)]).toEqual([undefined, []]);
  const [consent] = await view.list('consent', 'resident', wang);
  await view.save('consent', consent?.record ?? null, { state: 'withdrawn', withdrawn_on: '2026-11-22', withdrawn_by: 'self', withdrawn_how: '当面说' });
  expect(await standingTo(wang, 'photo')).toBe('withdrawn');
  expect(await shutFields(record)).toEqual(['photos']);
});
