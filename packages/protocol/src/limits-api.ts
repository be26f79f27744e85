// What a shopper may spend: the limits of the platform, of a merchant and of the shopper, and what is used of each (docs/limits.md).
//
//   GET    phone/me/limits                  each limit, what is used of it, and a raise that waits
//   PUT    phone/me/limits/:kind            lower at once; raise by passkey or PIN, after a delay          (Idempotency-Key)
//   DELETE phone/me/limits/:kind/raise      the raise that waits is forgotten                              (Idempotency-Key)
//   POST   phone/me/limits/nonce            what a passkey signs with, taken once        
//   GET    operator/limits?currency=        what holds on this platform, in its own currency unless another is named
//   PUT    operator/limits                  the same, anew                                                 (Idempotency-Key)
//   PUT    operator/merchants/:id/limits    category and maxima of a merchant                              (Idempotency-Key)
//   PUT    operator/payers/:id/identity     how well somebody's identity is known                          (Idempotency-Key)
import { z } from 'zod';
import { sha256, toBase64Url } from './bytes.ts';
import { idSchema } from './ids.ts';
import { ownerProofSchema } from './owner-proof.ts';
import { textSchema } from './text.ts';

/** Kinds of merchants, as shoppers see them; which codes of ISO 18245 are which: apps/server/src/limits/category.ts. */
export const merchantCategories = ['food', 'goods', 'transport', 'leisure', 'gambling', 'other'] as const;
export type MerchantCategory = (typeof merchantCategories)[number];
/** `payment`, `day` and `month` count every merchant; the others a month at merchants of that category. */
export const limitKinds = ['payment', 'day', 'month', ...merchantCategories] as const;
export type LimitKind = (typeof limitKinds)[number];
export const limitKindSchema = z.enum(limitKinds);
/** `phone`: an SMS code and no more; `attested`: name and date of birth were checked by staff or an identity provider. */
export const identityLevels = ['phone', 'attested'] as const;
export type IdentityLevel = (typeof identityLevels)[number];

/** Minor units, zero allowed: nothing may be spent. */
export const limitMinorSchema = z.string().regex(/^(0|[1-9][0-9]{0,14})$/, 'whole minor units');
const days = z.number().int().min(1).max(366);
const levelSchema = z.strictObject({ payment: limitMinorSchema, day: limitMinorSchema, month: limitMinorSchema });
const capSchema = z.strictObject({ countMax: z.number().int().min(0).max(1_000), sumMaxMinor: limitMinorSchema, days });

export const limitSettingsSchema = z.strictObject({
  /** Days and months begin here. */
  timeZone: textSchema({ max: 64 }),
  levels: z.strictObject({ phone: levelSchema, attested: levelSchema }),
  /** While an account is being recovered, and for a while after (docs/recovery.md); missing: the default. */
  recovering: levelSchema.optional(),
  /** A month at merchants of a category; a category that is missing has no limit of its own. */
  categories: z.partialRecord(z.enum(merchantCategories), limitMinorSchema),
  /** So many payments by face alone, and so much, until the next one asks for a second factor. */
  unconfirmed: z.strictObject({ paymentsMax: z.number().int().min(0).max(1_000), sumMaxMinor: limitMinorSchema }),
  /** The first payments by face of an account: how many, the most of each, and how long one tap takes one back. */
  first: z.strictObject({ payments: z.number().int().min(0).max(20), maxMinor: limitMinorSchema, undoMs: z.number().int().min(0).max(14 * 86_400_000) }),
  /** From which amount on a payment by face is told by text message where no push reaches its payer, which costs; null: only first payments; missing: the default. */
  smsFromMinor: limitMinorSchema.nullable().optional(),
  /**
   * A code by text message in place of the shopper's phone, the last resort at a till: up to which amount ("0": never), also where risk
   * rules asked for the phone, for how many days the account must have had its number, and how many codes a day may go out and stay unused.
   * Missing: the default.
   */
  smsCode: z.strictObject({ maxMinor: limitMinorSchema, forRisk: z.boolean(), numberDaysMin: z.number().int().min(1).max(366), unusedPerDayMax: z.number().int().min(0).max(10) }).optional(),
  undo: capSchema,
  notMe: capSchema,
  /** How long a raise by the shopper waits. */
  raiseDelayMs: z.number().int().min(0).max(30 * 86_400_000),
});
export type LimitSettings = z.infer<typeof limitSettingsSchema>;

const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency code');
export const limitsQuerySchema = z.object({ currency: currency.optional() });
export const setLimitSettingsSchema = z.strictObject({ currency, settings: limitSettingsSchema, reason: textSchema({ max: 200 }) });
/** `version` null: nobody has set anything yet, these are the defaults. */
export const platformLimitsSchema = z.object({ currency: z.string(), version: z.number().int().nullable(), settings: limitSettingsSchema, setBy: z.string().nullable(), atMs: z.number().nullable() });
export type PlatformLimits = z.infer<typeof platformLimitsSchema>;
/** Null: no maximum of the merchant's own. */
export const merchantLimitsSchema = z.strictObject({
  categoryCode: z.string().regex(/^[0-9]{4}$/, 'a merchant category code of ISO 18245').nullable(),
  paymentMaxMinor: limitMinorSchema.nullable(),
  /** Of one shopper in a day. */
  dayMaxMinor: limitMinorSchema.nullable(),
});
export type MerchantLimits = z.infer<typeof merchantLimitsSchema>;
export const identitySchema = z.strictObject({ level: z.enum(identityLevels), note: textSchema({ max: 200 }) });
export const identityOfSchema = z.object({ payerId: idSchema('payer'), level: z.enum(identityLevels) });

export const myLimitsSchema = z.object({
  payerId: idSchema('payer'),
  currency: z.string(),
  serverNowMs: z.number(),
  limits: z.array(
    z.object({
      kind: limitKindSchema,
      /** What holds now; null: nothing. */
      maxMinor: z.string().nullable(),
      /** Of the shopper's own making; null: none. */
      ownMinor: z.string().nullable(),
      /** More than this cannot be chosen; null: no such limit. */
      platformMinor: z.string().nullable(),
      /** Null where nothing adds up. */
      usedMinor: z.string().nullable(),
      /** `maxMinor` null: a wish to have no limit of one's own any more. */
      raise: z.object({ maxMinor: z.string().nullable(), takesEffectAtMs: z.number() }).nullable(),
    }),
  ),
  /** The account is being recovered, or was a moment ago: little may be spent and nothing raised. */
  recovering: z.boolean(),
  unconfirmed: z.object({ payments: z.number().int(), paymentsMax: z.number().int(), sumMinor: z.string(), sumMaxMinor: z.string() }),
  /** Payments by face that still count as first ones; null: none. */
  first: z.object({ left: z.number().int(), maxMinor: z.string() }).nullable(),
  raiseDelayMs: z.number(),
  /** How a raise can be proved here. */
  passkeyIds: z.array(z.string()),
});
export type MyLimits = z.infer<typeof myLimitsSchema>;

export const limitNonceSchema = z.object({ nonce: z.string().min(22).max(64) });
export const raiseProofSchema = ownerProofSchema;
export type RaiseProof = z.infer<typeof raiseProofSchema>;
export const setLimitSchema = z.strictObject({ maxMinor: limitMinorSchema.nullable(), proof: raiseProofSchema.optional() });
export type SetLimit = z.infer<typeof setLimitSchema>;

/** What a passkey signs for a raise: SHA-256 of the named fields in this order, base64url. */
export async function raiseChallenge(raise: { payerId: string; kind: LimitKind; maxMinor: string | null; nonce: string }): Promise<string> {
  const text = JSON.stringify(['sonrisa/limit-raise/v1', raise.payerId, raise.kind, raise.maxMinor, raise.nonce]);
  return toBase64Url(await sha256(new TextEncoder().encode(text)));
}
