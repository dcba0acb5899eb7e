// @vitest-environment happy-dom
// Verifying a paper: a number out of the address leaves it at once, and what is wrong is told with its next step.
import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import Verify from '../../src/recognition/Verify.svelte';

const valid = {
  state: 'valid', is_as_made: false, paper: 'service_record', name: '黄*', issuer: '和平社区服务中心', from_on: '2026-01-01', to_on: '2026-11-19',
  minutes: 150, issued_on: '2026-11-19', revoked_on: null
};
const unknown = { errors: [{ message: '', extensions: { code: 'certificate_unknown', field: null, details: null } }] };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/verify');
});

function answers(body: unknown, status = 200): ReturnType<typeof vi.fn> {
  const asked = vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })));
  vi.stubGlobal('fetch', asked);
  return asked;
}

it('asks for the number behind the # at once, in a body, and takes it out of the address', async () => {
  const asked = answers(valid);
  history.replaceState(null, '', '/verify#8K2M4P6R8T0V2X4Z');
  render(Verify);
  await screen.findByText('黄*');
  expect(screen.getByText(/2 小时 30 分/)).toBeTruthy();
  expect(screen.getByText(/更正过/)).toBeTruthy();
  expect(location.hash).toBe('');
  const [path, sent] = asked.mock.calls[0] as unknown as [string, { body: string }];
  expect(path).toBe('/api/verify');
  expect(sent.body).toContain('8K2M4P6R8T0V2X4Z');
});

it('says what is wrong with a number that no paper has, and what to do', async () => {
  answers(unknown, 404);
  history.replaceState(null, '', '/verify#8K2M4P6R8T0V2X4Z');
  render(Verify);
  expect((await screen.findByRole('alert')).textContent).toMatch(/没有这个编号.*打电话/);
});
