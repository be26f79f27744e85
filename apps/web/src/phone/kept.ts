// What a phone keeps between reloads: the session, or an enrolment that is under way. Never the PIN, never a picture.
import { z } from 'zod';

const storageKey = 'sonrisa.phone';
const keptSchema = z.object({
  session: z.string().nullable(),
  enrolment: z.object({ id: z.string(), token: z.string() }).nullable(),
  inviteId: z.string().nullable(),
  /** An account that is to come back to this phone. */
  recovery: z.object({ token: z.string(), reference: z.string() }).nullable().default(null),
});
export type Kept = z.infer<typeof keptSchema>;

const nothing: Kept = { session: null, enrolment: null, inviteId: null, recovery: null };

export function readKept(storage: Storage): Kept {
  try {
    const parsed = keptSchema.safeParse(JSON.parse(storage.getItem(storageKey) ?? 'null'));
    return parsed.success ? parsed.data : nothing;
  } catch {
    return nothing;
  }
}

export function keep(storage: Storage, kept: Kept): void {
  if (kept.session || kept.enrolment || kept.inviteId || kept.recovery) storage.setItem(storageKey, JSON.stringify(kept));
  else storage.removeItem(storageKey);
}

/** The invitation a till put into the address, or null. */
export function inviteIn(address: { search: string; hash: string }): string | null {
  const id = new URLSearchParams(address.search).get('invite') ?? new URLSearchParams(address.hash.replace(/^#/, '')).get('invite');
  return id && /^inv_[0-9a-f]{32}$/.test(id) ? id : null;
}

/** What a notice put after the #, to stop a recovery by; or null. */
export function stopIn(address: { hash: string }): string | null {
  const token = new URLSearchParams(address.hash.replace(/^#/, '')).get('stop');
  return token && /^[A-Za-z0-9_-]{20,200}$/.test(token) ? token : null;
}
