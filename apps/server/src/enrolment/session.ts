// Signed-in owners: a bearer token for their phone, revocable, gone after a while.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';
import type { Session } from './view.ts';

const sessionLifetimeMs = 30 * 24 * 60 * 60_000;

export type SessionDeps = { db: Database; clock: Clock; tokens: Tokens };

export async function openSession(deps: SessionDeps, transaction: Database, payerId: string): Promise<Session> {
  const { token, hash } = deps.tokens.mint();
  const nowMs = deps.clock.nowMs();
  const expiresAtMs = nowMs + sessionLifetimeMs;
  await transaction
    .insertInto('session')
    .values({ token_hash: hash, payer_id: payerId, created_at: new Date(nowMs), expires_at: new Date(expiresAtMs) })
    .execute();
  return { token, expiresAtMs };
}

export type SignedIn = { payerId: string; signedInAtMs: number };

/** Throws `unauthorised` for a token that is unknown, over or signed out, or of an account that is closed. */
export async function authenticateSession(deps: SessionDeps, token: string): Promise<SignedIn> {
  const row = await deps.db
    .selectFrom('session')
    .innerJoin('payer', 'payer.id', 'session.payer_id')
    .select(['session.payer_id', 'session.created_at'])
    .where('session.token_hash', '=', deps.tokens.hash(token))
    .where('session.revoked_at', 'is', null)
    .where('session.expires_at', '>', new Date(deps.clock.nowMs()))
    .where('payer.closed_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new ProblemError('unauthorised');
  return { payerId: row.payer_id, signedInAtMs: row.created_at.getTime() };
}

/** Of phones that are lost, or not in their owner's hands. `keep`: the token of the one that goes on. */
export async function endSessions(deps: Pick<SessionDeps, 'clock' | 'tokens'>, transaction: Database, { payerId, keep }: { payerId: string; keep?: string }): Promise<void> {
  const all = transaction.updateTable('session').set({ revoked_at: new Date(deps.clock.nowMs()) }).where('payer_id', '=', payerId).where('revoked_at', 'is', null);
  await (keep === undefined ? all : all.where('token_hash', '!=', deps.tokens.hash(keep))).execute();
}

export async function signOut(deps: SessionDeps, token: string): Promise<void> {
  await deps.db
    .updateTable('session')
    .set({ revoked_at: new Date(deps.clock.nowMs()) })
    .where('token_hash', '=', deps.tokens.hash(token))
    .execute();
}
