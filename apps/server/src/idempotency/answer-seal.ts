// Stored answers at rest: some carry a session or a terminal's token, which the database knows by its hash alone. They are
// sealed with a key of the installation's secret, bound to principal and key; what was asked is kept as an HMAC, because a
// code of six digits would be found from a plain hash.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { Random } from '../adapters/random.ts';

type Place = { readonly principal: string; readonly key: string };
export type AnswerSeal = {
  hash(input: string): string;
  seal(text: string, place: Place): string;
  /** Throws for anything that was not sealed for this place. */
  open(sealed: string, place: Place): string;
};

const prefix = 'sealed1.';
const ivBytes = 12;
const tagBytes = 16;

/** `key`: 32 bytes for this use alone. */
export function createAnswerSeal({ key, random }: { key: Uint8Array; random: Random }): AnswerSeal {
  return {
    hash: (input) => createHmac('sha256', key).update(`input ${input}`).digest('base64url'),
    seal: (text, place) => {
      const iv = random.bytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes }).setAAD(aadOf(place));
      return prefix + Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    },
    open: (sealed, place) => {
      if (!sealed.startsWith(prefix)) throw new Error('a stored answer is not sealed');
      const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
      const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(aadOf(place));
      cipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([cipher.update(bytes.subarray(ivBytes, -tagBytes)), cipher.final()]).toString('utf8');
    },
  };
}

const aadOf = ({ principal, key }: Place): Buffer => Buffer.from(JSON.stringify([principal, key]));
