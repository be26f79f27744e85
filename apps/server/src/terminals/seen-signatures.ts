// A signed request counts once: by its nonce, for as long as its time would still be taken for now. In this process's memory for
// every request, and in the database for writes, so that a copy changes nothing whichever process it reaches.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { signatureFreshMs } from '@sonrisa/protocol/request-signature.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export type SignatureSeen = { readonly terminalId: string; readonly nonce: string; readonly createdMs: number };
export type SeenSignatures = {
  /** Throws `signature_stale` with the server's time, or `signature_replayed`. */
  take(signature: SignatureSeen): void;
};

/** What was signed before the process began is stale, so that a restart forgets nothing. Behind several processes a copy of a read may be answered once by each. */
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
      seen.set(key, now + keptMs);
    },
  };
}

/** Of a write: in all processes, by a unique insert that stands before anything is done. Throws `signature_replayed`. */
export async function takeOnce(db: Database, { terminalId, nonce, nowMs }: { terminalId: string; nonce: string; nowMs: number }): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO seen_signature (terminal_id, nonce, forget_at) VALUES (${terminalId}, ${nonce}, ${new Date(nowMs + keptMs)}) ON CONFLICT DO NOTHING`.execute(db);
  if (numAffectedRows !== 1n) throw new ProblemError('signature_replayed');
}

/** The clocks of two processes may be apart: what may be forgotten is kept for a minute more. */
export async function forgetSignatures(db: Database, nowMs: number): Promise<void> {
  await sql`DELETE FROM seen_signature WHERE forget_at < ${new Date(nowMs - signatureFreshMs)}`.execute(db);
}

/** Signed up to a minute ahead of a clock, it stays fresh until a minute after that. */
const keptMs = 2 * signatureFreshMs;

// Signatures tell whole seconds only.
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
