// What a till keeps between days: its token and the vault key pinned at activation. The signing key lives in IndexedDB.
import { z } from 'zod';

const storageKey = 'sonrisa.till';
const keptSchema = z.object({ token: z.string().min(1), pinnedVaultThumbprint: z.string() });
export type KeptInstallation = z.infer<typeof keptSchema>;

export function readInstallation(storage: Storage): KeptInstallation | null {
  try {
    const parsed = keptSchema.safeParse(JSON.parse(storage.getItem(storageKey) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function keepInstallation(storage: Storage, kept: KeptInstallation): void {
  storage.setItem(storageKey, JSON.stringify(kept));
}

export function forgetInstallation(storage: Storage): void {
  storage.removeItem(storageKey);
}

/** The code from an address such as /kiosk/#activate=CODE. */
export function activationCodeIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('activate');
}
