// A probability as people say it: one in so many, never rounded to look safer than it is.

/** 0.00023 → "4,300": at most one in that many, cut down to two figures. */
export function oneIn(probability: number, locale: string): string {
  const count = Math.floor(1 / probability + 1e-9);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return new Intl.NumberFormat(locale).format(Math.floor(count / step) * step);
}
