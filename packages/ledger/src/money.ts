// Money: whole minor units with their currency. `number` never holds an amount, two currencies never meet in one sum.
declare const minorUnits: unique symbol;

/** Whole minor units (cents, fen, fils). Branded: a bare bigint is not yet money. */
export type Minor = bigint & { readonly [minorUnits]: true };
export type Money = { readonly amountMinor: Minor; readonly currency: Currency };
export type WireMoney = { readonly amountMinor: string; readonly currency: string };

export type MoneyRefusal = 'amount_invalid' | 'currency_mismatch' | 'amount_too_large';
export type MoneyResult = { readonly ok: true; readonly money: Money } | { readonly ok: false; readonly code: MoneyRefusal };

/** Digits after the decimal point, from ISO 4217. Frozen here: Intl answers with its own ideas for some of them. */
export const currencyDecimals = Object.freeze({
  AED: 2, ARS: 2, AUD: 2, BGN: 2, BHD: 3, BOB: 2, BRL: 2, CAD: 2, CHF: 2, CLP: 0, CNY: 2, COP: 2, CRC: 2, CZK: 2, DKK: 2,
  DOP: 2, EGP: 2, EUR: 2, GBP: 2, GTQ: 2, HKD: 2, HNL: 2, HUF: 2, IDR: 2, ILS: 2, INR: 2, IQD: 3, ISK: 0, JOD: 3, JPY: 0,
  KES: 2, KRW: 0, KWD: 3, LYD: 3, MAD: 2, MOP: 2, MXN: 2, MYR: 2, NGN: 2, NOK: 2, NZD: 2, OMR: 3, PEN: 2, PHP: 2, PLN: 2,
  PYG: 0, QAR: 2, RON: 2, SAR: 2, SEK: 2, SGD: 2, THB: 2, TND: 3, TRY: 2, TWD: 2, UAH: 2, UGX: 0, USD: 2, UYU: 2, VND: 0,
  XAF: 0, XOF: 0, ZAR: 2,
} as const);
export type Currency = keyof typeof currencyDecimals;

// Where one unit buys next to nothing: how many make one that does. Orders of magnitude, no exchange rates.
const smallUnits: Readonly<Partial<Record<Currency, bigint>>> = {
  ARS: 1_000n, CLP: 1_000n, COP: 1_000n, CRC: 100n, EGP: 10n, HUF: 100n, IDR: 10_000n, INR: 10n, IQD: 1_000n, ISK: 100n, JPY: 100n,
  KES: 100n, KRW: 1_000n, NGN: 1_000n, PHP: 10n, PYG: 1_000n, TWD: 10n, THB: 10n, UGX: 1_000n, VND: 10_000n, XAF: 100n, XOF: 100n,
};

/** Minor units of an amount that buys something small everywhere: one yuan or euro, a hundred yen. For defaults and limits, never for sums. */
export function everydayUnitMinor(currency: Currency): bigint {
  return 10n ** BigInt(currencyDecimals[currency]) * (smallUnits[currency] ?? 1n);
}

/** The most one payment, top-up or refund may be: 50,000 yuan or euros, and as much as buys about the same where a unit is small. */
export const paymentMaxMinorOf = (currency: Currency): bigint => 50_000n * everydayUnitMinor(currency);
/** What the database column holds. */
export const storedMaxMinor = 2n ** 63n - 1n;
const wholeNumber = /^(0|[1-9][0-9]*)$/;

export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(currencyDecimals, code);
}

/** Minor units that a trusted source (the database, a constant) already holds. Throws RangeError outside 64 bits. */
export function money(amountMinor: bigint, currency: Currency): Money {
  if (amountMinor > storedMaxMinor || amountMinor < -storedMaxMinor) throw new RangeError('an amount of money must fit in 64 bits');
  return { amountMinor: amountMinor as Minor, currency };
}

/**
 * Reads an amount to be paid: positive, whole, at most `maxMinor`, in `currency`. Refusals in order of precedence:
 * what is no amount at all, then another currency, then too much.
 */
export function parseMoney(wire: WireMoney, expected: { currency: string; maxMinor?: bigint }): MoneyResult {
  const { amountMinor, currency } = wire;
  if (typeof amountMinor !== 'string' || !wholeNumber.test(amountMinor) || amountMinor === '0') return { ok: false, code: 'amount_invalid' };
  if (!isCurrency(currency) || currency !== expected.currency) return { ok: false, code: 'currency_mismatch' };
  const max = expected.maxMinor ?? paymentMaxMinorOf(currency);
  if (amountMinor.length > 19 || BigInt(amountMinor) > max) return { ok: false, code: 'amount_too_large' };
  return { ok: true, money: money(BigInt(amountMinor), currency) };
}

export function addMoney(left: Money, right: Money): MoneyResult {
  if (left.currency !== right.currency) return { ok: false, code: 'currency_mismatch' };
  return withinStore(left.amountMinor + right.amountMinor, left.currency);
}

export function subtractMoney(left: Money, right: Money): MoneyResult {
  if (left.currency !== right.currency) return { ok: false, code: 'currency_mismatch' };
  return withinStore(left.amountMinor - right.amountMinor, left.currency);
}

export function toWire(amount: Money): { amountMinor: string; currency: string } {
  return { amountMinor: String(amount.amountMinor), currency: amount.currency };
}

/** "-12.05" for -1205 CNY, "7" for 7 JPY, "0.005" for 5 KWD. Plain: looks are the screen's business. */
export function formatDecimal(amount: Money): string {
  const decimals = currencyDecimals[amount.currency];
  const sign = amount.amountMinor < 0n ? '-' : '';
  const digits = String(amount.amountMinor < 0n ? -amount.amountMinor : amount.amountMinor).padStart(decimals + 1, '0');
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function withinStore(amountMinor: bigint, currency: Currency): MoneyResult {
  const fits = amountMinor <= storedMaxMinor && amountMinor >= -storedMaxMinor;
  return fits ? { ok: true, money: money(amountMinor, currency) } : { ok: false, code: 'amount_too_large' };
}
