// What a till asks a shopper's own phone, how the phone answers, and the passkeys it answers with (prefix /api/phone, session).
//
//   GET  me/requests                        what waits for this phone now
//   POST me/requests/:id/approve            by passkey or by PIN; the money moves in the answer   (Idempotency-Key)
//   POST me/requests/:id/deny               no; or: that is somebody else
//   GET  me/notices                         a row for each payment, newest first
//   POST me/payments/:id/undo               a first payment by face, taken back with one tap       (Idempotency-Key)
//   POST me/notices/seen                    they were looked at
//   PUT  me/ask-phone-from                  from which amount on this phone is always asked
//   PUT  me/sms-notices                     text messages of larger payments where no push arrives
//   POST me/payment-code                    a key to make payment codes from, for a few minutes
//   GET  me/passkeys                        the passkeys of this account
//   POST me/passkeys/options                what the browser needs to make one
//   POST me/passkeys                        keep the one it made
//   POST me/passkeys/remove                 forget one
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { approvalNonceSchema } from './approval.ts';
import { idSchema } from './ids.ts';
import { paymentStateSchema } from './terminal-api.ts';
import { textSchema } from './text.ts';

/** Why the phone is asked: the shopper's own limit, signals of the payment, or a child who pays: their guardian is asked for what is a PIN's elsewhere. */
export const phoneReasonSchema = z.enum(['own_limit', 'code_amount', 'risk', 'guardian']);
export type PhoneReason = z.infer<typeof phoneReasonSchema>;

export const phoneRequestSchema = z.object({
  id: idSchema('phoneRequest'),
  paymentId: idSchema('payment'),
  merchant: z.object({ id: idSchema('merchant'), name: z.string(), nameZh: z.string() }),
  store: z.object({ id: idSchema('store'), name: z.string(), nameZh: z.string() }),
  amount: wireAmountSchema,
  reason: phoneReasonSchema,
  /** Whose payment it is, where it is a child's of this phone's owner; null: the owner's own. A passkey signs the payer's id. */
  child: z.object({ id: idSchema('payer'), name: z.string() }).nullable(),
  /** How the till found the payer. */
  way: z.enum(['face', 'code']),
  askedAtMs: z.number(),
  expiresAtMs: z.number(),
  nonce: approvalNonceSchema,
});
export type PhoneRequest = z.infer<typeof phoneRequestSchema>;

/** `passkeyIds`: which passkeys may answer; empty: only the PIN may. `serverNowMs`: the phone's own clock may be wrong. */
export const phoneRequestsSchema = z.object({
  payerId: idSchema('payer'),
  requests: z.array(phoneRequestSchema),
  passkeyIds: z.array(z.string()),
  serverNowMs: z.number(),
});
export type PhoneRequests = z.infer<typeof phoneRequestsSchema>;

const base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/).max(16_384);
/** AuthenticationResponseJSON of Web Authentication Level 3, section 5.1. */
export const passkeyAnswerSchema = z.object({
  id: base64Url.max(1366),
  rawId: base64Url.max(1366),
  type: z.literal('public-key'),
  response: z.object({ clientDataJSON: base64Url, authenticatorData: base64Url, signature: base64Url, userHandle: base64Url.optional() }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.looseObject({}),
});
export type PasskeyAnswer = z.infer<typeof passkeyAnswerSchema>;

/** `pin`: sealed for the server's key, bound to the payment's id. */
export const approveSchema = z.union([z.strictObject({ passkey: passkeyAnswerSchema }), z.strictObject({ pin: z.string().max(4096) })]);
export type Approve = z.infer<typeof approveSchema>;
export const denySchema = z.strictObject({ why: z.enum(['denied', 'not_me']) });

export const phoneAnswerSchema = z.object({ paymentId: idSchema('payment'), state: paymentStateSchema, amount: wireAmountSchema });
export type PhoneAnswer = z.infer<typeof phoneAnswerSchema>;

export const noticeSchema = z.object({
  paymentId: idSchema('payment'),
  way: z.enum(['face', 'code']),
  /** Whether this phone had said yes to it. */
  confirmedOnPhone: z.boolean(),
  storeName: z.string(),
  storeNameZh: z.string(),
  amount: wireAmountSchema,
  atMs: z.number(),
  isNew: z.boolean(),
  /** A first payment by face: until when one tap takes it back; null: not, or not any more. */
  undoUntilMs: z.number().nullable(),
  /** Of a child of this phone's owner; null: the owner's own. */
  child: z.object({ id: idSchema('payer'), name: z.string() }).nullable(),
});
/** Where no push arrives. `fromMinor`: what the platform pays messages from; null: for none but an account's first payment, which is always told. */
export const smsNoticesSchema = z.object({ on: z.boolean(), fromMinor: wireAmountSchema.shape.amountMinor.nullable() });
export const setSmsNoticesSchema = z.strictObject({ on: z.boolean() });
export const noticesSchema = z.object({ notices: z.array(noticeSchema), askPhoneFromMinor: wireAmountSchema.shape.amountMinor.nullable(), smsNotices: smsNoticesSchema });
export type Notices = z.infer<typeof noticesSchema>;
/** Up to which notice they were looked at. */
export const noticesSeenSchema = z.strictObject({ untilMs: z.number().int().nonnegative() });

/** "0": every payment. Null: never because of the amount alone. */
export const askPhoneFromSchema = z.strictObject({ amountMinor: wireAmountSchema.shape.amountMinor.nullable() });

export const passkeySchema = z.object({ id: z.string(), name: z.string(), createdAtMs: z.number(), lastUsedAtMs: z.number().nullable() });
export const passkeysSchema = z.object({ passkeys: z.array(passkeySchema) });
/** `pin`: needed when the session is older than a few minutes; sealed, bound to the payer's id. */
export const passkeyOptionsSchema = z.strictObject({ pin: z.string().max(4096).optional() });
/** PublicKeyCredentialCreationOptionsJSON, as the browser takes it. */
export const passkeyCreationSchema = z.looseObject({ challenge: z.string() });
/** RegistrationResponseJSON of Web Authentication Level 3, section 5.1. */
export const newPasskeySchema = z.strictObject({
  name: textSchema({ max: 40 }),
  response: z.object({
    id: base64Url.max(1366),
    rawId: base64Url.max(1366),
    type: z.literal('public-key'),
    response: z.looseObject({ clientDataJSON: base64Url, attestationObject: base64Url, transports: z.array(z.string().max(32)).max(8).optional() }),
    authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
    clientExtensionResults: z.looseObject({}),
  }),
});
export type NewPasskey = z.infer<typeof newPasskeySchema>;
