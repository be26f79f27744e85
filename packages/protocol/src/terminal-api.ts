// What a terminal may ask the server (prefix /api/terminal). Bearer token from activation, and every request signed with the
// key of activation (request-signature.ts); a write takes an Idempotency-Key.
//
//   POST activations                          activate this browser or device
//   GET  profile                              who am I, keys, limits
//   GET  menu                                 what the kiosk sells
//   POST payments                             new payment                       (Idempotency-Key)
//   GET  payments/:id                         where does it stand (also after a lost answer)
//   POST payments/:id/looks                   open one look: nonce and challenge; what the shopper cannot do may be left out
//   PUT  payments/:id/looks/:nonce/capture    the sealed burst, application/octet-stream
//   POST payments/:id/digits                  last four digits of the phone
//   POST payments/:id/confirm                 Pay                               (Idempotency-Key)
//   POST payments/:id/phone-pin               the PIN, where no phone is at hand and the amount allows it  (Idempotency-Key)
//   POST payments/:id/sms-code                the last resort: a code by text message to the payer's number, once for a wait
//   POST payments/:id/sms-code/pay            that code, typed by the shopper     (Idempotency-Key)
//   POST payments/:id/code                    a payment code of a shopper's phone (Idempotency-Key)
//   POST payments/:id/not-me                  Not me
//   POST payments/:id/cancel                  leave
//   POST payments/:id/invites                 invite an unknown face to enrol on their own phone
//   GET  payments/:id/invites/:inviteId       has the phone finished?
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { publicJwkSchema } from './capture.ts';
import { terminalModeSchema } from './challenge.ts';
import { idSchema } from './ids.ts';
import { livenessSchema, rungSchema } from './receipt.ts';
import { textSchema } from './text.ts';

export const activateSchema = z.strictObject({
  code: textSchema({ min: 4, max: 64 }),
  publicJwk: publicJwkSchema,
  kind: z.enum(['kiosk', 'mini']).default('kiosk'),
});

export const terminalProfileSchema = z.object({
  terminalId: idSchema('terminal'),
  kind: z.enum(['kiosk', 'mini']),
  /** 'sandbox': photos and videos pass here, and nothing of it counts in production. */
  mode: terminalModeSchema,
  /** Of the whole installation. */
  installation: z.enum(['sandbox', 'production']),
  merchant: z.object({ id: idSchema('merchant'), name: z.string(), nameZh: z.string() }),
  store: z.object({ id: idSchema('store'), name: z.string(), nameZh: z.string(), timeZone: z.string() }),
  currency: z.string(),
  paymentMax: wireAmountSchema,
  /** At or above this amount the PIN is asked, whatever the rung. */
  pinFrom: wireAmountSchema,
  /** Pinned at activation: captures are sealed for this key only. */
  vaultKey: z.object({ jwk: publicJwkSchema, thumbprint: z.string() }),
  /** PINs are sealed for this key. */
  serverKey: z.object({ jwk: publicJwkSchema, thumbprint: z.string() }),
  errorBudget: z.number(),
});
export type TerminalProfile = z.infer<typeof terminalProfileSchema>;

export const activatedSchema = terminalProfileSchema.extend({ token: z.string() });

export const menuItemSchema = z.object({
  id: z.string(),
  name: z.string(),
  nameZh: z.string(),
  unitAmountMinor: z.string(),
  /** Name of the drawing the kiosk shows. */
  picture: z.string(),
  category: z.enum(['bread', 'pastry', 'cake', 'drink']),
});
export const menuSchema = z.object({ currency: z.string(), items: z.array(menuItemSchema) });

export const paymentLinesMax = 50;
export const paymentLineSchema = z.strictObject({
  name: textSchema({ max: 80 }),
  nameZh: textSchema({ max: 80 }).optional(),
  quantity: z.number().int().min(1).max(99),
  unitAmountMinor: wireAmountSchema.shape.amountMinor,
});
export const createPaymentSchema = z.strictObject({
  amount: wireAmountSchema,
  lines: z.array(paymentLineSchema).max(paymentLinesMax).default([]),
});

export const paymentStateSchema = z.enum([
  'created',
  'capturing',
  'identified',
  'awaiting_digits',
  'awaiting_phone',
  'authorised',
  'captured',
  'partially_refunded',
  'refunded',
  'disputed',
  'declined',
  'cancelled',
  'expired',
]);
export type PaymentState = z.infer<typeof paymentStateSchema>;

/** A payment as its terminal sees it. Never a phone digit, never a score of anybody but the payer. */
export const paymentViewSchema = z.object({
  id: idSchema('payment'),
  state: paymentStateSchema,
  amount: wireAmountSchema,
  lines: z.array(paymentLineSchema),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  looksLeft: z.number().int(),
  /** What the terminal should do next; null when the payment is over. */
  next: z.enum(['look', 'digits', 'confirm', 'confirm_with_pin', 'wait', 'wait_phone']).nullable(),
  /** Why the last look led nowhere, or why the payment was refused. */
  lastProblem: z.object({ code: z.string() }).nullable(),
  /** Send the nonce back with Pay: it binds Pay to the person shown. */
  payer: z.object({ maskedName: z.string(), nonce: z.string() }).nullable(),
  /**
   * While the payer's own phone is asked: until when, whether their PIN at the till would do instead, and a code by text message as the
   * last resort: not possible (yet), possible, under way, sent, not delivered, or no good any more.
   */
  phone: z.object({ expiresAtMs: z.number(), pinInstead: z.boolean(), smsCode: z.enum(['none', 'offered', 'sending', 'sent', 'failed', 'over']) }).nullable(),
  /** How the payer was found, in the words of the error budget. */
  decision: z
    .object({ rung: rungSchema, threshold: z.number(), bound: z.number(), budget: z.number(), candidateCount: z.number().int() })
    .nullable(),
  liveness: livenessSchema.nullable(),
  paid: z.object({ receiptNumber: z.string(), paidAtMs: z.number(), refundedMinor: z.string() }).nullable(),
});
export type PaymentView = z.infer<typeof paymentViewSchema>;

/** `not_recognised` shows nobody's name. */
export const lookResultSchema = z.object({
  outcome: z.enum(['identified', 'needs_digits', 'not_recognised']),
  payment: paymentViewSchema,
});
export type LookResult = z.infer<typeof lookResultSchema>;

export const enterDigitsSchema = z.strictObject({ digits: z.string().regex(/^[0-9]{4}$/, 'four digits') });
/**
 * `nonce`: of the payer who was shown when Pay was pressed; anybody else is a `payment_state_conflict`.
 * `pin`: a PIN sealed for the server's key with seal.ts, bound to the payment id.
 */
export const confirmPaymentSchema = z.strictObject({ nonce: textSchema({ max: 128 }), pin: z.string().max(4096).optional() });

/** No phone at hand: the nonce of the payer shown, and their PIN, sealed as for Pay. */
export const phonePinSchema = z.strictObject({ nonce: textSchema({ max: 128 }), pin: z.string().max(4096) });
/** The nonce of the payer shown. */
export const sendSmsCodeSchema = z.strictObject({ nonce: textSchema({ max: 128 }) });
/** One use, for this very payment: worth nothing to whoever else reads it. */
export const smsCodeSchema = z.strictObject({ nonce: textSchema({ max: 128 }), code: z.string().regex(/^[0-9]{6}$/, 'six digits') });
/** As scanned or typed; spaces are no part of it. */
export const payByCodeSchema = z.strictObject({ code: textSchema({ min: 1, max: 64 }) });

export const createInviteSchema = z.strictObject({
  /** When given, the link also goes out by SMS. */
  phone: textSchema({ min: 0, max: 32 }).optional(),
  locale: z.enum(['zh', 'en']).default('zh'),
});
export const inviteSchema = z.object({
  id: idSchema('invite'),
  url: z.string(),
  state: z.enum(['open', 'started', 'enrolled', 'expired']),
  expiresAtMs: z.number(),
});
export type Invite = z.infer<typeof inviteSchema>;
