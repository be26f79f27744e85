// What an owner gets when their face is erased, or their whole account: a signed note (C2SP signed-note), as the audit log's checkpoints are, in words
// that can be read without a program. Signing and hashing come in as arguments.
import { fromBase64, type LogKey, type SignedCheckpoint } from './checkpoint.ts';

export type ErasureReceipt = {
  /** The name of the key that signs. */
  readonly origin: string;
  readonly id: string;
  readonly payerId: string;
  /** `closed`: the whole account went, not the face alone; `review`: an officer found the same face in another account. */
  readonly reason: 'owner' | 'unused' | 'closed' | 'review';
  readonly atMs: number;
  readonly templatesErased: number;
  /** What is still kept and until when; one sentence a line. */
  readonly remains: readonly string[];
};
export type SignedErasureReceipt = ErasureReceipt & Pick<SignedCheckpoint, 'body' | 'keyName' | 'keyHash' | 'signature'>;

export const erasureReceiptFormat = 'sonrisa-erasure-receipt-v1';

const keyHashBytes = 4;
const signatureBytes = 64;

export function erasureReceiptBody({ origin, id, payerId, reason, atMs, templatesErased, remains }: ErasureReceipt): string {
  const lines = [erasureReceiptFormat, `origin ${origin}`, `receipt ${id}`, `payer ${payerId}`, `erased ${erasedOf(reason)}`, `reason ${reason}`, `time ${new Date(atMs).toISOString()}`, `templates ${templatesErased}`];
  return [...lines, ...remains.map((sentence) => `remains ${sentence}`)].map((line) => `${line}\n`).join('');
}

/** Null for any text that is not exactly what was signed with its signature. */
export function parseErasureReceipt(note: string): SignedErasureReceipt | null {
  const parts = /^(sonrisa-erasure-receipt-v1\norigin (\S+)\nreceipt (\S+)\npayer (\S+)\nerased (?:face|account)\nreason (owner|unused|closed|review)\ntime ([0-9TZ:.-]+)\ntemplates (0|[1-9][0-9]{0,8})\n((?:remains [^\n]+\n)*))\n— (\S+) ([A-Za-z0-9+/=]+)\n$/.exec(note);
  if (!parts) return null;
  const [, body = '', origin = '', id = '', payerId = '', reason = '', time = '', templates = '', remains = '', keyName = '', signed64 = ''] = parts;
  const signed = fromBase64(signed64);
  const atMs = Date.parse(time);
  if (signed?.length !== keyHashBytes + signatureBytes || Number.isNaN(atMs)) return null;
  const sentences = remains.split('\n').filter((line) => line !== '').map((line) => line.slice('remains '.length));
  const receipt = { origin, id, payerId, reason: reason as ErasureReceipt['reason'], atMs, templatesErased: Number(templates), remains: sentences };
  if (erasureReceiptBody(receipt) !== body) return null;
  return { ...receipt, body, keyName, keyHash: signed.slice(0, keyHashBytes), signature: signed.slice(keyHashBytes) };
}

export const erasedOf = (reason: ErasureReceipt['reason']): 'face' | 'account' => (reason === 'closed' ? 'account' : 'face');

/** A receipt speaks for the key that signed it, and for no other. */
export const isOwnOrigin = (receipt: ErasureReceipt, key: LogKey): boolean => receipt.origin === key.name;
