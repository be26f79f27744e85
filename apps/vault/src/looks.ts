// Looks: each is minted once with everything it is bound to, may be captured once, and expires. What one payment may
// use up is counted here, because every look spends from the same error budget.
import { looksPerPaymentMax } from '@sonrisa/face/decide.ts';
import { chooseChallenge, planChallenge } from '@sonrisa/face/liveness/challenge.ts';
import { toBase64Url } from '@sonrisa/protocol/bytes.ts';
import type { LookPurpose, LookTicket } from '@sonrisa/protocol/capture.ts';
import type { Prompt } from '@sonrisa/protocol/challenge.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { MintLook } from '@sonrisa/protocol/vault-api.ts';
import type { Clock, Random } from './adapters/system.ts';
import type { Database, Queries } from './db/database.ts';

export const lookLifetimeMs = 120_000;
export const capturesPerSubjectMax = 20;
export const mintsPerSubjectMax = 60;
/** A replayed capture is answered as such this long after its look expired; then its nonce is simply unknown. */
export const lookKeptMs = 60 * 60_000;
export const subjectKeptMs = 24 * 60 * 60_000;

const framesWanted: Record<LookPurpose, number> = { payment: 5, enrolment: 8, verification: 5 };

/** What a look is bound to, as stored: phone digits only as their HMAC. */
export type LookTerms =
  | Extract<MintLook, { purpose: 'payment' | 'verification' }>
  | (Omit<Extract<MintLook, { purpose: 'enrolment' }>, 'lastFour'> & { readonly lastFourHmacHex: string });

type StoredTerms = LookTerms & { readonly mode?: LookTerms['mode'] };

export interface Look {
  readonly nonce: string;
  readonly terms: LookTerms;
  /** What is to be shown, in this order; of a sandbox terminal the smile alone, and nothing of it is checked. */
  readonly challenge: readonly Prompt[];
  readonly mintedAtMs: number;
  readonly expiresAtMs: number;
  readonly consumed: boolean;
}

export interface Looks {
  /** Throws ProblemError `looks_used_up`, `production_refuses_sandbox`, `challenge_impossible`. */
  mint(request: MintLook): Promise<LookTicket>;
  find(nonce: string): Promise<Look | undefined>;
  /** Counts the look as taken. Throws ProblemError `nonce_used`, `nonce_expired`, `nonce_unknown`, `looks_used_up`. */
  consume(look: Look): Promise<void>;
  /** Counts one comparison with other people. Throws ProblemError `looks_used_up`. */
  countSearch(look: Look): Promise<void>;
  /** Drops what nobody can ask for any more. */
  sweep(): Promise<void>;
}

export function createLooks(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  mode: 'sandbox' | 'production';
  hideLastFour: (digits: string) => Buffer;
}): Looks {
  const { db, clock, random } = deps;
  const now = (): Date => new Date(clock.nowMs());

  async function mint(request: MintLook): Promise<LookTicket> {
    // Photos and videos pass on a sandbox terminal: nothing of it counts in production.
    if (deps.mode === 'production' && request.mode === 'sandbox') throw new ProblemError('production_refuses_sandbox');
    const challenge = request.mode === 'live' ? challengeFor(request, random) : sandboxChallenge;
    const nonce = toBase64Url(random.bytes(32));
    const issuedAtMs = clock.nowMs();
    const expiresAtMs = issuedAtMs + lookLifetimeMs;
    const terms = termsOf(request, deps.hideLastFour);
    await db.transaction(async (tx) => {
      await countMint(tx, { request, at: now() });
      if (request.purpose === 'enrolment') await dropEarlier(tx, request);
      await tx.rows(
        `INSERT INTO look (nonce, purpose, subject_id, signer_thumbprint, payer_ref, terms, expires_at, challenge, minted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          nonce, terms.purpose, terms.subjectId, terms.signerThumbprint, 'payerRef' in terms ? terms.payerRef : null, terms,
          new Date(expiresAtMs), JSON.stringify(challenge), new Date(issuedAtMs),
        ],
      );
    });
    const wanted = request.mode === 'live' ? planChallenge(challenge).framesAtMs.length : framesWanted[request.purpose];
    return { nonce, challenge: { kind: 'smile', prompts: [...challenge] }, mode: request.mode, ...(deps.mode === 'sandbox' ? { fakeCamera: true } : {}), framesWanted: wanted, issuedAtMs, expiresAtMs };
  }

  async function consume(look: Look): Promise<void> {
    await db.transaction(async (tx) => {
      const taken = await tx.rows(
        `INSERT INTO look_consumed (nonce, consumed_at)
         SELECT nonce, $2 FROM look WHERE nonce = $1 AND expires_at > $2 ON CONFLICT (nonce) DO NOTHING RETURNING nonce`,
        [look.nonce, now()],
      );
      if (taken.length === 0) throw new ProblemError(whyNotTaken(await findLook(tx, look.nonce)));
      await spend(tx, look, { column: 'captures', max: capturesPerSubjectMax });
    });
  }

  async function sweep(): Promise<void> {
    const before = (keptMs: number): Date => new Date(clock.nowMs() - keptMs);
    await db.rows('DELETE FROM look WHERE expires_at < $1', [before(lookKeptMs)]);
    await db.rows('DELETE FROM look_subject WHERE touched_at < $1', [before(subjectKeptMs)]);
  }

  return {
    mint,
    find: (nonce) => findLook(db, nonce),
    consume,
    countSearch: (look) => spend(db, look, { column: 'searches', max: looksPerPaymentMax }),
    sweep,
  };
}

const sandboxChallenge: readonly Prompt[] = ['smile'];

function challengeFor(request: MintLook, random: Random): readonly Prompt[] {
  const chosen = chooseChallenge({ randomBelow: (n) => randomBelow(random, n), avoid: request.avoid ?? [] });
  if (!chosen) throw new ProblemError('challenge_impossible');
  return chosen;
}

// Bytes past the last whole multiple of n are thrown away, so that every value is equally likely.
function randomBelow(random: Random, n: number): number {
  const fair = 256 - (256 % n);
  for (;;) {
    const [byte = 0] = random.bytes(1);
    if (byte < fair) return byte % n;
  }
}

function termsOf(request: MintLook, hideLastFour: (digits: string) => Buffer): LookTerms {
  if (request.purpose !== 'enrolment') return request;
  const { lastFour, ...rest } = request;
  return { ...rest, lastFourHmacHex: hideLastFour(lastFour).toString('hex') };
}

// Of one enrolment only the newest look can still leave a face: see `enrolLocked`.
async function dropEarlier(tx: Queries, { subjectId, payerRef }: { subjectId: string; payerRef: string }): Promise<void> {
  await tx.rows("DELETE FROM look WHERE payer_ref = $1 AND purpose = 'enrolment' AND subject_id = $2", [payerRef, subjectId]);
}

async function countMint(tx: Queries, input: { request: MintLook; at: Date }): Promise<void> {
  const [subject] = await tx.rows<{ minted: number; captures: number; searches: number }>(
    `INSERT INTO look_subject AS s (purpose, subject_id, minted, touched_at) VALUES ($1, $2, 1, $3)
     ON CONFLICT (purpose, subject_id) DO UPDATE SET minted = s.minted + 1, touched_at = $3
     RETURNING minted, captures, searches`,
    [input.request.purpose, input.request.subjectId, input.at],
  );
  if (!subject) throw new Error('a subject was neither added nor counted');
  const usedUp = subject.minted > mintsPerSubjectMax || subject.captures >= capturesPerSubjectMax || subject.searches >= looksPerPaymentMax;
  if (usedUp) throw new ProblemError('looks_used_up');
}

// One conditional UPDATE: parallel captures of one payment cannot both take the last look.
async function spend(queries: Queries, look: Look, input: { column: 'captures' | 'searches'; max: number }): Promise<void> {
  const { column, max } = input;
  const spent = await queries.rows(
    `UPDATE look_subject SET ${column} = ${column} + 1 WHERE purpose = $1 AND subject_id = $2 AND ${column} < $3 RETURNING ${column}`,
    [look.terms.purpose, look.terms.subjectId, max],
  );
  if (spent.length === 0) throw new ProblemError('looks_used_up');
}

async function findLook(queries: Queries, nonce: string): Promise<Look | undefined> {
  const [row] = await queries.rows<{ terms: StoredTerms; expires_at: Date; minted_at: Date | number; challenge: Prompt[]; consumed: boolean }>(
    `SELECT l.terms, l.expires_at, l.minted_at, l.challenge, c.nonce IS NOT NULL AS consumed
     FROM look l LEFT JOIN look_consumed c USING (nonce) WHERE l.nonce = $1`,
    [nonce],
  );
  if (!row) return undefined;
  // Minted by a vault from before challenges: every look was a sandbox terminal's.
  const terms: LookTerms = { ...row.terms, mode: row.terms.mode ?? 'sandbox' };
  return { nonce, terms, challenge: row.challenge, mintedAtMs: Number(row.minted_at), expiresAtMs: row.expires_at.getTime(), consumed: row.consumed };
}

function whyNotTaken(look: Look | undefined): 'nonce_unknown' | 'nonce_used' | 'nonce_expired' {
  if (!look) return 'nonce_unknown';
  return look.consumed ? 'nonce_used' : 'nonce_expired';
}
