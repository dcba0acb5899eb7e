// The code of an invitation, as people type it and as an address carries it.
import { describe, expect, it } from 'vitest';
import { letters, readCode, shownCode, tokenIn } from '../../src/auth/codes';

describe('a code', () => {
  it('is read however it is typed; what looks like a digit is one', () => {
    expect(readCode('ab3d-9kx2')).toBe('AB3D9KX2');
    expect(readCode(' o il ')).toBe('011');
    expect(readCode('AB3D 9KX2 7777')).toBe('AB3D9KX2');
    expect(readCode('U好-')).toBe('');
  });
  it('has keys for every letter of the alphabet and no other', () => {
    expect(letters).toHaveLength(32);
    for (const looks_like_another of 'ILOU') expect(letters).not.toContain(looks_like_another);
  });
  it('is shown in two groups', () => {
    expect(['', 'AB3D', 'AB3D9', 'AB3D9KX2'].map(shownCode)).toEqual(['', 'AB3D', 'AB3D-9', 'AB3D-9KX2']);
  });
});

describe('an address', () => {
  it('carries a token behind #, or nothing that is one', () => {
    expect(tokenIn('#Zm9vYmFyYmF6cXV4MTIzNA')).toBe('Zm9vYmFyYmF6cXV4MTIzNA');
    for (const none of ['', '#', '#short', '#with space in the middle', `#${'a'.repeat(65)}`, '#<script>alert(1)</script>']) expect(tokenIn(none), none).toBeNull();
  });
});
