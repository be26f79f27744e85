// `sonrisa audit verify` of an erasure receipt: that this installation signed exactly this text.
import { existsSync, readFileSync } from 'node:fs';
import { isSignedBy } from '@sonrisa/ledger/checkpoint.ts';
import { erasedOf, erasureReceiptFormat, isOwnOrigin, parseErasureReceipt, type SignedErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';
import { createVerifySignature, keyOf, sha256Bytes } from './verify.ts';

export type VerifiedReceipt = { readonly isGenuine: boolean; readonly receipt: SignedErasureReceipt | null };

export const isErasureReceipt = (file: string): boolean => existsSync(file) && readFileSync(file, 'utf8').startsWith(erasureReceiptFormat);

/** Throws PlainError without a public key: a receipt cannot vouch for itself. */
export function verifyErasureReceipt({ file, publicKey }: { file: string; publicKey: string | undefined }): VerifiedReceipt {
  const key = keyOf(publicKey);
  const receipt = parseErasureReceipt(readFileSync(file, 'utf8'));
  const isGenuine = receipt !== null && isOwnOrigin(receipt, key) && isSignedBy(receipt, { hash: sha256Bytes, key, verify: createVerifySignature() });
  return { isGenuine, receipt };
}

export function sentencesOf({ isGenuine, receipt }: VerifiedReceipt): string[] {
  if (!receipt) return ['This is NOT an erasure receipt as it was signed: it was damaged or changed.'];
  if (!isGenuine) return ['The erasure receipt is NOT genuine: it was changed, or another key signed it.'];
  const { id, payerId, reason, atMs, templatesErased, remains } = receipt;
  return [`The erasure receipt is genuine: ${id}, the ${erasedOf(reason)} of ${payerId}, ${new Date(atMs).toISOString()}, templates erased: ${templatesErased}.`, ...remains.map((sentence) => `- remains: ${sentence}`)];
}
