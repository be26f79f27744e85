// A passphrase over the key files: scrypt (RFC 7914) makes a wrapping key of it, AES-256-GCM wraps each file under its name.
//
//   wrapped   16-byte salt | 12-byte IV | key, encrypted | 16-byte tag
import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from './adapters/system.ts';
import type { KeyWrapping } from './key-files.ts';
import { PlainError } from './plain-error.ts';

const saltBytes = 16;
const ivBytes = 12;
const tagBytes = 16;
const wrappingKeyBytes = 32;
/** 128 MiB and a few tenths of a second for each guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 };

const derive = promisify<string, Uint8Array, number, typeof cost, Buffer>(scrypt);

export function createPassphraseWrapping({ passphrase, random }: { passphrase: string; random: Random }): KeyWrapping {
  // One salt for what this process writes: each further one would cost every start another derivation.
  const ownSalt = random.bytes(saltBytes);
  const derived = new Map<string, Promise<Buffer>>();

  function wrappingKey(salt: Uint8Array): Promise<Buffer> {
    const name = Buffer.from(salt).toString('hex');
    const known = derived.get(name) ?? derive(passphrase.normalize('NFKC'), salt, wrappingKeyBytes, cost);
    derived.set(name, known);
    return known;
  }

  async function wrap({ name, key }: { name: string; key: Uint8Array }): Promise<Buffer> {
    const iv = random.bytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', await wrappingKey(ownSalt), iv, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(name));
    return Buffer.concat([ownSalt, iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  async function unwrap({ name, wrapped }: { name: string; wrapped: Uint8Array }): Promise<Buffer> {
    const salt = wrapped.subarray(0, saltBytes);
    const iv = wrapped.subarray(saltBytes, saltBytes + ivBytes);
    const wrappingKeyOfFile = await wrappingKey(salt);
    try {
      const decipher = createDecipheriv('aes-256-gcm', wrappingKeyOfFile, iv, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(wrapped.subarray(wrapped.length - tagBytes));
      const key = decipher.update(wrapped.subarray(saltBytes + ivBytes, wrapped.length - tagBytes));
      decipher.final();
      return key;
    } catch (error) {
      throw new PlainError(`The vault's key ${name} does not open with SONRISA_VAULT_KEYS_PASSPHRASE: the passphrase is another one, or the file is damaged.`, { cause: error });
    }
  }

  return { mark: 'SNRW1', wrap, unwrap, isCurrent: () => true };
}
