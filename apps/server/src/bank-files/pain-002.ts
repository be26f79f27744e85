// ISO 20022 pain.002, the bank's word about an order: which of its payments were executed and which were refused.
import { StatementUnreadable } from './unreadable.ts';
import { readXml } from './xml.ts';

export type PaymentStatus = { readonly reference: string; readonly is: 'executed' | 'refused' | 'under_way'; readonly reason: string };

// ISO external codes. Accepted is not executed: only these two say that the money is with the creditor's bank or account.
const executed = new Set(['ACSC', 'ACCC']);
const refused = new Set(['RJCT', 'CANC']);

/** Throws StatementUnreadable. A status of the whole group counts for nobody: it names no payment. */
export function readPain002(text: string): PaymentStatus[] {
  const report = readXml(text).at('Document', 'CstmrPmtStsRpt');
  if (!report.exists) throw new StatementUnreadable('there is no payment status report in the file');
  return report.all('OrgnlPmtInfAndSts').flatMap((group) =>
    group.all('TxInfAndSts').map((status): PaymentStatus => {
      const code = status.at('TxSts').required;
      const [why] = status.all('StsRsnInf');
      const reason = [why?.at('Rsn', 'Cd').text, why?.at('Rsn', 'Prtry').text, why?.at('AddtlInf').text].filter(Boolean).join(' ');
      return { reference: status.at('OrgnlEndToEndId').required, is: executed.has(code) ? 'executed' : refused.has(code) ? 'refused' : 'under_way', reason };
    }),
  );
}
