// A fee as people read and type it: a percentage of at most two decimals, which is whole basis points.
const typedPercent = /^(\d{1,3})(?:[.,](\d{0,2}))?$/;
export const basisPointsMax = 10_000;

/** Null: no percentage, or more than all. */
export function basisPointsOf(typed: string): number | null {
  const [, whole = '', fraction = ''] = typedPercent.exec(typed.trim()) ?? [];
  if (whole === '') return null;
  const points = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  return points > basisPointsMax ? null : points;
}

export const percentText = (basisPoints: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / basisPointsMax);
