// What a shopper's phone may ask the server (prefix /api/phone). An enrolment carries its own bearer token from the first
// step; a finished one (or a signed-in owner) gets a session token.
//
//   GET  keys                               vault and server keys to seal for
//   GET  consent?locale=                    the current consent text, and from which age on
//   POST enrolments                         number and name; sends an SMS code
//   GET  enrolments/:id                     where it stands
//   POST enrolments/:id/code                the code; of a number that has an account more is asked (recovery-api.ts)
//   POST enrolments/:id/resend              a new code
//   POST enrolments/:id/consent             both ticks, with the version read, and of what age they say they are
//   POST enrolments/:id/looks               open one look
//   PUT  enrolments/:id/looks/:nonce/capture  the sealed burst
//   POST enrolments/:id/pin                 sealed PIN; opens the account
//   GET  me                                 balance, face, last payments      (session)
//   POST top-ups                            money from the labelled test bank (session, Idempotency-Key)
//   POST me/face/consent                    agree again after an erasure, by passkey or PIN (session)
//   POST me/face/looks                      open one look, where the face needs a new one or was agreed to again  (session)
//   PUT  me/face/looks/:nonce/capture       the sealed burst; its subject is the payer's id  (session)
//   DELETE me/face                          forget my face; a signed receipt    (session)
//   GET  me/face                            who looked, what was agreed to, what was erased (session; my-face-api.ts)
//   POST me/face/pause, me/face/resume      no match counts, until it does again (session)
//   GET  me/export, me/export.pdf?locale=   everything kept about me, as JSON or as pages  (session)
//   GET  me/closing, POST me/close          closing the account                 (session; close-account-api.ts)
//   POST me/face-pin-lock/clear             face + PIN works again, right after signing in  (session)
//   POST sign-out                                                             (session)
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { publicJwkSchema } from './capture.ts';
import { avoidSchema } from './challenge.ts';
import { idSchema } from './ids.ts';
import { paymentStateSchema } from './terminal-api.ts';
import { textSchema } from './text.ts';

export const localeSchema = z.enum(['zh', 'en']);

export const phoneKeysSchema = z.object({
  mode: z.enum(['sandbox', 'production']),
  vaultKey: z.object({ jwk: publicJwkSchema, thumbprint: z.string() }),
  serverKey: z.object({ jwk: publicJwkSchema, thumbprint: z.string() }),
});

export const consentTextSchema = z.object({
  version: z.string(),
  locale: localeSchema,
  title: z.string(),
  /** The two things agreed to, each with its own tick. */
  service: z.object({ label: z.string(), paragraphs: z.array(z.string()) }),
  face: z.object({ label: z.string(), paragraphs: z.array(z.string()) }),
  sha256: z.string(),
});
export type ConsentText = z.infer<typeof consentTextSchema>;
/** `adultAgeYears`: from which age on somebody opens an account of their own here. */
export const enrolmentTextSchema = consentTextSchema.extend({ adultAgeYears: z.number().int() });
export type EnrolmentText = z.infer<typeof enrolmentTextSchema>;

export const startEnrolmentSchema = z.strictObject({
  phone: textSchema({ max: 32 }),
  name: textSchema({ max: 80 }),
  locale: localeSchema.default('zh'),
  inviteId: idSchema('invite').optional(),
  /** What the code is for, as its text says: to set up, sign in or get an account back; or for `me/recoveries` with this as the new number. It proves nothing else. */
  purpose: z.enum(['enter', 'new_number']).default('enter'),
  /** From an earlier start on this phone. */
  device: textSchema({ max: 64 }).optional(),
});

export const enrolmentStateSchema = z.enum(['code_sent', 'number_known', 'code_verified', 'consented', 'face_captured', 'complete', 'expired']);

export const enrolmentViewSchema = z.object({
  id: idSchema('enrolment'),
  state: enrolmentStateSchema,
  phoneMasked: z.string(),
  codeExpiresAtMs: z.number(),
  resendAfterMs: z.number(),
  codeTriesLeft: z.number().int(),
  /**
   * While a code is awaited: whether its message was handed over. `waiting` for longer than 15 s: the network is slow or the
   * number has had its messages; `failed`: this one will not come.
   */
  smsState: z.enum(['sent', 'waiting', 'failed']).nullable(),
  /** Present once, when the account opens or an existing owner signs in. */
  session: z.object({ token: z.string(), expiresAtMs: z.number() }).nullable(),
  /** In `number_known`: what its owner may prove themselves by beside the PIN, and when the number is free if nobody objects. */
  known: z.object({ passkeyIds: z.array(z.string()), claimWaitMs: z.number(), claimEndsAtMs: z.number().nullable() }).nullable(),
});
export type EnrolmentView = z.infer<typeof enrolmentViewSchema>;

export const startedEnrolmentSchema = enrolmentViewSchema.extend({
  token: z.string(),
  /** For the next start on this phone: messages are counted for it. */
  device: z.string(),
});

export const enterCodeSchema = z.strictObject({ code: z.string().regex(/^[0-9]{6}$/, 'six digits') });
export const consentSchema = z.strictObject({
  version: textSchema({ max: 32 }),
  locale: localeSchema,
  agreedToService: z.boolean(),
  agreedToFace: z.boolean(),
});
/** `statedAgeMin`: whoever enrols says that they are at least so many years old; null: they did not. */
export const enrolmentConsentSchema = consentSchema.extend({ statedAgeMin: z.number().int().min(1).max(130).nullable() });
/** `signer`: the public key this phone signs its capture with; `signerThumbprint` in the associated data is its thumbprint. */
export const openEnrolmentLookSchema = z.strictObject({ signer: publicJwkSchema, avoid: avoidSchema.optional() });
export const setPinSchema = z.strictObject({ pin: z.string().max(4096) });

export const topUpSchema = z.strictObject({ amount: wireAmountSchema, source: z.enum(['test_bank', 'card']) });
/** A reference that the card form of the processor made; a card's number never comes here. */
export const addCardSchema = z.strictObject({ paymentMethod: z.string().regex(/^pm_[A-Za-z0-9_]{1,100}$/, 'not a payment method') });
export const cardSchema = z.object({ brand: z.string(), last4: z.string() });
export const topUpResultSchema = z.object({ id: idSchema('topUp'), amount: wireAmountSchema, balance: wireAmountSchema });

export const meSchema = z.object({
  payerId: idSchema('payer'),
  name: z.string(),
  maskedName: z.string(),
  /** Null: somebody else has their number now. */
  phoneMasked: z.string().nullable(),
  balance: wireAmountSchema,
  face: z.object({
    /** `paused`: the template is kept, and no match of it counts. */
    state: z.enum(['on', 'paused', 'off']),
    enrolledAtMs: z.number().nullable(),
    /** Face payment is on, but tills cannot find this face: the face models have changed since. */
    needsNewLook: z.boolean(),
  }),
  payments: z.array(
    z.object({
      id: idSchema('payment'),
      state: paymentStateSchema,
      amount: wireAmountSchema,
      refundedMinor: z.string(),
      storeName: z.string(),
      storeNameZh: z.string(),
      atMs: z.number(),
      way: z.enum(['face', 'code']),
      /** Until when one tap takes it back; null: not, or not any more. */
      undoUntilMs: z.number().nullable(),
      /** Of "that was not me"; null: nobody said so. */
      caseState: z.enum(['open', 'closed']).nullable(),
    }),
  ),
});
export type Me = z.infer<typeof meSchema>;
