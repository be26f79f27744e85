// Holds a receipt against the payment it is used for, with what the database knows of both. Asked when the vault answers and
// again before money moves: in between the server may have been restarted in another mode.
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { PaymentsDependencies } from './pay.ts';
import { checkReceipt } from './receipt-check.ts';
import type { PaymentRow } from './record.ts';

export async function checkBound(
  { db, mode, errorBudget }: Pick<PaymentsDependencies, 'db' | 'mode' | 'errorBudget'>,
  { row, claims }: { row: PaymentRow; claims: ReceiptClaims },
): Promise<{ ok: true } | { ok: false; code: ProblemCode }> {
  const terminal = await db.selectFrom('terminal').select(['key_thumbprint', 'mode']).where('id', '=', row.terminal_id).executeTakeFirstOrThrow();
  return checkReceipt(claims, {
    paymentId: row.id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    merchantId: row.merchant_id,
    storeId: row.store_id,
    terminalThumbprint: terminal.key_thumbprint,
    terminalMode: terminal.mode,
    errorBudget,
    mode,
  });
}
