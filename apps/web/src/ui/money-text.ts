// Amounts as people read them. Our own table says how many digits a currency has; Intl only gives the looks.
import { currencyDecimals, formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';

export type MoneyPart = { kind: 'symbol' | 'whole' | 'fraction'; text: string };

/** Parts in reading order, so that a screen may set the symbol smaller than the figure. */
export function moneyParts(amount: { amountMinor: string; currency: string }, locale: string): MoneyPart[] {
  return formatter(amount.currency, locale)
    .formatToParts(decimalText(amount) as unknown as number)
    .map((part) => ({ kind: kindOf(part.type), text: part.value }));
}

export function moneyText(amount: { amountMinor: string; currency: string }, locale: string): string {
  return moneyParts(amount, locale)
    .map((part) => part.text)
    .join('');
}

/** Sum of quantity × unit price, exact. */
export function totalMinor(lines: readonly { quantity: number; unitAmountMinor: string }[]): string {
  return lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitAmountMinor), 0n).toString();
}

/** As somebody would type it. Exact, so that Intl may have it: a number would lose cents above 2^53. A currency that is not ours shows minor units. */
export function decimalText(amount: { amountMinor: string; currency: string }): string {
  return isCurrency(amount.currency) ? formatDecimal(money(BigInt(amount.amountMinor), amount.currency)) : amount.amountMinor;
}

function formatter(currency: string, locale: string): Intl.NumberFormat {
  const digits = isCurrency(currency) ? currencyDecimals[currency] : 0;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function kindOf(type: Intl.NumberFormatPartTypes): MoneyPart['kind'] {
  if (type === 'currency' || type === 'literal') return 'symbol';
  return type === 'decimal' || type === 'fraction' ? 'fraction' : 'whole';
}
