// Erasing a face, alone or with its account: the payer's epoch first, then the vault's database, memory and index, and only then the signed receipt.
// Whatever is cut off in between is taken up again by the sweep, and gives the same receipt.
import { createHash } from 'node:crypto';
import { signedNote, type LogKey } from '@sonrisa/ledger/checkpoint.ts';
import { erasureReceiptBody } from '@sonrisa/ledger/erasure-receipt.ts';
import type { erasureSchema } from '@sonrisa/protocol/my-face-api.ts';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Database } from '../db/database.ts';
import type { PutFaceVault } from './put-face.ts';

export type ErasureDeps = {
  db: Database;
  clock: Clock;
  ids: Pick<Ids, 'make'>;
  vault: Pick<PutFaceVault, 'forget'>;
  /** The key of the audit log: receipts are verified as its checkpoints are. */
  signer: { readonly key: LogKey; sign(message: Uint8Array): Uint8Array };
  /** The card processor forgets this payer. */
  forgetCard: (payerId: string) => Promise<void>;
};

export type Erasure = z.infer<typeof erasureSchema>;
type Reason = Erasure['reason'];

const sweepBatchMax = 50;
const remainsOfFace = [
  'payments, top-ups and ledger entries of the wallet, with the account, as long as the account and the law on accounts want them',
  'what was agreed to and when it was withdrawn, as evidence, as long as the account',
  'encrypted copies in database backups made before, until those are deleted or the template keys are renewed',
];
const remainsOfAccount = [
  'payments, top-ups, withdrawals and ledger entries under the payer number above, without name or phone number, as long as the law on accounts wants them; money that comes back later is claimed with this receipt',
  'bank details in orders of withdrawals that the bank was given, as long as those',
  'what was agreed to and when it was withdrawn, and how an identity was attested, under the same number, as evidence',
  'sealed answers to repeated requests, for 30 days, and keyed hashes of the phone number that count text messages, for 8 days',
  'copies in database backups made before, until those are deleted',
];

/** From the first statement on no match of this face counts. Throws `vault_unavailable` when the vault did not hear of it yet. */
export async function eraseFace(deps: ErasureDeps, { payerId, reason, tell = async () => {} }: { payerId: string; reason: Reason; /** In the transaction that erases; not where there was nothing to erase. */ tell?: (trx: Database) => Promise<void> }): Promise<Erasure | null> {
  const now = new Date(deps.clock.nowMs());
  const payer = await deps.db.transaction().execute(async (transaction) => {
    const before = await transaction.selectFrom('payer').select(['face_state', 'face_enrolled_at']).where('id', '=', payerId).forUpdate().executeTakeFirstOrThrow();
    const raised = await transaction
      .updateTable('payer')
      .set((is) => ({
        face_epoch: is('face_epoch', '+', 1),
        face_state: 'off' as const,
        face_paused_at: null,
        // A face that was never activated has no date yet; without one the vault would not be told again.
        face_enrolled_at: is.fn.coalesce('face_enrolled_at', is.val(now)),
      }))
      .where('id', '=', payerId)
      .returning(['id', 'face_epoch'])
      .executeTakeFirstOrThrow();
    // Asked for again, it is the same erasure.
    if (before.face_state !== 'off') {
      await transaction.insertInto('erasure').values({ id: deps.ids.make('erasure'), payer_id: payerId, reason, asked_at: now }).execute();
      await tell(transaction);
    }
    await transaction.updateTable('consent_record').set({ face_withdrawn_at: now }).where('payer_id', '=', payerId).where('face_withdrawn_at', 'is', null).execute();
    return raised;
  });
  await forgetFace(deps, payer);
  return latestErasure(deps.db, payerId);
}

// The date of enrolment stays until the vault has answered: a face that is off and still has one is yet to be forgotten.
export async function forgetFace(deps: ErasureDeps, payer: { id: string; face_epoch: number }): Promise<void> {
  const { templatesErased } = await deps.vault.forget(payer.id, payer.face_epoch);
  await forgetWithAccount(deps, payer.id);
  await deps.db.transaction().execute(async (transaction) => {
    const done = await transaction.updateTable('payer').set({ face_enrolled_at: null }).where('id', '=', payer.id).where('face_epoch', '=', payer.face_epoch).executeTakeFirst();
    if (done.numUpdatedRows !== 1n) return;
    const open = await transaction.selectFrom('erasure').selectAll().where('payer_id', '=', payer.id).where('receipt', 'is', null).forUpdate().execute();
    for (const { id, reason } of open) {
      await transaction.updateTable('erasure').set({ receipt: sign(deps, { id, payerId: payer.id, reason, templatesErased }) }).where('id', '=', id).execute();
    }
  });
}

// What else is told or cleared outside the closing's own transaction, before its receipt is signed. Safe to repeat.
async function forgetWithAccount({ db, forgetCard }: ErasureDeps, payerId: string): Promise<void> {
  const closing = await db.selectFrom('erasure').select('id').where('payer_id', '=', payerId).where('reason', '=', 'closed').where('receipt', 'is', null).executeTakeFirst();
  if (!closing) return;
  await forgetCard(payerId);
  await sql`UPDATE payment SET payer_masked_name = NULL WHERE payer_id = ${payerId} AND payer_masked_name IS NOT NULL`.execute(db);
}

function sign({ signer, clock }: ErasureDeps, input: { id: string; payerId: string; reason: Reason; templatesErased: number }): string {
  const { key } = signer;
  const body = erasureReceiptBody({ ...input, origin: key.name, atMs: clock.nowMs(), remains: input.reason === 'closed' ? remainsOfAccount : remainsOfFace });
  return signedNote((bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()), { body, key, signature: signer.sign(new TextEncoder().encode(body)) });
}

/** Tells the vault of deleted faces that it did not hear of. */
export async function forgetDeletedFaces(deps: ErasureDeps): Promise<number> {
  const left = await deps.db.selectFrom('payer').select(['id', 'face_epoch']).where('face_state', '=', 'off').where('face_enrolled_at', 'is not', null).limit(sweepBatchMax).execute();
  // One that cannot be told of must not keep the others waiting.
  const told = await Promise.allSettled(left.map((payer) => forgetFace(deps, payer)));
  const failed = told.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return left.length;
}

export async function erasuresOf(db: Database, payerId: string): Promise<Erasure[]> {
  const rows = await db.selectFrom('erasure').selectAll().where('payer_id', '=', payerId).orderBy('asked_at', 'desc').execute();
  return rows.map(({ id, asked_at, reason, receipt }) => ({ id, askedAtMs: asked_at.getTime(), reason, receipt }));
}

const latestErasure = async (db: Database, payerId: string): Promise<Erasure | null> => (await erasuresOf(db, payerId))[0] ?? null;
