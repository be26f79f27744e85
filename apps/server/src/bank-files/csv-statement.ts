// A statement as CSV, for providers that send no camt.053: one line an entry, an amount with its sign.
import { readCurrency, readDecimal } from './decimal.ts';
import { readCsv } from './csv.ts';
import type { BankStatement } from './statement.ts';
import { StatementUnreadable } from './unreadable.ts';

/** `return` is "yes" where the bank sends money back; `reference` and `text` may be empty. */
export const csvStatementColumns = ['date', 'amount', 'currency', 'reference', 'text', 'return'] as const;

/** Throws StatementUnreadable. */
export function readCsvStatement(text: string, given: { id: string; account: string }): BankStatement {
  const rows = readCsv(text);
  const [first] = rows;
  if (!first) throw new StatementUnreadable('the file has no lines');
  const missing = csvStatementColumns.slice(0, 4).filter((column) => !Object.hasOwn(first, column));
  if (missing.length > 0) throw new StatementUnreadable(`the file has no column ${missing.join(', ')}`);
  const currency = readCurrency(first['currency'] ?? '');
  const lines = rows.map((row) => {
    if (row['currency'] !== currency) throw new StatementUnreadable('the file has two currencies: send one file for each');
    const bookedOn = row['date'] ?? '';
    if (!/^\d{4}-\d{2}-\d{2}$/.test(bookedOn)) throw new StatementUnreadable(`"${bookedOn}" is no date like 2026-11-25`);
    return { reference: row['reference'] ?? '', amountMinor: readDecimal(row['amount'] ?? '', currency), bookedOn, text: row['text'] ?? '', isReturn: row['return'] === 'yes' };
  });
  return { ...given, currency, openingMinor: null, closingMinor: null, lines };
}
