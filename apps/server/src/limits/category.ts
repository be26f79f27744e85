// Kinds of merchants as shoppers see them, from the merchant category code of ISO 18245. Which code belongs where is a judgement.
import type { MerchantCategory } from '@sonrisa/protocol/limits-api.ts';

type Range = { readonly from: number; readonly to: number; readonly category: MerchantCategory };

/** The first that fits. */
const ranges: readonly Range[] = [
  { from: 7800, to: 7802, category: 'gambling' },
  { from: 7995, to: 7995, category: 'gambling' },
  { from: 9406, to: 9406, category: 'gambling' },
  { from: 5411, to: 5499, category: 'food' },
  { from: 5811, to: 5814, category: 'food' },
  { from: 5921, to: 5921, category: 'food' },
  { from: 3000, to: 3499, category: 'transport' },
  { from: 4000, to: 4799, category: 'transport' },
  { from: 5541, to: 5552, category: 'transport' },
  { from: 7523, to: 7524, category: 'transport' },
  { from: 5815, to: 5818, category: 'leisure' },
  { from: 7829, to: 7841, category: 'leisure' },
  { from: 7911, to: 7999, category: 'leisure' },
  { from: 5200, to: 5999, category: 'goods' },
];

/** Null: nobody has said what the merchant is. */
export function categoryOf(code: string | null): MerchantCategory {
  const number = code === null ? Number.NaN : Number(code);
  return ranges.find(({ from, to }) => number >= from && number <= to)?.category ?? 'other';
}
