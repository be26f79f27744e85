// ISO 20022 pain.001.001.09, the order to our bank to pay: one debtor account, one currency, any number of creditors.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { accountIdElement, agentElement, type BankAccount } from './bank-account.ts';
import { writeDecimal } from './decimal.ts';
import { writeXml } from './xml.ts';

export type CreditTransfer = { readonly endToEndId: string; readonly amountMinor: bigint; readonly creditor: BankAccount; readonly text: string };
export type PaymentFile = {
  /** At most 35 characters; the bank refuses a second file with it. */
  readonly id: string;
  readonly madeAtMs: number;
  /** YYYY-MM-DD */
  readonly executeOn: string;
  readonly currency: Currency;
  readonly debtor: BankAccount;
  readonly transfers: readonly CreditTransfer[];
};

const nameMax = 140;

/** An id of ours in the 35 characters the standard has for a reference: without its prefix. */
export function endToEndIdOf(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}

export function writePain001(file: PaymentFile): string {
  const { currency, debtor, transfers } = file;
  const total = writeDecimal(transfers.reduce((sum, transfer) => sum + transfer.amountMinor, 0n), currency);
  const count = String(transfers.length);
  return writeXml({
    Document: {
      '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09',
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: file.id,
          CreDtTm: new Date(file.madeAtMs).toISOString(),
          NbOfTxs: count,
          CtrlSum: total,
          InitgPty: { Nm: debtor.holder.slice(0, nameMax) },
        },
        PmtInf: {
          PmtInfId: file.id,
          PmtMtd: 'TRF',
          NbOfTxs: count,
          CtrlSum: total,
          ReqdExctnDt: { Dt: file.executeOn },
          Dbtr: { Nm: debtor.holder.slice(0, nameMax) },
          DbtrAcct: { Id: accountIdElement(debtor.number), Ccy: currency },
          DbtrAgt: agentElement(debtor.bic),
          CdtTrfTxInf: transfers.map((transfer) => creditTransfer(transfer, currency)),
        },
      },
    },
  });
}

function creditTransfer({ endToEndId, amountMinor, creditor, text }: CreditTransfer, currency: Currency): object {
  return {
    PmtId: { InstrId: endToEndId, EndToEndId: endToEndId },
    Amt: { InstdAmt: { '@Ccy': currency, '#text': writeDecimal(amountMinor, currency) } },
    ...(creditor.bic === null ? {} : { CdtrAgt: agentElement(creditor.bic) }),
    Cdtr: { Nm: creditor.holder.slice(0, nameMax) },
    CdtrAcct: { Id: accountIdElement(creditor.number) },
    RmtInf: { Ustrd: text.slice(0, nameMax) },
  };
}
