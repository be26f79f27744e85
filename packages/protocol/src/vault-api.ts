// What the server may ask the vault. Bearer secret, loopback or private network only. No answer holds a template or an image.
import { z } from 'zod';
import { lookPurposeSchema, publicJwkSchema } from './capture.ts';
import { avoidSchema, terminalModeSchema } from './challenge.ts';
import { ProblemError } from './problem.ts';
import { rungSchema } from './receipt.ts';

export const vaultPaths = {
  health: '/health',
  keys: '/v1/keys',
  stats: '/v1/stats',
  looks: '/v1/looks',
  /** Body: a sealed capture, application/octet-stream. Query: `lookOfSchema`. */
  capture: (nonce: string) => `/v1/looks/${nonce}/capture`,
  digits: (nonce: string) => `/v1/looks/${nonce}/digits`,
  face: (payerRef: string) => `/v1/faces/${payerRef}`,
  lookAlikes: (payerRef: string) => `/v1/faces/${payerRef}/look-alikes`,
  tellApart: (payerRef: string) => `/v1/faces/${payerRef}/tell-apart`,
  activate: (payerRef: string) => `/v1/faces/${payerRef}/activate`,
  forget: (payerRef: string) => `/v1/faces/${payerRef}/forget`,
  /** These two take the token of the vault's keys folder, not the server's secret. */
  rekey: '/v1/rekey',
  destroyTemplates: '/v1/templates/destroy',
} as const;

export const vaultKeysSchema = z.object({
  sealing: z.object({ jwk: publicJwkSchema, thumbprint: z.string() }),
  receipts: z.object({ jwk: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }), keyId: z.string() }),
});
export type VaultKeys = z.infer<typeof vaultKeysSchema>;

export const vaultStatsSchema = z.object({
  packId: z.string(),
  curveId: z.string(),
  faces: z.number().int(),
  templates: z.number().int(),
  /** People whose face another pack enrolled: no search finds them before they take a new look. */
  waitingForNewLook: z.number().int(),
  lookAlikes: z.number().int(),
  budget: z.number(),
  workers: z.number().int(),
});
export type VaultStats = z.infer<typeof vaultStatsSchema>;

export const vaultHealthSchema = z.object({ status: z.literal('ok'), packId: z.string(), waitingForNewLook: z.number().int() });

/** What is kept of a payer; `epoch` null: nothing. `other_pack`: a template the models in use cannot be compared with. */
export const faceStateSchema = z.object({ state: z.enum(['none', 'pending', 'active', 'other_pack']), epoch: z.number().int().nullable() });
export type FaceState = z.infer<typeof faceStateSchema>;

/** Whether the capture must show a living person, and what the shopper cannot do for it. */
const proof = { mode: terminalModeSchema, avoid: avoidSchema.optional() };

/** Everything a capture will be bound to is fixed here, before the camera opens. */
export const mintLookSchema = z.discriminatedUnion('purpose', [
  z.strictObject({
    purpose: z.literal('payment'),
    subjectId: z.string(),
    amountMinor: z.string(),
    currency: z.string(),
    merchantId: z.string(),
    storeId: z.string(),
    signerThumbprint: z.string(),
    ...proof,
  }),
  z.strictObject({
    purpose: z.literal('enrolment'),
    subjectId: z.string(),
    payerRef: z.string(),
    faceEpoch: z.number().int().positive(),
    /** The last four digits of the payer's phone; the vault keeps only an HMAC of them. */
    lastFour: z.string().regex(/^[0-9]{4}$/),
    /** Of a child: its guardian, whose own face is refused (`face_of_guardian`). */
    unlike: z.string().optional(),
    signerThumbprint: z.string(),
    ...proof,
  }),
  z.strictObject({
    purpose: z.literal('verification'),
    subjectId: z.string(),
    payerRef: z.string(),
    signerThumbprint: z.string(),
    ...proof,
  }),
]);
export type MintLook = z.infer<typeof mintLookSchema>;

/** What the server takes a capture for. A look that was minted for anything else is refused (`capture_binding_mismatch`) and not used up. */
export const lookOfSchema = z.strictObject({ purpose: lookPurposeSchema, subjectId: z.string().min(1).max(64) });
export type LookOf = z.infer<typeof lookOfSchema>;
/** `sealed`: the capture, unread. */
export type TakenLook = { readonly nonce: string; readonly of: LookOf; readonly sealed: Uint8Array };

/** Payers whose active face was alike when one of the two became active, but for those told apart since: for review, never for a match. */
/** `score`: cosine when the pair was found; `scoreMin`: from which on it counts as alike; null: found before these were kept. */
export const lookAlikesSchema = z.object({ alikes: z.array(z.object({ payerRef: z.string(), score: z.number().nullable(), scoreMin: z.number().nullable() })) });
export type LookAlikes = z.infer<typeof lookAlikesSchema>;

/** An officer found two people: their mark is lifted, and each look has to tell them apart. Safe to repeat. */
export const tellApartSchema = z.strictObject({ otherRef: z.string().min(1).max(64) });
/** False: no such pair is kept, as after one of the two was erased. */
export const toldApartSchema = z.object({ toldApart: z.boolean() });
export type ToldApart = z.infer<typeof toldApartSchema>;

/** A refusal of the capture itself (quality, sealing, nonce) is a problem, not an outcome. */
export const captureOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('identified'), receipt: z.string(), rung: rungSchema }),
  /** Ask for the last four digits within the window; the probe waits in the vault's memory. */
  z.object({ outcome: z.literal('needs_digits'), untilMs: z.number() }),
  z.object({ outcome: z.literal('not_recognised') }),
  z.object({ outcome: z.literal('enrolled'), faceEpoch: z.number().int(), framesUsed: z.number().int() }),
  z.object({ outcome: z.literal('verified'), receipt: z.string() }),
  z.object({ outcome: z.literal('not_verified') }),
]);
export type CaptureOutcome = z.infer<typeof captureOutcomeSchema>;

export const digitsSchema = z.strictObject({ digits: z.string().regex(/^[0-9]{4}$/) });
export const digitsOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('identified'), receipt: z.string(), rung: rungSchema }),
  /** triesLeft 0 means the probe is gone: take a new look. */
  z.object({ outcome: z.literal('digits_wrong'), triesLeft: z.number().int() }),
]);
export type DigitsOutcome = z.infer<typeof digitsOutcomeSchema>;

/** Asked when the account opens; may be asked again. Until then an enrolled face is pending: no search knows it. */
export const activateSchema = z.strictObject({ faceEpoch: z.number().int().positive() });
/** False: no face of this epoch is kept, and none of it will be. */
export const activatedSchema = z.object({ activated: z.boolean() });
export type Activated = z.infer<typeof activatedSchema>;

export const forgetSchema = z.strictObject({ faceEpoch: z.number().int().positive() });
export const forgottenSchema = z.object({ forgotten: z.literal(true), templatesErased: z.number().int() });
export type Forgotten = z.infer<typeof forgottenSchema>;


/** `resealing`: records wait under older keys. `retiring`: none does, and the older keys are about to be destroyed. */
export const rekeyProgressSchema = z.object({
  state: z.enum(['idle', 'resealing', 'retiring']),
  keyVersion: z.number().int(),
  records: z.number().int(),
  /** Of the records, those still under older keys. */
  left: z.number().int(),
});
export type RekeyProgress = z.infer<typeof rekeyProgressSchema>;

export const destroyTemplatesSchema = z.strictObject({ confirm: z.literal('destroy every template') });
export const templatesDestroyedSchema = z.object({ faces: z.number().int(), templates: z.number().int(), keyVersions: z.array(z.number().int()) });
export type TemplatesDestroyed = z.infer<typeof templatesDestroyedSchema>;

/** Fact of a vault's `liveness_failed`: frames of this capture were shown before. For the server alone. */
export const framesSeenFact = 'framesSeen';
/** A `liveness_failed` of which the server knows that frames were seen before. It carries no facts: whoever sent them learns nothing. */
export class FramesSeenError extends ProblemError {
  constructor() {
    super('liveness_failed');
  }
}
