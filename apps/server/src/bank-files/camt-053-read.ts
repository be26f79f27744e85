// Reads camt.053 of any version that banks send today: booked entries with their references, and the two booked balances.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { readCurrency, readDecimal } from './decimal.ts';
import { assertAddsUp, type BankStatement, type StatementLine } from './statement.ts';
import { StatementUnreadable } from './unreadable.ts';
import { readXml, type XmlNode } from './xml.ts';

/** Throws StatementUnreadable, also when a statement does not add up. */
export function readCamt053(text: string): BankStatement[] {
  const root = readXml(text).at('Document', 'BkToCstmrStmt');
  const statements = root.all('Stmt').map(readStatement);
  if (statements.length === 0) throw new StatementUnreadable('there is no account statement in the file');
  statements.forEach(assertAddsUp);
  return statements;
}

function readStatement(statement: XmlNode): BankStatement {
  const account = statement.at('Acct');
  const balances = new Map(statement.all('Bal').map((balance) => [balance.at('Tp', 'CdOrPrtry', 'Cd').text, balance] as const));
  const opening = balances.get('OPBD') ?? balances.get('PRCD');
  const closing = balances.get('CLBD');
  const currency = readCurrency(account.at('Ccy').text || statement.all('Bal')[0]?.at('Amt').attribute('Ccy') || '');
  return {
    id: statement.at('Id').required,
    account: account.at('Id', 'IBAN').text || account.at('Id', 'Othr', 'Id').required,
    currency,
    openingMinor: opening ? signedOf(opening, currency) : null,
    closingMinor: closing ? signedOf(closing, currency) : null,
    lines: statement.all('Ntry').filter(isBooked).flatMap((entry) => readEntry(entry, currency)),
  };
}

// Version 2 had the status as text, later ones as a choice.
function isBooked(entry: XmlNode): boolean {
  return (entry.at('Sts', 'Cd').text || entry.at('Sts').text) === 'BOOK';
}

// A bank may book a whole batch as one entry; its details then carry the single amounts.
function readEntry(entry: XmlNode, currency: Currency): StatementLine[] {
  const entryMinor = signedOf(entry, currency);
  const booked = entry.at('BookgDt');
  const bookedOn = (booked.at('Dt').text || booked.at('DtTm').required).slice(0, 10);
  const details = entry.all('NtryDtls').flatMap((each) => each.all('TxDtls'));
  const reverses = entry.at('RvslInd').text === 'true';
  if (details.length <= 1) return [lineOf({ entry, detail: details[0], amountMinor: entryMinor, bookedOn, reverses })];
  const lines = details.map((detail) => lineOf({ entry, detail, amountMinor: detailAmountOf(detail, { entryMinor, currency }), bookedOn, reverses }));
  const sum = lines.reduce((total, line) => total + line.amountMinor, 0n);
  if (sum !== entryMinor) throw new StatementUnreadable('the details of a batch do not add up to its entry');
  return lines;
}

function lineOf(input: { entry: XmlNode; detail: XmlNode | undefined; amountMinor: bigint; bookedOn: string; reverses: boolean }): StatementLine {
  const { entry, detail, amountMinor, bookedOn, reverses } = input;
  const reference = detail?.at('Refs', 'EndToEndId').text ?? '';
  const text = detail?.at('RmtInf').all('Ustrd').map((each) => each.text).join(' ') || entry.at('AddtlNtryInf').text;
  const returned = detail?.at('RtrInf').exists ?? false;
  return { reference: reference === 'NOTPROVIDED' ? '' : reference, amountMinor, bookedOn, text, isReturn: returned || reverses };
}

function detailAmountOf(detail: XmlNode, { entryMinor, currency }: { entryMinor: bigint; currency: Currency }): bigint {
  const amount = detail.at('Amt').exists ? detail.at('Amt') : detail.at('AmtDtls', 'TxAmt', 'Amt');
  requireCurrency(amount, currency);
  const size = readDecimal(amount.required, currency);
  const direction = detail.at('CdtDbtInd').text;
  return (direction === '' ? entryMinor < 0n : direction === 'DBIT') ? -size : size;
}

function signedOf(node: XmlNode, currency: Currency): bigint {
  const amount = node.at('Amt');
  requireCurrency(amount, currency);
  const size = readDecimal(amount.required, currency);
  const direction = node.at('CdtDbtInd').required;
  if (size < 0n || (direction !== 'CRDT' && direction !== 'DBIT')) throw new StatementUnreadable('an amount has no direction');
  return direction === 'DBIT' ? -size : size;
}

function requireCurrency(amount: XmlNode, currency: Currency): void {
  const found = amount.attribute('Ccy');
  if (found !== currency) throw new StatementUnreadable(`an amount in ${found || 'no currency'} stands in a statement in ${currency}`);
}
