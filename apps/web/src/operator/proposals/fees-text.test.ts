import { expect, it } from 'vitest';
import { proposals } from '../../i18n/texts/en/proposals.ts';
import { feesText } from './fees-text.ts';

const t = ((key: keyof typeof proposals, values: Record<string, string>) => proposals[key].replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')) as unknown as Parameters<typeof feesText>[1]['t'];

it.each([
  [{ basisPoints: 60 }, '0.6%'],
  [{ basisPoints: 0, fixedMinor: '15' }, '0% + ¥0.15'],
  [{ basisPoints: 120, fixedMinor: '10', minMinor: '20', maxMinor: '500' }, '1.2% + ¥0.10, at least ¥0.20, at most ¥5.00'],
  [{ basisPoints: 60, shares: [{ receiverId: 'platform', weight: '2' }, { receiverId: 'agent', weight: '1' }] }, '0.6%, shared platform 2 : agent 1'],
])('%j reads %s', (fees, text) => {
  expect(feesText(fees, { currency: 'CNY', locale: 'en', t })).toBe(text);
});
