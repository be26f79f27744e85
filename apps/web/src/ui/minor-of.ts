// An amount as somebody types it, in minor units. A comma is a point; anything else that is no plain decimal is nothing.
import { currencyDecimals, isCurrency } from '@sonrisa/ledger/money.ts';

const digitsMax = 12;

/** Null: no amount, or more decimals than the currency has. */
export function minorOf(typed: string, currency: string): string | null {
  const found = /^([0-9]+)(?:[.,]([0-9]*))?$/.exec(typed.trim());
  if (!found) return null;
  const [, whole = '', fraction = ''] = found;
  const decimals = isCurrency(currency) ? currencyDecimals[currency] : 0;
  if (fraction.length > decimals || whole.length > digitsMax) return null;
  return String(BigInt(whole + fraction.padEnd(decimals, '0')));
}
