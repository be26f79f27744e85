import { describe, expect, it } from 'vitest';
import { codeStepOf, makePaymentCode, oneTimeDigits, parsePaymentCode, spacedCode } from './payment-code.ts';

// The key and the answers of RFC 6238 appendix B, SHA-256.
const rfcKey = new TextEncoder().encode('12345678901234567890123456789012');

describe('the one-time digits are those of RFC 6238', () => {
  it.each([
    [59, '46119246'],
    [1111111109, '68084774'],
    [1111111111, '67062674'],
    [1234567890, '91819424'],
    [2000000000, '90698825'],
    [20000000000, '77737706'],
  ])('at %i s: %s', async (atS, digits) => {
    expect(await oneTimeDigits({ key: rfcKey, step: codeStepOf(atS * 1000) })).toBe(digits);
  });
});

describe('a code', () => {
  it('is read back as it was made, typed with spaces or dashes', async () => {
    const code = await makePaymentCode({ handle: '00420817', key: rfcKey, step: codeStepOf(59_000) });
    expect(code).toMatch(/^7004208174611924[0-9]{2}$/);
    expect(parsePaymentCode(code)).toEqual({ handle: '00420817', otp: '46119246' });
    expect(parsePaymentCode(` ${spacedCode(code)} `)).toEqual({ handle: '00420817', otp: '46119246' });
    expect(parsePaymentCode(spacedCode(code).replaceAll(' ', '-'))).not.toBeNull();
  });

  it('with one digit mistyped, or two neighbours swapped, is none', async () => {
    const code = await makePaymentCode({ handle: '31415926', key: rfcKey, step: 1 });
    for (let place = 0; place < code.length; place += 1) {
      for (const digit of '0123456789') {
        const typed = code.slice(0, place) + digit + code.slice(place + 1);
        expect(parsePaymentCode(typed) === null, typed).toBe(typed !== code);
      }
      const [first, second] = [code[place], code[place + 1]];
      // Luhn's one blind spot: 09 and 90.
      if (second === undefined || first === second || `${first}${second}` === '09' || `${first}${second}` === '90') continue;
      expect(parsePaymentCode(code.slice(0, place) + second + first + code.slice(place + 2))).toBeNull();
    }
  });

  it.each(['', '7', '70042081746119246', '800420817461192461', 'https://example.org', '7004 2081 7461 1924 6a'])('"%s" is none', (text) => {
    expect(parsePaymentCode(text)).toBeNull();
  });
});
