// A recovery as it is kept, and as a phone sees it. A row is changed under its payer's lock.
import type { Recovery, RecoveryKind } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../db/database.ts';
import { dayMs, readyForMs, recoveriesPerDayMax } from './cool-downs.ts';
import type { Proof } from './decide.ts';

export type RecoveryRow = {
  id: string;
  payer_id: string | null;
  kind: RecoveryKind;
  state: 'asked' | 'cooling' | 'done' | 'cancelled' | 'expired';
  proofs: Proof[];
  old_phone_e164: string | null;
  new_phone_e164: string | null;
  session_hash: string | null;
  token_hash: string | null;
  mismatches: number;
  asked_at: Date;
  effective_at: Date | null;
  expires_at: Date;
};
export type EndedBy = 'asker' | 'owner' | 'link' | 'staff' | 'newer' | 'time';

export function viewOf(row: RecoveryRow, { nowMs, sessionHash }: { nowMs: number; sessionHash: string | null }): Recovery {
  const isOpen = row.state === 'asked' || row.state === 'cooling';
  const isOver = isOpen && row.expires_at.getTime() <= nowMs;
  const isReady = row.state === 'cooling' && row.effective_at !== null && row.effective_at.getTime() <= nowMs;
  return {
    id: row.id,
    kind: row.kind,
    state: isOver ? 'expired' : isReady ? 'ready' : row.state,
    askedAtMs: row.asked_at.getTime(),
    effectiveAtMs: row.effective_at?.getTime() ?? null,
    expiresAtMs: row.expires_at.getTime(),
    isMine: sessionHash === null ? row.token_hash !== null : row.session_hash === sessionHash,
  };
}

/** The rows that are open, under their locks. */
export async function openRows(db: Database, where: RawBuilder<unknown>, nowMs: number): Promise<RecoveryRow[]> {
  const { rows } = await sql<RecoveryRow>`
    SELECT * FROM recovery WHERE state IN ('asked', 'cooling') AND expires_at > ${new Date(nowMs)} AND (${where}) ORDER BY asked_at DESC FOR UPDATE`.execute(db);
  return rows;
}

export type NewRecovery = Pick<RecoveryRow, 'id' | 'payer_id' | 'kind' | 'proofs'> &
  Partial<Pick<RecoveryRow, 'old_phone_e164' | 'new_phone_e164' | 'session_hash' | 'token_hash'>> & { reference_hmac?: string; cancel_hash?: string; nowMs: number } & ({ coolDownMs: number } | { lifetimeMs: number });

export async function insertRecovery(trx: Database, row: NewRecovery): Promise<RecoveryRow> {
  const { nowMs } = row;
  const cools = 'coolDownMs' in row;
  const effectiveAt = cools ? new Date(nowMs + row.coolDownMs) : null;
  const expiresAt = new Date(cools ? nowMs + row.coolDownMs + readyForMs : nowMs + row.lifetimeMs);
  // Whoever only asks for a number holds nobody back.
  const guardedUntil = cools && row.kind !== 'claim' ? expiresAt : null;
  const { rows } = await sql<RecoveryRow>`
    INSERT INTO recovery (id, payer_id, kind, state, proofs, old_phone_e164, new_phone_e164, reference_hmac, session_hash, token_hash, cancel_hash, asked_at, effective_at, expires_at, guarded_until)
    VALUES (${row.id}, ${row.payer_id}, ${row.kind}, ${cools ? 'cooling' : 'asked'}, ${row.proofs}, ${row.old_phone_e164 ?? null}, ${row.new_phone_e164 ?? null},
            ${row.reference_hmac ?? null}, ${row.session_hash ?? null}, ${row.token_hash ?? null}, ${row.cancel_hash ?? null}, ${new Date(nowMs)}, ${effectiveAt}, ${expiresAt}, ${guardedUntil})
    RETURNING *`.execute(trx);
  const [inserted] = rows;
  if (!inserted) throw new Error('an insert returns its row');
  return inserted;
}

/** `guardedUntilMs` null: nothing is held back for it any more. */
export async function endRecovery(trx: Database, input: { id: string; state: 'done' | 'cancelled'; by: EndedBy; nowMs: number; guardedUntilMs: number | null }): Promise<void> {
  const until = input.guardedUntilMs === null ? null : new Date(input.guardedUntilMs);
  await sql`UPDATE recovery SET state = ${input.state}, ended_at = ${new Date(input.nowMs)}, ended_by = ${input.by}, guarded_until = ${until} WHERE id = ${input.id}`.execute(trx);
}

/** What nobody finished or attested in time, of one account or of all. */
export async function expireRecoveries(db: Database, { nowMs, payerId }: { nowMs: number; payerId?: string }): Promise<number> {
  const now = new Date(nowMs);
  const whose = payerId === undefined ? sql`true` : sql`payer_id = ${payerId}`;
  const expired = await sql`
    UPDATE recovery SET state = 'expired', ended_at = ${now}, ended_by = 'time', guarded_until = NULL
     WHERE state IN ('asked', 'cooling') AND expires_at <= ${now} AND (${whose})`.execute(db);
  return Number(expired.numAffectedRows ?? 0);
}

export type Payer = { id: string; name: string; phone_e164: string | null; locale: 'zh' | 'en' };

/** Under its lock. */
export async function lockPayer(trx: Database, payerId: string): Promise<Payer> {
  return trx.selectFrom('payer').select(['id', 'name', 'phone_e164', 'locale']).where('id', '=', payerId).forUpdate().executeTakeFirstOrThrow();
}

/** `owner`: whoever had a session or the right PIN. Of everybody else, who knows or has the number, apart: they must not use up the owner's. */
export type AskedBy = 'owner' | 'stranger';

export async function askedToday(trx: Database, { payerId, by, nowMs }: { payerId: string; by: AskedBy; nowMs: number }): Promise<number> {
  const isOwners = sql`(session_hash IS NOT NULL OR 'pin' = ANY (proofs))`;
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM recovery WHERE payer_id = ${payerId} AND kind <> 'identity' AND asked_at > ${new Date(nowMs - dayMs)} AND ${isOwners} = ${by === 'owner'}`.execute(trx);
  return rows[0]?.n ?? 0;
}

export async function refuseTooMany(trx: Database, input: { payerId: string; by: AskedBy; nowMs: number }): Promise<void> {
  if ((await askedToday(trx, input)) >= recoveriesPerDayMax) throw new ProblemError('rate_limited', { facts: { retryAfterS: dayMs / 1000 } });
}
