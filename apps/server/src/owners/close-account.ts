// Closing an account. In one transaction everything goes that says whose it was or lets anybody in, and the payer's epoch rises; what
// lies outside (the vault, the card processor) is told afterwards, by the sweep if need be, and only then the receipt is signed. The
// books keep their postings under the payer's id, which nothing names any more.
import type { CloseAccount, Closing, ClosingBlock } from '@sonrisa/protocol/close-account-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { noPinFailures, type Payments } from '../payments/index.ts';
import { type Erasure, type ErasureDeps, erasuresOf, forgetFace } from './erase-face.ts';
import { type OwnProofs, proveOwner } from '../owner-proof/index.ts';

export type ClosingDeps = ErasureDeps & { proofs: OwnProofs; payments: Pick<Payments, 'openRequests' | 'deny'> };

export async function closingOf(deps: Pick<ClosingDeps, 'db' | 'clock'>, payerId: string): Promise<Closing> {
  const { db, clock } = deps;
  const { currency } = await db.selectFrom('payer').select('currency').where('id', '=', payerId).executeTakeFirstOrThrow();
  const passkeys = await db.selectFrom('passkey').select('id').where('payer_id', '=', payerId).execute();
  const { rows: banks } = await sql<{ holder: string; number: string }>`
    SELECT holder, number FROM bank_account WHERE owner = 'payer' AND owner_id = ${payerId} AND currency = ${currency}`.execute(db);
  const { walletMinor, blocks } = await blocksOf(db, { payerId, now: new Date(clock.nowMs()), phoneWaits: 'is_no_block' });
  return { payerId, passkeyIds: passkeys.map(({ id }) => id), wallet: { amountMinor: walletMinor, currency }, bankAccount: banks[0] ?? null, blocks };
}

/** Throws ProblemError of what stands in the way, or of what is wrong with the proof. */
export async function closeAccount(deps: ClosingDeps, { payerId, receiptId, proof }: CloseAccount & { payerId: string }): Promise<Erasure> {
  const { db, clock, proofs } = deps;
  const before = await blocksOf(db, { payerId, now: new Date(clock.nowMs()), phoneWaits: 'is_no_block' });
  refuseBlocked(before);
  await proveOwner(proofs, { act: 'close_account', payerId, subject: receiptId, proof });
  await denyWaiting(deps, payerId);
  const payer = await db.transaction().execute((trx) => closeIn(trx, { payerId, receiptId, now: new Date(clock.nowMs()) }));
  // What the vault does not hear now, the sweep tells it.
  await forgetFace(deps, payer).catch(() => undefined);
  return closedReceipt(db, receiptId);
}

/** Throws `not_found`. */
export async function closedReceipt(db: Database, receiptId: string): Promise<Erasure> {
  const row = await db.selectFrom('erasure').select('payer_id').where('id', '=', receiptId).where('reason', '=', 'closed').executeTakeFirst();
  const found = row && (await erasuresOf(db, row.payer_id)).find(({ id }) => id === receiptId);
  if (!found) throw new ProblemError('not_found');
  return found;
}

// A till that waits for this phone hears its no.
async function denyWaiting({ payments }: ClosingDeps, payerId: string): Promise<void> {
  for (const { id } of await payments.openRequests(payerId)) {
    await payments.deny({ payerId, requestId: id, why: 'denied' }).catch((error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
    });
  }
}

type Blocks = { walletMinor: string; blocks: ClosingBlock[] };
type BlockRow = { wallet: string } & Record<Exclude<ClosingBlock, 'closing_money_left'>, boolean>;

async function blocksOf(db: Database, { payerId, now, phoneWaits }: { payerId: string; now: Date; phoneWaits: 'is_a_block' | 'is_no_block' }): Promise<Blocks> {
  const onTheirWay = phoneWaits === 'is_a_block' ? ['identified', 'awaiting_phone', 'authorised'] : ['identified', 'authorised'];
  const { rows } = await sql<BlockRow>`
    SELECT (SELECT COALESCE(sum(balance_minor), 0)::text FROM account WHERE class = 'payer_wallet' AND owner_id = ${payerId}) AS wallet,
           EXISTS (SELECT FROM recovery WHERE payer_id = ${payerId} AND guarded_until > ${now}) AS recovery_guards,
           EXISTS (SELECT FROM hold WHERE payer_id = ${payerId} AND state = 'open')
             OR EXISTS (SELECT FROM payment WHERE payer_id = ${payerId} AND state = ANY (${onTheirWay})) AS closing_payment_open,
           EXISTS (SELECT FROM limit_use u JOIN payment p ON p.id = u.payment_id
                    WHERE u.payer_id = ${payerId} AND u.undo_until > ${now} AND p.payer_id = u.payer_id
                      AND p.state IN ('captured', 'partially_refunded')) AS closing_first_payment,
           EXISTS (SELECT FROM face_case WHERE payer_id = ${payerId} AND state = 'open')
             OR EXISTS (SELECT FROM dispute d JOIN hold h ON h.id = d.hold_id WHERE h.payer_id = ${payerId} AND d.state = 'open') AS closing_case_open,
           EXISTS (SELECT FROM payer WHERE guardian_id = ${payerId} AND child_closed_at IS NULL) AS closing_children,
           EXISTS (SELECT FROM funding_attempt WHERE payer_id = ${payerId}
                    AND (state IN ('created', 'sent', 'unknown') OR (state = 'succeeded' AND posted_at IS NULL))) AS closing_top_up_open`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('one row always');
  const found = ['recovery_guards', 'closing_payment_open', 'closing_first_payment', 'closing_case_open', 'closing_top_up_open', 'closing_children'] as const;
  return { walletMinor: row.wallet, blocks: [...found.filter((block) => row[block]), ...(BigInt(row.wallet) > 0n ? (['closing_money_left'] as const) : [])] };
}

function refuseBlocked({ blocks: [block], walletMinor }: Blocks): void {
  if (block) throw new ProblemError(block, block === 'closing_money_left' ? { facts: { amountMinor: walletMinor } } : {});
}

type Closed = { id: string; face_epoch: number };

// Enrolments, then the payer: the order everybody locks in. Under the payer's lock no posting, top-up or payment of theirs begins.
async function closeIn(trx: Database, { payerId, receiptId, now }: { payerId: string; receiptId: string; now: Date }): Promise<Closed> {
  const { phone_e164: phone } = await trx.selectFrom('payer').select('phone_e164').where('id', '=', payerId).executeTakeFirstOrThrow();
  await sql`SELECT FROM enrolment WHERE payer_id = ${payerId} OR phone_e164 = ${phone} ORDER BY id FOR UPDATE`.execute(trx);
  const payer = await trx.selectFrom('payer').select(['phone_e164', 'closed_at']).where('id', '=', payerId).forUpdate().executeTakeFirstOrThrow();
  // Closed on another phone meanwhile, or the number has changed under our eyes.
  if (payer.closed_at !== null) throw new ProblemError('unauthorised');
  if (payer.phone_e164 !== phone) throw new ProblemError('busy', { facts: { retryAfterS: 1 } });
  refuseBlocked(await blocksOf(trx, { payerId, now, phoneWaits: 'is_a_block' }));
  const added = await trx
    .insertInto('erasure')
    .values({ id: receiptId, payer_id: payerId, reason: 'closed', asked_at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) throw new ProblemError('input_invalid', { errors: [{ path: 'body.receiptId', message: 'was used before' }] });
  await dropWhatLetsIn(trx, payerId);
  await dropContact(trx, { payerId, phone, now });
  return trx
    .updateTable('payer')
    .set((is) => ({
      closed_at: now, name: '', phone_e164: tombstoneOf(payerId), pin_hash: null, ask_phone_from_minor: null, notices_seen_at: null,
      ...noPinFailures,
      // As at an erasure: no match counts from here on, and the date says that the vault is yet to be told.
      face_epoch: is('face_epoch', '+', 1), face_state: 'off' as const, face_paused_at: null, face_enrolled_at: is.fn.coalesce('face_enrolled_at', is.val(now)),
    }))
    .where('id', '=', payerId)
    .returning(['id', 'face_epoch'])
    .executeTakeFirstOrThrow();
}

/** Where a number was. Whoever has that number afterwards opens an account of their own. */
const tombstoneOf = (payerId: string): string => `${payerId}.closed`;

async function dropWhatLetsIn(trx: Database, payerId: string): Promise<void> {
  await sql`DELETE FROM payment_code WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM push_subscription WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM passkey WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM passkey_challenge WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM account_event WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM recovery WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM session WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM own_limit WHERE payer_id = ${payerId}`.execute(trx);
  // That the phone said yes stays with the payment; which key of which phone did, goes.
  await sql`UPDATE phone_request SET proof = 'passkey' WHERE payer_id = ${payerId} AND proof IS DISTINCT FROM 'pin' AND proof IS NOT NULL`.execute(trx);
}

async function dropContact(trx: Database, { payerId, phone, now }: { payerId: string; phone: string | null; now: Date }): Promise<void> {
  // One that nobody finished ends here, and the sweep has the vault forget its face.
  await sql`
    UPDATE enrolment SET phone_e164 = ${tombstoneOf(payerId)}, name = '', device_id = NULL, code_hmac = NULL, state = CASE state WHEN 'complete' THEN state ELSE 'expired' END
     WHERE payer_id = ${payerId} OR phone_e164 = ${phone}`.execute(trx);
  await sql`UPDATE invite SET phone_e164 = NULL WHERE payer_id = ${payerId} OR phone_e164 = ${phone}`.execute(trx);
  await sql`DELETE FROM sms_outbox WHERE to_e164 = ${phone} AND state <> 'sending'`.execute(trx);
  await sql`DELETE FROM identity_visit WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM identity_attestation WHERE payer_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM recovery WHERE payer_id IS NULL AND old_phone_e164 = ${phone}`.execute(trx);
  // Children of theirs, whose wallets were closed before; a child has a date of birth, and this is none.
  await sql`UPDATE payer SET name = '', born_on = '0001-01-01' WHERE guardian_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM bank_account WHERE owner = 'payer' AND owner_id = ${payerId}`.execute(trx);
  await sql`DELETE FROM face_look WHERE payer_id = ${payerId} OR payer_id IN (SELECT id FROM payer WHERE guardian_id = ${payerId})`.execute(trx);
  await sql`DELETE FROM idempotency WHERE principal = ${`http:payer:${payerId}`}`.execute(trx);
  await sql`UPDATE consent_record SET face_withdrawn_at = ${now} WHERE payer_id = ${payerId} AND face_withdrawn_at IS NULL`.execute(trx);
}
