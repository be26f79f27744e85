// What a shopper confirms on their own phone, as bytes. The phone makes them from what it shows, the server from what it keeps:
// a signature over anything else confirms nothing. WebAuthn carries them as its challenge (Web Authentication Level 3, 13.4.3).
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { sha256, toBase64Url } from './bytes.ts';
import { idSchema } from './ids.ts';

/** Fresh for each request; 128 random bits and more. */
export const approvalNonceSchema = z.string().min(22).max(64);

export const approvalSchema = z.object({
  requestId: idSchema('phoneRequest'),
  paymentId: idSchema('payment'),
  merchantId: idSchema('merchant'),
  storeId: idSchema('store'),
  payerId: idSchema('payer'),
  amount: wireAmountSchema,
  nonce: approvalNonceSchema,
});
export type Approval = z.infer<typeof approvalSchema>;

/** SHA-256 of the named fields in this order, base64url: 43 characters. */
export async function approvalChallenge(approval: Approval): Promise<string> {
  const { requestId, paymentId, merchantId, storeId, payerId, amount, nonce } = approval;
  const text = JSON.stringify(['sonrisa/approval/v1', requestId, paymentId, merchantId, storeId, payerId, amount.amountMinor, amount.currency, nonce]);
  return toBase64Url(await sha256(new TextEncoder().encode(text)));
}
