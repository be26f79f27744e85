// Simple PINs are refused, ordinary ones are not.
import { describe, expect, it } from 'vitest';
import { isSimplePin } from './pin-rules.ts';

describe('a PIN', () => {
  it.each(['000000', '777777', '123456', '654321', '890123', '210987', '135791', '121212', '343434', '123123', '908908', '112233', '998877', '111112', '121221'])(
    '%s is too simple',
    (pin) => expect(isSimplePin(pin)).toBe(true),
  );
  it.each(['294615', '802947', '115863', '120934', '123457', '990213'])('%s will do', (pin) => expect(isSimplePin(pin)).toBe(false));

  it('refuses few of the million: the rest stay hard to guess', () => {
    let simple = 0;
    for (let n = 0; n < 1_000_000; n++) if (isSimplePin(String(n).padStart(6, '0'))) simple++;
    expect(simple).toBeGreaterThan(1_000);
    expect(simple).toBeLessThan(10_000);
  });
});
