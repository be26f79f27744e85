// FOR TESTS: the bookkeeper who sees files and nothing else. Says in words whatever does not add up in or between a merchant's statement and
// settlements, the payment orders and the bank's statement.
import { type Currency, isCurrency } from '@sonrisa/ledger/money.ts';
import { readCamt053, readCsv, type CsvRow } from '../bank-files/index.ts';
import { readDecimal } from '../bank-files/decimal.ts';
import { readXml } from '../bank-files/xml.ts';

export type DayFiles = { readonly statement: string; readonly settlements: readonly string[]; readonly orders: readonly string[]; readonly bank: string };

export function findingsIn(files: DayFiles): string[] {
  const findings: string[] = [];
  const expectEqual = (what: string, found: bigint | string | undefined, expected: bigint | string | undefined) => {
    if (found !== expected) findings.push(`${what}: ${String(found)}, expected ${String(expected)}`);
  };
  const rows = readCsv(files.statement);
  const currency = rows[0]?.['currency'] ?? '';
  if (!isCurrency(currency)) return ['the statement has no currency'];
  const lines = rows.filter((row) => row['line'] !== '');
  checkStatement({ rows, lines, currency, expectEqual });
  const settled = checkSettlements({ files, lines, currency, expectEqual });
  checkMoneyOut({ files, lines, settled, currency, expectEqual });
  return findings;
}

type Check = { lines: readonly CsvRow[]; currency: Currency; expectEqual: (what: string, found: bigint | string | undefined, expected: bigint | string | undefined) => void };

const amountIn = (row: CsvRow, column: string, currency: Currency) => readDecimal(row[column] || '0', currency);
const signed = (row: CsvRow, plus: string, minus: string, currency: Currency) => amountIn(row, plus, currency) - amountIn(row, minus, currency);
const gross = (row: CsvRow, currency: Currency) => signed(row, 'gross_in', 'gross_out', currency);
const fee = (row: CsvRow, currency: Currency) => signed(row, 'fee_back', 'fee', currency);
const net = (row: CsvRow, currency: Currency) => signed(row, 'net_in', 'net_out', currency);
const balance = (row: CsvRow, currency: Currency) => signed(row, 'balance_yours', 'balance_owed', currency);
const sumOf = (rows: readonly CsvRow[], of: (row: CsvRow) => bigint) => rows.reduce((sum, row) => sum + of(row), 0n);

function checkStatement({ rows, lines, currency, expectEqual }: Check & { rows: readonly CsvRow[] }): void {
  const opening = rows.find((row) => row['kind'] === 'opening');
  const closing = rows.find((row) => row['kind'] === 'closing');
  if (!opening || !closing) return expectEqual('statement edges', 'missing', 'there');
  let running = balance(opening, currency);
  for (const row of lines) {
    running += net(row, currency);
    expectEqual(`statement line ${row['line']}: gross and fee`, gross(row, currency) + fee(row, currency), net(row, currency));
    expectEqual(`statement line ${row['line']}: balance`, balance(row, currency), running);
  }
  expectEqual('statement closing balance', balance(closing, currency), running);
}

// Every line but the payouts is settled once, and the settlements say the same of it as the statement.
function checkSettlements({ files, lines, currency, expectEqual }: Check & { files: DayFiles }): bigint {
  const statement = new Map(lines.map((row) => [row['transfer'], row]));
  const seen = new Set<string | undefined>();
  let total = 0n;
  for (const file of files.settlements) {
    const rows = readCsv(file);
    const own = rows.filter((row) => row['line'] !== '');
    const sum = rows.find((row) => row['kind'] === 'total');
    const name = `settlement ${sum?.['day']}`;
    for (const [what, of] of [['gross', gross], ['fee', fee], ['net', net]] as const) {
      expectEqual(`${name}: ${what}`, sum && of(sum, currency), sumOf(own, (row) => of(row, currency)));
    }
    for (const row of own) {
      const told = statement.get(row['transfer']);
      expectEqual(`${name} line ${row['line']}`, net(row, currency), told && net(told, currency));
      expectEqual(`${name} line ${row['line']}: gross`, gross(row, currency), told && gross(told, currency));
      if (seen.has(row['transfer'])) expectEqual(`${name} line ${row['line']}`, 'settled twice', 'settled once');
      seen.add(row['transfer']);
    }
    total += sumOf(own, (row) => net(row, currency));
  }
  const earned = lines.filter((row) => !isPayout(row));
  for (const row of earned) if (!seen.has(row['transfer'])) expectEqual(`statement line ${row['line']}`, 'never settled', 'settled');
  return total;
}

const isPayout = (row: CsvRow) => row['kind']?.startsWith('pay') ?? false;
const referenceOf = (id: string | undefined) => (id ?? '').slice((id ?? '').indexOf('_') + 1);

// What left the merchant's account was ordered; what was ordered is with the bank; what came back is back.
function checkMoneyOut({ files, lines, settled, currency, expectEqual }: Check & { files: DayFiles; settled: bigint }): void {
  const bank = readCamt053(files.bank).flatMap((statement) => statement.lines);
  const ordered = new Map<string, bigint>();
  for (const file of files.orders) {
    const root = readXml(file).at('Document', 'CstmrCdtTrfInitn');
    const transfers = root.all('PmtInf').flatMap((information) => information.all('CdtTrfTxInf'));
    const amounts = transfers.map((transfer) => readDecimal(transfer.at('Amt', 'InstdAmt').required, currency));
    expectEqual('order: control sum', readDecimal(root.at('GrpHdr', 'CtrlSum').required, currency), amounts.reduce((sum, minor) => sum + minor, 0n));
    expectEqual('order: count', root.at('GrpHdr', 'NbOfTxs').text, String(transfers.length));
    transfers.forEach((transfer, index) => ordered.set(transfer.at('PmtId', 'EndToEndId').required, amounts[index]!));
  }
  const out = lines.filter((row) => row['kind'] === 'pay_out');
  const back = lines.filter((row) => row['kind'] === 'payout_return');
  for (const row of out) expectEqual(`payout ${row['about']}: ordered`, ordered.get(referenceOf(row['about'])), -net(row, currency));
  for (const [reference, minor] of ordered) {
    const booked = bank.filter((line) => line.reference === reference);
    const left = booked.filter((line) => !line.isReturn).reduce((sum, line) => sum - line.amountMinor, 0n);
    const returned = booked.filter((line) => line.isReturn).reduce((sum, line) => sum + line.amountMinor, 0n);
    expectEqual(`order ${reference}: booked by the bank`, left, minor);
    expectEqual(`order ${reference}: returned`, returned, sumOf(back.filter((row) => referenceOf(row['about']) === reference), (row) => net(row, currency)));
  }
  const closing = lines.at(-1);
  const paid = sumOf(out, (row) => net(row, currency)) + sumOf(back, (row) => net(row, currency));
  expectEqual('settled less paid out', settled + paid, closing ? balance(closing, currency) : 0n);
}
