// Which PINs are too easy, and that the centre hears only a proof, another one on every device.
import { describe, expect, it } from 'vitest';
import { pinProof, tooEasy } from '../../src/auth/pin';

describe('a PIN', () => {
  it.each([
    ['12345', 'short'], ['1234567', 'short'], ['12a456', 'short'], ['', 'short'],
    ['888888', 'repeated'], ['121212', 'repeated'], ['147147', 'repeated'],
    ['123456', 'run'], ['654321', 'run'], ['890123', 'run'], ['321098', 'run'],
    ['680312', 'date'], ['991231', 'date'], ['196803', 'date'], ['200811', 'date'],
    ['112233', 'common'], ['147258', 'common'], ['159753', 'common']
  ])('of %s is refused as %s', (pin, why) => {
    expect(tooEasy(pin)).toBe(why);
  });

  it.each(['681312', '680332', '680300', '180013', '739164', '904417', '220099'])('of %s is taken', (pin) => {
    expect(tooEasy(pin)).toBeNull();
  });

  it('that ends a telephone number of its owner is refused', () => {
    expect(tooEasy('739164', ['138 0073 9164'])).toBe('phone');
    expect(tooEasy('739165', ['138 0073 9164'])).toBeNull();
  });
});

describe('the proof of a PIN', () => {
  it('is 32 bytes, the same for the same PIN on the same device, and says nothing of either', async () => {
    const proof = await pinProof('739164', 'device key');
    expect(atob(proof)).toHaveLength(32);
    expect(await pinProof('739164', 'device key')).toBe(proof);
    expect(await pinProof('739165', 'device key')).not.toBe(proof);
    expect(await pinProof('739164', 'another key')).not.toBe(proof);
    expect(proof).not.toContain('739164');
  });
});
