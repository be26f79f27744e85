// One message each, and every one says how much, where and when.
import { expect, it } from 'vitest';
import { paymentText } from './texts.ts';

const long = { amount: '1234567.89 CNY', store: '阿达的面包房和咖啡馆（中山路总店）' };
it.each(['zh', 'en'] as const)('%s: one message, whatever the names', (locale) => {
  const at = locale === 'zh' ? '11月23日 16:05' : '23 Nov, 16:05';
  for (const [isFirst, child] of [[true, null], [false, null], [true, '一个名字非常非常非常非常长的孩子']] as const) {
    const store = locale === 'zh' ? long.store : "Ada's Bakery and Coffee House on Main Street";
    const { text, template } = paymentText({ locale, isFirst, amount: long.amount, at, store, child: child !== null && locale === 'en' ? 'A child with a very long name indeed' : child });
    expect(text.length, text).toBeLessThanOrEqual(locale === 'zh' ? 70 : 160);
    expect(text).toContain(long.amount);
    expect(text).toContain(at);
    for (const value of Object.values(template.params)) expect(text).toContain(value);
  }
});
