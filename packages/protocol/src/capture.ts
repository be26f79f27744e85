// A capture: the burst of frames one look takes, with a signed manifest. Binary, so that frames are never base64:
//
//   u32 manifest length | manifest (UTF-8 JSON) | 64-byte ECDSA P-256 signature | frame bytes, one after another
//
// All integers are big-endian. The signature covers a domain tag, the associated data and the manifest; the manifest
// holds each frame's SHA-256, so no byte of the burst can change unnoticed.
import { z } from 'zod';
import { cameraSettingsSchema } from './camera.ts';
import { promptSchema, promptsMax, terminalModeSchema } from './challenge.ts';

export const captureLimits = {
  framesMin: 1,
  framesMax: 16,
  frameBytesMax: 2 * 1024 * 1024,
  manifestBytesMax: 16 * 1024,
  captureBytesMax: 8 * 1024 * 1024,
} as const;

export const lookPurposeSchema = z.enum(['payment', 'enrolment', 'verification']);
export type LookPurpose = z.infer<typeof lookPurposeSchema>;

/** What a capture is bound to. The vault compares each field with what it stored when it minted the nonce. */
export const associatedDataSchema = z.strictObject({
  nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  purpose: lookPurposeSchema,
  /** Payment or enrolment id. */
  subjectId: z.string().min(1).max(64),
  /** RFC 7638 SHA-256 thumbprint, base64url, of the key that signs the capture. */
  signerThumbprint: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type AssociatedData = z.infer<typeof associatedDataSchema>;

export const publicJwkSchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type PublicJwk = z.infer<typeof publicJwkSchema>;

export const captureManifestSchema = z.strictObject({
  version: z.literal(1),
  signer: publicJwkSchema,
  capturedAtMs: z.number().int().nonnegative(),
  challenge: z.strictObject({ kind: z.literal('smile'), promptedAtMs: z.number().int().nonnegative() }),
  /** What was shown when, in milliseconds after capturedAtMs; a live terminal's captures have it. */
  shown: z.array(z.strictObject({ prompt: promptSchema, atMs: z.number().int().nonnegative().max(60_000) })).max(promptsMax).optional(),
  /** Captures from before 0.3 and a sandbox's may be without; production wants it. */
  camera: cameraSettingsSchema.optional(),
  frames: z
    .array(
      z.strictObject({
        bytes: z.number().int().positive().max(captureLimits.frameBytesMax),
        /** Milliseconds after capturedAtMs. */
        atMs: z.number().int().nonnegative().max(60_000),
        /** base64url SHA-256 of the frame's bytes. */
        sha256: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      }),
    )
    .min(captureLimits.framesMin)
    .max(captureLimits.framesMax),
});
export type CaptureManifest = z.infer<typeof captureManifestSchema>;

/** What the vault hands out for one look: to be used once, before it expires. */
export const lookTicketSchema = z.object({
  nonce: z.string(),
  challenge: z.object({ kind: z.literal('smile'), prompts: z.array(promptSchema) }),
  /** 'live': the prompts must be shown in their order, with frames along them. */
  mode: terminalModeSchema,
  /** In a sandbox: the camera that a browser makes up for tests is taken too. */
  fakeCamera: z.boolean().optional(),
  /** The vault's clock when it minted the look: the terminal's clock is put right by it. */
  issuedAtMs: z.number(),
  framesWanted: z.number().int(),
  expiresAtMs: z.number(),
});
export type LookTicket = z.infer<typeof lookTicketSchema>;
