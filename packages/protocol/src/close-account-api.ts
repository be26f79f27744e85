// Closing an account on the phone: what stands in the way, the closing itself, and its receipt, which can be fetched without the session
// that the closing ends.
//
//   GET  phone/me/closing                  money that is left, and whatever else stands in the way       (session)
//   POST phone/me/close                    by passkey or PIN; everything goes, a signed receipt           (session, for the last time)
//   GET  phone/closings/:id                the receipt again, by the id that the phone chose for it
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { idSchema } from './ids.ts';
import { erasureSchema } from './my-face-api.ts';
import { ownerProofSchema } from './owner-proof.ts';

/** In the order in which they are told; each is a code of the catalogue that says what to do. */
export const closingBlocks = ['recovery_guards', 'closing_payment_open', 'closing_first_payment', 'closing_case_open', 'closing_top_up_open', 'closing_children', 'closing_money_left'] as const;
export type ClosingBlock = (typeof closingBlocks)[number];

export const closingSchema = z.object({
  payerId: idSchema('payer'),
  /** Which passkeys may prove it; empty: only the PIN may. */
  passkeyIds: z.array(z.string()),
  wallet: wireAmountSchema,
  /** Where a withdrawal would go; null: no bank account was named yet. */
  bankAccount: z.object({ holder: z.string(), number: z.string() }).nullable(),
  /** Empty: the account can be closed. */
  blocks: z.array(z.enum(closingBlocks)),
});
export type Closing = z.infer<typeof closingSchema>;

/** `receiptId`: made by the phone, so that an answer that got lost can be asked for. */
export const closeAccountSchema = z.strictObject({ receiptId: idSchema('erasure'), proof: ownerProofSchema });
export type CloseAccount = z.infer<typeof closeAccountSchema>;

/** `receipt` null: the vault or the card processor has yet to confirm. */
export const closedReceiptSchema = erasureSchema;
export type ClosedReceipt = z.infer<typeof closedReceiptSchema>;
