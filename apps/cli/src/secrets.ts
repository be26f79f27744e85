// The secrets the supervisor makes once and hands to its processes by environment, never by argument.
// What only the vault may know (sealing and receipt keys) the vault makes itself, in its own folder.
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type InstanceSecrets = {
  readonly vaultSecret: string;
  readonly serverSecret: string;
  readonly pinPepper: string;
  readonly sandboxActivationCode: string;
  readonly serverDatabasePassword: string;
  readonly vaultDatabasePassword: string;
};

/** Reads the secrets of the data folder; those that are missing are made, the others never change. */
export function loadSecrets(dataDir: string): InstanceSecrets {
  const folder = join(dataDir, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'instance.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<InstanceSecrets>) : {};
  const secrets: InstanceSecrets = { ...freshSecrets(), ...kept };
  if (Object.keys(kept).length < Object.keys(secrets).length) {
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}

const secretBytes = 32;

function freshSecrets(): InstanceSecrets {
  const secret = () => randomBytes(secretBytes).toString('base64url');
  return {
    vaultSecret: secret(),
    serverSecret: secret(),
    pinPepper: secret(),
    sandboxActivationCode: activationCode(),
    serverDatabasePassword: secret(),
    vaultDatabasePassword: secret(),
  };
}

// Read from one screen and typed on another: no letter that looks like a digit, nor the reverse.
const codeLetters = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const codeLength = 8;

function activationCode(): string {
  return Array.from({ length: codeLength }, () => codeLetters[randomInt(codeLetters.length)]).join('');
}
