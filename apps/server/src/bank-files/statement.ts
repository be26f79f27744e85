// A bank or provider statement, whatever file it came in.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { writeDecimal } from './decimal.ts';
import { StatementUnreadable } from './unreadable.ts';

export type StatementLine = {
  /** Ours, given back by the bank; empty when it gave none. */
  readonly reference: string;
  /** Positive came in, negative went out. */
  readonly amountMinor: bigint;
  /** YYYY-MM-DD */
  readonly bookedOn: string;
  readonly text: string;
  /** The bank sends back what it was told to pay. */
  readonly isReturn: boolean;
};
export type BankStatement = {
  readonly id: string;
  readonly account: string;
  readonly currency: Currency;
  /** Null where the file has no balances. */
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly lines: readonly StatementLine[];
};

/** Throws StatementUnreadable when opening balance and lines do not lead to the closing balance. */
export function assertAddsUp(statement: BankStatement): void {
  const { openingMinor, closingMinor, currency, lines } = statement;
  if (openingMinor === null || closingMinor === null) return;
  const led = lines.reduce((sum, line) => sum + line.amountMinor, openingMinor);
  if (led !== closingMinor) {
    const [found, expected] = [led, closingMinor].map((minor) => writeDecimal(minor!, currency));
    throw new StatementUnreadable(`the statement does not add up: its lines lead to ${found}, it says ${expected}`);
  }
}
