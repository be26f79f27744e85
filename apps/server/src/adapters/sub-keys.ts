// One installation secret, one independent key for each use of it (HKDF-SHA-256, RFC 5869).
import { hkdfSync } from 'node:crypto';

const keyBytes = 32;

export type SubKeyUse = 'sms-code' | 'sms-device' | 'sms-counts' | 'sandbox-merchant-key' | 'sandbox-operator-token' | 'sandbox-first-person' | 'sandbox-second-person' | 'repeatable-answers' | 'payment-codes' | 'recovery-references';

export function deriveSubKey(secret: Uint8Array, use: SubKeyUse): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), `sonrisa/${use}/v1`, keyBytes));
}
