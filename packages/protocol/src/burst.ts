// Writing and reading the binary form of a capture (see capture.ts), signature included.
import { calculateJwkThumbprint, type CryptoKey } from 'jose';
import { concatBytes, sha256, toBase64Url, u32 } from './bytes.ts';
import type { CameraSettings } from './camera.ts';
import { captureLimits, captureManifestSchema, type AssociatedData, type CaptureManifest, type PublicJwk } from './capture.ts';

const signatureBytes = 64;
const signatureAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

export type CaptureSigner = { publicJwk: PublicJwk; sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> };

/** A signer over a WebCrypto ECDSA P-256 private key, which may be non-extractable. */
export function webCryptoSigner(input: { publicJwk: PublicJwk; privateKey: CryptoKey }): CaptureSigner {
  return {
    publicJwk: input.publicJwk,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(signatureAlgorithm, input.privateKey, message)),
  };
}

export type BurstFrame = { bytes: Uint8Array<ArrayBuffer>; atMs: number };

/** Signs and packs a burst. Throws RangeError past the limits in capture.ts. */
export async function packBurst(input: {
  associatedData: AssociatedData;
  frames: readonly BurstFrame[];
  capturedAtMs: number;
  promptedAtMs: number;
  /** See capture.ts. */
  shown?: CaptureManifest['shown'];
  camera?: CameraSettings | undefined;
  signer: CaptureSigner;
}): Promise<Uint8Array<ArrayBuffer>> {
  if (input.frames.length < captureLimits.framesMin || input.frames.length > captureLimits.framesMax) {
    throw new RangeError(`a capture holds ${captureLimits.framesMin} to ${captureLimits.framesMax} frames`);
  }
  const manifest: CaptureManifest = {
    version: 1,
    signer: input.signer.publicJwk,
    capturedAtMs: input.capturedAtMs,
    challenge: { kind: 'smile', promptedAtMs: input.promptedAtMs },
    ...(input.shown ? { shown: input.shown } : {}),
    ...(input.camera ? { camera: input.camera } : {}),
    frames: await Promise.all(
      input.frames.map(async (frame) => ({
        bytes: frame.bytes.length,
        atMs: Math.round(frame.atMs),
        sha256: toBase64Url(await sha256(frame.bytes)),
      })),
    ),
  };
  const manifestBytes = new TextEncoder().encode(JSON.stringify(manifest));
  const signature = await input.signer.sign(signedMessage(input.associatedData, manifestBytes));
  return concatBytes([u32(manifestBytes.length), manifestBytes, signature, ...input.frames.map((frame) => frame.bytes)]);
}

export type OpenedBurst =
  | { ok: true; manifest: CaptureManifest; frames: Uint8Array<ArrayBuffer>[] }
  | { ok: false; code: 'capture_malformed' | 'capture_signature_invalid' };

/**
 * Unpacks and checks a burst: shape, the signer's thumbprint against the associated data, the signature, and each
 * frame's hash. The frames are views into `burst`: whoever owns that buffer clears them all by clearing it.
 */
export async function openBurst(burst: Uint8Array<ArrayBuffer>, associatedData: AssociatedData): Promise<OpenedBurst> {
  const malformed = { ok: false, code: 'capture_malformed' } as const;
  if (burst.length < 4 + signatureBytes) return malformed;
  const manifestLength = new DataView(burst.buffer, burst.byteOffset).getUint32(0);
  const framesStart = 4 + manifestLength + signatureBytes;
  if (manifestLength > captureLimits.manifestBytesMax || framesStart > burst.length) return malformed;
  const manifestBytes = burst.subarray(4, 4 + manifestLength);
  const manifest = parseManifest(manifestBytes);
  if (!manifest) return malformed;
  const signature = burst.subarray(4 + manifestLength, framesStart);
  if (!(await signatureHolds({ manifest, manifestBytes, signature, associatedData }))) {
    return { ok: false, code: 'capture_signature_invalid' };
  }
  const frames: Uint8Array<ArrayBuffer>[] = [];
  let offset = framesStart;
  for (const entry of manifest.frames) {
    const frame = burst.subarray(offset, offset + entry.bytes);
    if (frame.length !== entry.bytes || toBase64Url(await sha256(frame)) !== entry.sha256) return malformed;
    frames.push(frame);
    offset += entry.bytes;
  }
  return offset === burst.length ? { ok: true, manifest, frames } : malformed;
}

function parseManifest(bytes: Uint8Array): CaptureManifest | undefined {
  try {
    const parsed = captureManifestSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function signatureHolds(input: {
  manifest: CaptureManifest;
  manifestBytes: Uint8Array;
  signature: Uint8Array<ArrayBuffer>;
  associatedData: AssociatedData;
}): Promise<boolean> {
  const { signer } = input.manifest;
  if ((await calculateJwkThumbprint(signer)) !== input.associatedData.signerThumbprint) return false;
  try {
    const key = await crypto.subtle.importKey('jwk', signer, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    const message = signedMessage(input.associatedData, input.manifestBytes);
    return await crypto.subtle.verify(signatureAlgorithm, key, input.signature, message);
  } catch {
    return false;
  }
}

function signedMessage(associatedData: AssociatedData, manifestBytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  return concatBytes([encoder.encode('sonrisa-capture-v1\0'), encodeAssociatedData(associatedData), encoder.encode('\0'), manifestBytes]);
}

/** One spelling of the associated data, so that both ends sign and authenticate the same bytes. */
export function encodeAssociatedData(data: AssociatedData): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([data.nonce, data.purpose, data.subjectId, data.signerThumbprint]));
}

