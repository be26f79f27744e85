// The match receipt: what the vault says of one look, signed, single-use, bound to everything it may be used for.
// A compact JWS (EdDSA, RFC 8037). It never carries a candidate list, a template or an image.
import { SignJWT, errors, jwtVerify, type CryptoKey } from 'jose';
import { z } from 'zod';
import { lookPurposeSchema } from './capture.ts';

export const receiptLifetimeMs = 120_000;

/** Rungs of the error budget, least effort first. Those with a PIN hold only together with one the server has checked. */
export const rungSchema = z.enum(['face', 'face_digits', 'face_pin', 'face_digits_pin']);
export type Rung = z.infer<typeof rungSchema>;
/** Rungs whose bound counts on a PIN. */
export const restsOnPin = (rung: Rung): boolean => rung === 'face_pin' || rung === 'face_digits_pin';

/** Regulars of the store, regulars of its merchant's stores, everybody. */
export const searchScopeSchema = z.enum(['store', 'district', 'all']);

export const sceneSignalsSchema = z.object({
  /** Faces found in the frame the match rests on. */
  faceCount: z.number().int().nonnegative(),
  /** Height of the second largest face over the payer's, 0 when alone. */
  secondFaceRatio: z.number().nonnegative(),
  /** Mean luma of the payer's face, 0..255. */
  faceLuma: z.number().nonnegative(),
  /** Passive PAD score of the frames the match rests on, 0..1, 1 looks like a person; null: the pack has no nets for it. */
  padScore: z.number().min(0).max(1).nullable(),
  /** The most faces in any frame, and the second largest one's height over the payer's in the frame where it was largest. */
  facesMax: z.number().int().nonnegative().optional(),
  nearestOtherRatio: z.number().nonnegative().optional(),
  /** Somebody else was in view in at least half of the frames: not passing by. */
  onlooker: z.boolean().optional(),
  light: z.enum(['good', 'dim', 'glare']).optional(),
});

export const livenessSchema = z.enum(['none', 'simulated', 'active']);

export const receiptClaimsSchema = z.object({
  iss: z.literal('sonrisa-vault'),
  jti: z.string().min(16).max(64),
  iat: z.number().int(),
  exp: z.number().int(),
  purpose: lookPurposeSchema,
  subjectId: z.string(),
  /** Minor units as a string and ISO code; absent for enrolment and verification. */
  amountMinor: z.string().optional(),
  currency: z.string().optional(),
  merchantId: z.string().optional(),
  storeId: z.string().optional(),
  signerThumbprint: z.string(),
  payerRef: z.string(),
  /** Somebody whose face is like theirs is enrolled too. */
  lookAlike: z.boolean().optional(),
  faceEpoch: z.number().int().positive(),
  rung: rungSchema,
  candidateCount: z.number().int().positive(),
  /** Of a payment: who the candidates were. Each scope has a candidate count, and a part of the budget, of its own. */
  scope: searchScopeSchema.optional(),
  score: z.number(),
  threshold: z.number(),
  /** Upper bound on P(wrong person) of this look at this rung. */
  bound: z.number().positive(),
  budget: z.number().positive(),
  curveId: z.string(),
  packId: z.string(),
  /** 'active': a challenge of the vault was passed; 'simulated': a sandbox terminal, nothing was checked ('none' before 0.2). */
  liveness: livenessSchema,
  /** Scores of the checks that were made, by name; only with 'active'. */
  livenessScores: z.record(z.string(), z.number()).optional(),
  scene: sceneSignalsSchema,
  /** Which camera it was (camera.ts), where the capture says so: to be compared, not read. */
  camera: z.string().max(64).optional(),
});
export type ReceiptClaims = z.infer<typeof receiptClaimsSchema>;

export function signReceipt(claims: ReceiptClaims, input: { privateKey: CryptoKey; keyId: string }): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', typ: 'sonrisa-receipt+jwt', kid: input.keyId }).sign(input.privateKey);
}

export type VerifiedReceipt = { ok: true; claims: ReceiptClaims } | { ok: false; code: 'receipt_invalid' | 'receipt_expired' };

/**
 * Checks signature, type, shape and expiry. NOT checked here, because only the caller knows them: purpose, subject,
 * amount, merchant, store, terminal, face epoch, and that the `jti` was not used (the posting transaction does).
 */
export async function verifyReceipt(receipt: string, input: { publicKey: CryptoKey; nowMs: number }): Promise<VerifiedReceipt> {
  try {
    const { payload } = await jwtVerify(receipt, input.publicKey, {
      algorithms: ['EdDSA'],
      typ: 'sonrisa-receipt+jwt',
      currentDate: new Date(input.nowMs),
    });
    const parsed = receiptClaimsSchema.safeParse(payload);
    return parsed.success ? { ok: true, claims: parsed.data } : { ok: false, code: 'receipt_invalid' };
  } catch (error) {
    return { ok: false, code: error instanceof errors.JWTExpired ? 'receipt_expired' : 'receipt_invalid' };
  }
}
