// PINs at rest: argon2id (RFC 9106) with a pepper that no database holds. Six digits have a million values, so it is the
// pepper and the attempt limits that protect them; the cost only slows the owner of both.
import { hash, verify } from '@node-rs/argon2';

export type PinHashes = {
  hash(pin: string): Promise<string>;
  verify(pinHash: string, pin: string): Promise<boolean>;
};

// The package's default algorithm is argon2id.
const memoryCostKib = 19 * 1024;
const timeCost = 2;
const parallelism = 1;

export function createPinHashes({ pepper }: { pepper: Uint8Array }): PinHashes {
  const secret = Buffer.from(pepper);
  return {
    hash: (pin) => hash(pin, { memoryCost: memoryCostKib, timeCost, parallelism, secret }),
    verify: (pinHash, pin) => verify(pinHash, pin, { secret }),
  };
}
