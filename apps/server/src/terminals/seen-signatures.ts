// A signed request counts once: by its nonce, for as long as its time would still be taken for now.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { signatureFreshMs } from '@sonrisa/protocol/request-signature.ts';

export type SeenSignatures = {
  /** Throws `signature_stale` with the server's time, or `signature_replayed`. */
  take(signature: { terminalId: string; nonce: string; createdMs: number }): void;
};

/**
 * Kept in this process's memory; what was signed before the process began is stale, so that a restart forgets nothing. Behind
 * several processes a copy may be taken once by each: writes have their idempotency key, and looks their nonce, in the database.
 */
export function createSeenSignatures({ nowMs }: { nowMs: () => number }): SeenSignatures {
  const startedMs = wholeSecond(nowMs());
  // In the order of arrival, hence of forgetting.
  const seen = new Map<string, number>();
  return {
    take({ terminalId, nonce, createdMs }) {
      const now = nowMs();
      for (const [key, forgetMs] of seen) {
        if (forgetMs > now) break;
        seen.delete(key);
      }
      if (createdMs < startedMs || Math.abs(now - createdMs) > signatureFreshMs) throw new ProblemError('signature_stale', { facts: { serverTimeMs: now } });
      const key = `${terminalId} ${nonce}`;
      if (seen.has(key)) throw new ProblemError('signature_replayed');
      // Signed up to a minute ahead of this clock, it stays fresh until a minute after that.
      seen.set(key, now + 2 * signatureFreshMs);
    },
  };
}

// Signatures tell whole seconds only.
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
