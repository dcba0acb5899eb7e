// @vitest-environment happy-dom
// Who has a place on this phone, and what wrong PINs cost.
import { describe, expect, it } from 'vitest';
import { afterWrongPin, keepPlace, peopleHere, placeOf, secondsLeft, waitSeconds, type Here } from '../../src/auth/here';
import { openDeviceStore } from '../../src/sync/store';

const li_min: Here = { person: 'li_min', name: '李敏', centre_name: '和平', device: 'device-1', path: 'pin', passkey: null, signed_out: false, wrong_pins: 0, wait_until: 0 };

describe('the people of a phone', () => {
  it('are those who were enrolled on it; keys and other facts are nobody', async () => {
    const store = await openDeviceStore();
    await store.put('meta', 'device-9', 'device.zhang_qiang');
    await store.put('meta', { person: 'zhang_qiang' }, 'session');
    store.close();
    expect(await peopleHere()).toEqual([]);
    await keepPlace(li_min);
    await keepPlace({ ...li_min, person: 'huang_li', name: '黄丽' });
    await keepPlace({ ...li_min, wrong_pins: 3 });
    expect((await peopleHere()).map((one) => one.name)).toEqual(['黄丽', '李敏']);
    expect(await placeOf('li_min')).toMatchObject({ wrong_pins: 3 });
    expect(await placeOf('nobody')).toBeUndefined();
  });
});

describe('wrong PINs', () => {
  it('cost nothing up to the fourth, then 30 seconds, twice as long each time', () => {
    expect([1, 4, 5, 6, 7, 8, 9].map(waitSeconds)).toEqual([0, 0, 30, 60, 120, 240, 480]);
  });
  it('are counted, and the wait ends by itself', () => {
    let here = li_min;
    for (let tries = 0; tries < 5; tries += 1) here = afterWrongPin(here, 1_000_000);
    expect(here.wrong_pins).toBe(5);
    expect(secondsLeft(here, 1_000_000)).toBe(30);
    expect(secondsLeft(here, 1_029_001)).toBe(1);
    expect(secondsLeft(here, 1_030_000)).toBe(0);
  });
  it('make nobody wait for longer because the clock of the phone was put back', () => {
    const here = { ...li_min, wrong_pins: 5, wait_until: 2_000_000_000 };
    expect(secondsLeft(here, 0)).toBe(30);
  });
});
