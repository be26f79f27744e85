// Sealing a capture for the vault alone. Wire form (integers big-endian):
//
//   "SNR1" | u16 JWE length | compact JWE | 12-byte IV | AES-256-GCM ciphertext with its 16-byte tag
//
// The JWE (ECDH-ES, A256GCM, RFC 7516/7518) carries only a fresh 256-bit key and the associated data; the burst is one
// binary body under that key, with the associated data authenticated again as AES-GCM's AAD. A sealed PIN is a plain
// compact JWE for the server's key, bound to its subject.
import { CompactEncrypt, calculateJwkThumbprint, compactDecrypt, importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';
import { encodeAssociatedData } from './burst.ts';
import { concatBytes, fromBase64Url, toBase64Url } from './bytes.ts';
import { associatedDataSchema, captureLimits, type AssociatedData, type PublicJwk } from './capture.ts';

const magic = new TextEncoder().encode('SNR1');
const ivBytes = 12;
const jweBytesMax = 4096;
const jweAlgorithms = { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: ['A256GCM'] };

export async function sealCapture(input: {
  burst: Uint8Array<ArrayBuffer>;
  associatedData: AssociatedData;
  vaultKey: PublicJwk;
}): Promise<Uint8Array<ArrayBuffer>> {
  const rawKey = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const jwe = await sealJson({ key: toBase64Url(rawKey), associatedData: input.associatedData }, input.vaultKey);
  const key = await crypto.subtle.importKey('raw', rawKey, 'AES-GCM', false, ['encrypt']);
  const additionalData = encodeAssociatedData(input.associatedData);
  const body = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, input.burst);
  const jweBytes = new TextEncoder().encode(jwe);
  const length = new Uint8Array([jweBytes.length >> 8, jweBytes.length & 255]);
  return concatBytes([magic, length, jweBytes, iv, new Uint8Array(body)]);
}

export type UnsealedCapture =
  | { ok: true; burst: Uint8Array<ArrayBuffer>; associatedData: AssociatedData }
  | { ok: false; code: 'capture_malformed' | 'capture_sealed_for_another' };

const headerSchema = z.strictObject({ key: z.string().length(43), associatedData: associatedDataSchema });

/** Opens a sealed capture. Both refusals leave nothing behind; neither says which byte was wrong. */
export async function unsealCapture(sealed: Uint8Array<ArrayBuffer>, privateKey: CryptoKey): Promise<UnsealedCapture> {
  const parts = splitSealed(sealed);
  if (!parts) return { ok: false, code: 'capture_malformed' };
  try {
    const header = headerSchema.parse(await openJson(parts.jwe, privateKey));
    const key = await crypto.subtle.importKey('raw', fromBase64Url(header.key), 'AES-GCM', false, ['decrypt']);
    const additionalData = encodeAssociatedData(header.associatedData);
    const burst = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: parts.iv, additionalData }, key, parts.body);
    return { ok: true, burst: new Uint8Array(burst), associatedData: header.associatedData };
  } catch {
    return { ok: false, code: 'capture_sealed_for_another' };
  }
}

function splitSealed(sealed: Uint8Array<ArrayBuffer>) {
  if (sealed.length < 6 || sealed.length > captureLimits.captureBytesMax) return undefined;
  if (magic.some((byte, i) => sealed[i] !== byte)) return undefined;
  const jweLength = new DataView(sealed.buffer, sealed.byteOffset).getUint16(4);
  const bodyStart = 6 + jweLength + ivBytes;
  if (jweLength > jweBytesMax || bodyStart + 16 > sealed.length) return undefined;
  return {
    jwe: new TextDecoder().decode(sealed.subarray(6, 6 + jweLength)),
    iv: sealed.subarray(6 + jweLength, bodyStart),
    body: sealed.subarray(bodyStart),
  };
}

const sealedPinSchema = z.strictObject({ pin: z.string().regex(/^[0-9]{6}$/), subjectId: z.string(), sealedAtMs: z.number() });

/** Seals a six-digit PIN for the server, bound to the payment or enrolment it is typed for. */
export function sealPin(input: { pin: string; subjectId: string; sealedAtMs: number; serverKey: PublicJwk }): Promise<string> {
  return sealJson({ pin: input.pin, subjectId: input.subjectId, sealedAtMs: input.sealedAtMs }, input.serverKey);
}

/** The PIN, or undefined if it was sealed for another key or another subject. */
export async function openPin(sealed: string, input: { subjectId: string; privateKey: CryptoKey }): Promise<string | undefined> {
  try {
    const opened = sealedPinSchema.parse(await openJson(sealed, input.privateKey));
    return opened.subjectId === input.subjectId ? opened.pin : undefined;
  } catch {
    return undefined;
  }
}

async function sealJson(value: unknown, recipient: PublicJwk): Promise<string> {
  const kid = await calculateJwkThumbprint(recipient);
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid })
    .encrypt(await importJWK({ ...recipient, alg: 'ECDH-ES' }));
}

async function openJson(jwe: string, privateKey: CryptoKey): Promise<unknown> {
  const { plaintext } = await compactDecrypt(jwe, privateKey, jweAlgorithms);
  return JSON.parse(new TextDecoder().decode(plaintext));
}
