// Bearer tokens: 32 random bytes in base64url, of which only the SHA-256 is stored. A look-up goes by that hash, so its
// time tells nothing about the token.
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

export type Tokens = {
  mint(): { token: string; hash: string };
  hash(token: string): string;
};

const tokenBytes = 32;

export function createTokens({ random }: { random: Random }): Tokens {
  const hash = (token: string) => createHash('sha256').update(token).digest('base64url');
  return {
    hash,
    mint: () => {
      const token = Buffer.from(random.bytes(tokenBytes)).toString('base64url');
      return { token, hash: hash(token) };
    },
  };
}
