// Which screen an address shows.
import { describe, expect, it } from 'vitest';
import { homes, screenAt, screens } from '../src/screens';

describe('an address', () => {
  it('names its screen and the record in it', () => {
    expect(screenAt('/visit/019-a')).toMatchObject({ screen: { path: '/visit/:record' }, params: { record: '019-a' } });
    expect(screenAt('/visit/new/019-b')).toMatchObject({ screen: { path: '/visit/new/:household' }, params: { household: '019-b' } });
    expect(screenAt('/record/household/new')).toMatchObject({ screen: { path: '/record/:kind/new' }, params: { kind: 'household' } });
    expect(screenAt('/record/case/019-c/edit')).toMatchObject({ params: { kind: 'case', record: '019-c' } });
    expect(screenAt('/hours/new')?.screen.path).toBe('/hours/new');
    expect(screenAt('/today/')?.screen.path).toBe('/today');
  });
  it('without a screen is none', () => {
    for (const path of ['/', '/nowhere', '/visit', '/cases/1/2/3']) expect(screenAt(path), path).toBeUndefined();
  });
  it('carries nothing personal: only ids that were drawn, and kinds, stand in paths', () => {
    const named = screens.flatMap((screen) => screen.path.split('/').filter((part) => part.startsWith(':')));
    expect([...new Set(named)].sort()).toEqual([':device', ':household', ':kind', ':person', ':record']);
  });
});

describe('the first screen', () => {
  it('exists for phone and desk', () => {
    for (const path of Object.values(homes)) expect(screenAt(path)).toBeDefined();
  });
});
