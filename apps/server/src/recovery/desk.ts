// The desk: staff type in a reference and what a document says. Nothing of the account is shown to them; what they typed fits or
// does not. A recovery that is attested begins to cool down, and both numbers and every phone are told.
import type { Attested, FoundRecovery } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { endSessions, lastFourOf } from '../enrolment/index.ts';
import { attestIdentity, fitOf, knownIdentityOf, type Document } from '../identity/index.ts';
import { mismatchesMax, readyForMs } from './cool-downs.ts';
import { decideRecovery, proofsOfDocument } from './decide.ts';
import type { RecoveryDeps } from './index.ts';
import { accountsOf } from './lost.ts';
import { stopUrl } from './own.ts';
import { endRecovery, expireRecoveries, lockPayer, openRows, type RecoveryRow } from './record.ts';
import { referenceHmac } from './reference.ts';

/** Throws `recovery_not_found`. */
export async function find(deps: RecoveryDeps, reference: string): Promise<FoundRecovery> {
  const { rows } = await sql<RecoveryRow>`
    SELECT * FROM recovery WHERE reference_hmac = ${referenceHmac(deps, reference)} AND state = 'asked' AND expires_at > ${new Date(deps.clock.nowMs())}`.execute(deps.db);
  const [row] = rows;
  if (!row || (row.kind !== 'account' && row.kind !== 'identity')) throw new ProblemError('recovery_not_found');
  const number = row.new_phone_e164 ?? row.old_phone_e164;
  return { id: row.id, kind: row.kind, newNumber: row.new_phone_e164 !== null, numberEnds: number === null ? null : lastFourOf(number), askedAtMs: row.asked_at.getTime() };
}

export type Attesting = { readonly id: string; readonly document: Document & { readonly kind: string }; readonly endSessions: boolean; readonly by: string };
type Outcome = { ok: true; attested: Attested } | { ok: false; code: 'document_mismatch' | 'recovery_needs_proof' };

/** Throws `recovery_not_found`, `document_mismatch`, `recovery_needs_proof`, `name_invalid`. */
export async function attest(deps: RecoveryDeps, input: Attesting): Promise<Attested> {
  // A document that does not fit is counted although it is refused: thrown only after the count is committed.
  const outcome = await deps.db.transaction().execute(async (trx): Promise<Outcome> => {
    // Payers are locked before their recoveries, everywhere.
    const { rows } = await sql<{ payer_id: string | null }>`SELECT payer_id FROM recovery WHERE id = ${input.id}`.execute(trx);
    if (rows[0]?.payer_id) await lockPayer(trx, rows[0].payer_id);
    const [row] = await openRows(trx, sql`id = ${input.id} AND state = 'asked' AND reference_hmac IS NOT NULL`, deps.clock.nowMs());
    if (!row) throw new ProblemError('recovery_not_found');
    const outcome = row.kind === 'identity' ? await attestOwner(deps, trx, { row, input }) : await attestLost(deps, trx, { row, input });
    if (!outcome.ok && outcome.code === 'document_mismatch') await countMismatch(deps, trx, row);
    return outcome;
  });
  if (!outcome.ok) throw new ProblemError(outcome.code);
  deps.messages.nudge();
  return outcome.attested;
}

async function attestOwner(deps: RecoveryDeps, trx: Database, { row, input }: { row: RecoveryRow; input: Attesting }): Promise<Outcome> {
  const { document, by } = input;
  if (row.payer_id === null) throw new ProblemError('recovery_not_found');
  const nowMs = deps.clock.nowMs();
  const fits = await attestIdentity(trx, { payerId: row.payer_id, document, source: 'staff', documentKind: document.kind, setBy: by, nowMs });
  if (!fits) return { ok: false, code: 'document_mismatch' };
  await endRecovery(trx, { id: row.id, state: 'done', by: 'staff', nowMs, guardedUntilMs: null });
  await sql`UPDATE recovery SET attested_by = ${by} WHERE id = ${row.id}`.execute(trx);
  await deps.events.tell(trx, { payerId: row.payer_id, kind: 'identity_attested', recoveryId: row.id });
  return { ok: true, attested: { id: row.id, kind: 'identity', coolDownEndsAtMs: null } };
}

async function attestLost(deps: RecoveryDeps, trx: Database, { row, input }: { row: RecoveryRow; input: Attesting }): Promise<Outcome> {
  const found = await accountFor(trx, { row, document: input.document });
  if ('code' in found) return { ok: false, code: found.code };
  const nowMs = deps.clock.nowMs();
  const payer = await lockPayer(trx, found.payerId);
  await expireRecoveries(trx, { nowMs, payerId: payer.id });
  // Who stood at a desk with a document comes before whatever a phone has asked for.
  for (const other of await openRows(trx, sql`payer_id = ${payer.id} AND id <> ${row.id} AND kind IN ('pin', 'number', 'account')`, nowMs)) {
    await endRecovery(trx, { id: other.id, state: 'cancelled', by: 'newer', nowMs, guardedUntilMs: null });
  }
  if (input.endSessions) await endSessions(deps, trx, { payerId: payer.id });
  const effectiveMs = nowMs + deps.coolDowns.staffMs;
  const until = new Date(effectiveMs + readyForMs);
  const stop = deps.tokens.mint();
  await sql`
    UPDATE recovery SET state = 'cooling', payer_id = ${payer.id}, attested_by = ${input.by}, cancel_hash = ${stop.hash}, effective_at = ${new Date(effectiveMs)},
           expires_at = ${until}, guarded_until = ${until}
     WHERE id = ${row.id}`.execute(trx);
  const notices = [
    ...(payer.phone_e164 === null ? [] : [{ to: payer.phone_e164, kind: 'account' as const, url: stopUrl(deps, stop.token) }]),
    ...(row.new_phone_e164 === null ? [] : [{ to: row.new_phone_e164, kind: 'account' as const, url: null }]),
  ];
  await deps.events.tell(trx, { payerId: payer.id, kind: 'account_cooling', recoveryId: row.id, notices });
  return { ok: true, attested: { id: row.id, kind: 'account', coolDownEndsAtMs: effectiveMs } };
}

// A number that was given out again has had several owners: the document says which.
async function accountFor(trx: Database, { row, document }: { row: RecoveryRow; document: Document }): Promise<{ payerId: string } | { code: 'document_mismatch' | 'recovery_needs_proof' }> {
  if (row.payer_id === null) return { code: 'document_mismatch' };
  const candidates = row.new_phone_e164 === null || row.old_phone_e164 === null ? [row.payer_id] : await accountsOf(trx, row.old_phone_e164);
  let fitted = false;
  for (const payerId of candidates) {
    const seen = proofsOfDocument[fitOf(document, await knownIdentityOf(trx, payerId))];
    // The PIN was compared with the first one's.
    const proved = payerId === row.payer_id ? row.proofs : row.proofs.filter((proof) => proof !== 'pin');
    if (decideRecovery('account', [...proved, ...seen]).ok) return { payerId };
    fitted ||= seen.length > 0;
  }
  return { code: fitted ? 'recovery_needs_proof' : 'document_mismatch' };
}

async function countMismatch(deps: RecoveryDeps, trx: Database, row: RecoveryRow): Promise<void> {
  await sql`UPDATE recovery SET mismatches = mismatches + 1 WHERE id = ${row.id}`.execute(trx);
  if (row.mismatches + 1 >= mismatchesMax) await endRecovery(trx, { id: row.id, state: 'cancelled', by: 'staff', nowMs: deps.clock.nowMs(), guardedUntilMs: null });
}
