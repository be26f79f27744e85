// Amounts as files write them: decimals in the currency's own number of places. Exact: text to minor units and back.
import { type Currency, currencyDecimals, formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';
import { StatementUnreadable } from './unreadable.ts';

const decimal = /^(-?)(\d{1,15})(?:\.(\d{0,5}))?$/;

/** Throws StatementUnreadable for anything that is no amount, and for places that the currency does not have unless they are zeros. */
export function readDecimal(text: string, currency: Currency): bigint {
  const parts = decimal.exec(text.trim());
  if (!parts) throw new StatementUnreadable(`"${text}" is no amount`);
  const [, sign = '', whole = '', fraction = ''] = parts;
  const places = currencyDecimals[currency];
  if (/[1-9]/.test(fraction.slice(places))) throw new StatementUnreadable(`"${text}" has more decimals than ${currency}`);
  const minor = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
  return sign === '-' ? -minor : minor;
}

export function writeDecimal(amountMinor: bigint, currency: Currency): string {
  return formatDecimal(money(amountMinor, currency));
}

export function readCurrency(code: string): Currency {
  if (!isCurrency(code)) throw new StatementUnreadable(`"${code}" is no currency we know`);
  return code;
}
