// What lies over the key files by the settings: a key service before a passphrase. Where both are set, the passphrase opens what it
// wrapped before, and the service wraps it from then on.
import type { VaultConfig } from '../config.ts';
import type { KeyWrapping } from '../key-files.ts';
import { createPassphraseWrapping } from '../passphrase.ts';
import { createServiceWrapping } from '../service-wrapping.ts';
import { createAwsKms } from './aws-kms.ts';
import type { Random } from './system.ts';
import { createTransit } from './transit.ts';

export function keyWrappingsOf({ keysPassphrase, kms, transit }: Pick<VaultConfig, 'keysPassphrase' | 'kms' | 'transit'>, random: Random): KeyWrapping[] {
  const services = [...(kms ? [createAwsKms(kms)] : []), ...(transit ? [createTransit(transit)] : [])];
  return [
    ...services.map((service) => createServiceWrapping({ service, random })),
    ...(keysPassphrase === undefined ? [] : [createPassphraseWrapping({ passphrase: keysPassphrase, random })]),
  ];
}
