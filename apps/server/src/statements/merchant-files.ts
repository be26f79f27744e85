// A merchant's statement and settlement as files. In CSV every amount stands in the column of its direction, so that no cell begins
// with a sign and sums need none.
import { type Currency, formatDecimal, money } from '@sonrisa/ledger/money.ts';
import { type CsvRow, endToEndIdOf, writeCamt053, writeCsv } from '../bank-files/index.ts';
import type { MerchantLine } from './merchant-lines.ts';
import type { Notice } from './notices.ts';

const lineColumns = ['line', 'day', 'at', 'kind', 'transfer', 'payment', 'receipt', 'store', 'about', 'gross_in', 'gross_out', 'fee_back', 'fee', 'net_in', 'net_out', 'currency'];
export const statementColumns = [...lineColumns, 'balance_yours', 'balance_owed'];
export const settlementColumns = lineColumns;

export type StatementPeriod = { readonly merchantId: string; readonly currency: Currency; readonly from: string; readonly to: string };

type Said = { readonly lines: readonly MerchantLine[]; readonly notices: readonly Notice[] };

/** Lines of the period between an opening and a closing line; then what two people said, which moves nothing by itself. */
export function statementCsv(period: StatementPeriod, { lines, notices }: Said): string {
  const { currency } = period;
  const { openingMinor, inside, closingMinor } = cut(period, lines);
  let balanceMinor = openingMinor;
  const rows = inside.map((line, index) => {
    balanceMinor += line.netMinor;
    return { ...lineRow(line, { number: index + 1, currency }), ...balanceCells(balanceMinor, currency) };
  });
  const edge = (kind: string, day: string, minor: bigint): CsvRow => ({ day, kind, currency, ...balanceCells(minor, currency) });
  return writeCsv(statementColumns, [edge('opening', period.from, openingMinor), ...rows, edge('closing', period.to, closingMinor), ...notices.map(noticeRow)]);
}

function noticeRow({ kind, atMs, localDay, about, paymentId }: Notice): CsvRow {
  return { day: localDay, at: new Date(atMs).toISOString(), kind, about, payment: paymentId ?? '' };
}

/** Lines of one settlement and their sum. */
export function settlementCsv(settlement: { id: string; day: string; currency: Currency }, lines: readonly MerchantLine[]): string {
  const { currency } = settlement;
  const sum = (of: (line: MerchantLine) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  const total = amountCells({ grossMinor: sum((line) => line.grossMinor), feeMinor: sum((line) => line.feeMinor), netMinor: sum((line) => line.netMinor) }, currency);
  const rows = lines.map((line, index) => lineRow(line, { number: index + 1, currency }));
  return writeCsv(settlementColumns, [...rows, { day: settlement.day, kind: 'total', about: settlement.id, currency, ...total }]);
}

export function statementCamt053(period: StatementPeriod, { lines, notices }: Said, given: { id: string; madeAtMs: number }): string {
  const { openingMinor, inside, closingMinor } = cut(period, lines);
  return writeCamt053({
    id: given.id,
    madeAtMs: given.madeAtMs,
    account: endToEndIdOf(period.merchantId),
    currency: period.currency,
    from: period.from,
    to: period.to,
    openingMinor,
    closingMinor,
    note: notices.map(({ kind, localDay, about }) => `${localDay} ${kind} ${about}`).join('; '),
    lines: inside.map((line) => ({
      reference: endToEndIdOf(line.paymentId ?? line.about ?? line.transferId),
      amountMinor: line.netMinor,
      bookedOn: line.localDay,
      text: `${line.kind} ${line.receiptNumber ?? line.about ?? line.transferId}`,
      isReturn: line.kind === 'payout_return',
    })),
  });
}

// By day and not by moment: lines of two time zones may stand in another order than they happened.
function cut({ from, to }: StatementPeriod, lines: readonly MerchantLine[]) {
  const sum = (some: readonly MerchantLine[]) => some.reduce((total, line) => total + line.netMinor, 0n);
  const inside = lines.filter((line) => line.localDay >= from && line.localDay <= to);
  const openingMinor = sum(lines.filter((line) => line.localDay < from));
  return { openingMinor, inside, closingMinor: openingMinor + sum(inside) };
}

function lineRow(line: MerchantLine, { number, currency }: { number: number; currency: Currency }): CsvRow {
  return {
    line: String(number),
    day: line.localDay,
    at: new Date(line.atMs).toISOString(),
    kind: line.kind,
    transfer: line.transferId,
    payment: line.paymentId ?? '',
    receipt: line.receiptNumber ?? '',
    store: line.storeId ?? '',
    about: line.about ?? '',
    currency,
    ...amountCells(line, currency),
  };
}

function amountCells({ grossMinor, feeMinor, netMinor }: Pick<MerchantLine, 'grossMinor' | 'feeMinor' | 'netMinor'>, currency: Currency): CsvRow {
  const [gross_in, gross_out] = inAndOut(grossMinor, currency);
  const [fee_back, fee] = inAndOut(feeMinor, currency);
  const [net_in, net_out] = inAndOut(netMinor, currency);
  return { gross_in, gross_out, fee_back, fee, net_in, net_out };
}

function balanceCells(minor: bigint, currency: Currency): CsvRow {
  const [balance_yours, balance_owed] = inAndOut(minor, currency);
  return { balance_yours, balance_owed };
}

function inAndOut(minor: bigint, currency: Currency): [string, string] {
  const text = formatDecimal(money(minor < 0n ? -minor : minor, currency));
  return minor < 0n ? ['', text] : minor > 0n ? [text, ''] : ['', ''];
}
