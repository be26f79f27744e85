// ISO 20022 camt.053.001.08, an account statement as a bank would send it: what a merchant's own books import.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { writeDecimal } from './decimal.ts';
import type { BankStatement } from './statement.ts';
import { writeXml } from './xml.ts';

export type StatementToWrite = BankStatement & {
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly madeAtMs: number;
  readonly from: string;
  readonly to: string;
  /** Said beside the lines; the newest part of what is too long for the standard. */
  readonly note?: string;
};

/** Max500Text of ISO 20022. */
const noteMax = 500;

export function writeCamt053(statement: StatementToWrite): string {
  const { id, account, currency, madeAtMs, from, to, lines } = statement;
  const madeAt = new Date(madeAtMs).toISOString();
  return writeXml({
    Document: {
      '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08',
      BkToCstmrStmt: {
        GrpHdr: { MsgId: id, CreDtTm: madeAt },
        Stmt: {
          Id: id,
          CreDtTm: madeAt,
          FrToDt: { FrDtTm: `${from}T00:00:00`, ToDtTm: `${to}T23:59:59` },
          Acct: { Id: { Othr: { Id: account } }, Ccy: currency },
          Bal: [balance('OPBD', statement.openingMinor, { currency, on: from }), balance('CLBD', statement.closingMinor, { currency, on: to })],
          Ntry: lines.map((line, index) => ({
            NtryRef: String(index + 1),
            ...amount(line.amountMinor, currency),
            Sts: { Cd: 'BOOK' },
            BookgDt: { Dt: line.bookedOn },
            BkTxCd: { Prtry: { Cd: line.text.split(' ')[0] ?? '' } },
            NtryDtls: { TxDtls: { Refs: { EndToEndId: line.reference }, RmtInf: { Ustrd: line.text }, ...(line.isReturn ? { RtrInf: { Rsn: { Cd: 'NARR' } } } : {}) } },
          })),
          ...(statement.note ? { AddtlStmtInf: statement.note.slice(-noteMax) } : {}),
        },
      },
    },
  });
}

function balance(code: string, minor: bigint, { currency, on }: { currency: Currency; on: string }): object {
  return { Tp: { CdOrPrtry: { Cd: code } }, ...amount(minor, currency), Dt: { Dt: on } };
}

// The standard has no signs: an amount, and whether it is for or against the account's owner.
function amount(minor: bigint, currency: Currency): object {
  const size = minor < 0n ? -minor : minor;
  return { Amt: { '@Ccy': currency, '#text': writeDecimal(size, currency) }, CdtDbtInd: minor < 0n ? 'DBIT' : 'CRDT' };
}
