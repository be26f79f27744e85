import { describe, expect, it } from 'vitest';
import { payCodeWording } from './sms-wording.ts';

const paying = (locale: 'zh' | 'en', merchant: string) => payCodeWording({ locale, merchant, amountMinor: 4_990n, currency: 'CNY' })('123456', 3).text;

describe('a code that pays', () => {
  it('says where, how much and who types it', () => {
    expect(paying('zh', '晨光面包')).toBe('【Sonrisa】123456 是在“晨光面包”付款49.90元的确认码，请本人在终端输入，3分钟有效。勿告诉任何人，包括店员。');
    expect(paying('en', 'Morning Bakery')).toBe('Sonrisa: 123456 pays CNY 49.90 at Morning Bakery. Type it at the terminal yourself within 3 minutes. Tell nobody, not even staff. Not you? Ignore this.');
  });

  it('fits one message with the longest name and amount', () => {
    const longest = (locale: 'zh' | 'en') => payCodeWording({ locale, merchant: '面'.repeat(80), amountMinor: 50_000_000n, currency: 'IDR' })('123456', 3).text;
    expect([longest('zh').length, longest('en').length]).toEqual([70, 160]);
    expect(longest('zh')).toContain('“面');
    expect(paying('en', 'The Very Long Name of a Bakery')).toMatch(/ at The Very Long Name.*\.\. Type it /);
  });

  it('is the same to networks that keep the texts', () => {
    expect(payCodeWording({ locale: 'en', merchant: 'Bakery', amountMinor: 500n, currency: 'JPY' })('123456', 3).template).toEqual({
      name: 'pay_code', locale: 'en', params: { code: '123456', merchant: 'Bakery', amount: 'JPY 500', minutes: '3' },
    });
  });
});
