// Erasing a face: the payer's epoch first, then the vault's database, memory and index, and only then the signed receipt.
// Whatever is cut off in between is taken up again by the sweep, and gives the same receipt.
import { createHash } from 'node:crypto';
import { signedNote, type LogKey } from '@sonrisa/ledger/checkpoint.ts';
import { erasureReceiptBody } from '@sonrisa/ledger/erasure-receipt.ts';
import type { erasureSchema } from '@sonrisa/protocol/my-face-api.ts';
import type { z } from 'zod';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Database } from '../db/database.ts';
import type { NewLookVault } from './new-look.ts';

export type ErasureDeps = {
  db: Database;
  clock: Clock;
  ids: Pick<Ids, 'make'>;
  vault: Pick<NewLookVault, 'forget'>;
  /** The key of the audit log: receipts are verified as its checkpoints are. */
  signer: { readonly key: LogKey; sign(message: Uint8Array): Uint8Array };
};

type Erasure = z.infer<typeof erasureSchema>;
type Reason = Erasure['reason'];

const sweepBatchMax = 50;
const dayMs = 24 * 60 * 60_000;
const remains = [
  'payments, top-ups and ledger entries of the wallet, with the account, as long as the account and the law on accounts want them',
  'what was agreed to and when it was withdrawn, as evidence, as long as the account',
  'encrypted copies in database backups made before, until those are deleted or the template keys are renewed',
];

/** From the first statement on no match of this face counts. Throws `vault_unavailable` when the vault did not hear of it yet. */
export async function eraseFace(deps: ErasureDeps, { payerId, reason }: { payerId: string; reason: Reason }): Promise<Erasure | null> {
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
    if (before.face_state !== 'off') await transaction.insertInto('erasure').values({ id: deps.ids.make('erasure'), payer_id: payerId, reason, asked_at: now }).execute();
    await transaction.updateTable('consent_record').set({ face_withdrawn_at: now }).where('payer_id', '=', payerId).where('face_withdrawn_at', 'is', null).execute();
    return raised;
  });
  await forgetFace(deps, payer);
  return latestErasure(deps.db, payerId);
}

// The date of enrolment stays until the vault has answered: a face that is off and still has one is yet to be forgotten.
async function forgetFace(deps: ErasureDeps, payer: { id: string; face_epoch: number }): Promise<void> {
  const { templatesErased } = await deps.vault.forget(payer.id, payer.face_epoch);
  await deps.db.transaction().execute(async (transaction) => {
    const done = await transaction.updateTable('payer').set({ face_enrolled_at: null }).where('id', '=', payer.id).where('face_epoch', '=', payer.face_epoch).executeTakeFirst();
    if (done.numUpdatedRows !== 1n) return;
    const open = await transaction.selectFrom('erasure').selectAll().where('payer_id', '=', payer.id).where('receipt', 'is', null).forUpdate().execute();
    for (const { id, reason } of open) {
      await transaction.updateTable('erasure').set({ receipt: sign(deps, { id, payerId: payer.id, reason, templatesErased }) }).where('id', '=', id).execute();
    }
  });
}

function sign({ signer, clock }: ErasureDeps, input: { id: string; payerId: string; reason: Reason; templatesErased: number }): string {
  const { key } = signer;
  const body = erasureReceiptBody({ ...input, origin: key.name, atMs: clock.nowMs(), remains });
  return signedNote((bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()), { body, key, signature: signer.sign(new TextEncoder().encode(body)) });
}

/** Tells the vault of deleted faces that it did not hear of. */
export async function forgetDeletedFaces(deps: ErasureDeps): Promise<number> {
  const left = await deps.db.selectFrom('payer').select(['id', 'face_epoch']).where('face_state', '=', 'off').where('face_enrolled_at', 'is not', null).limit(sweepBatchMax).execute();
  for (const payer of left) await forgetFace(deps, payer);
  return left.length;
}

/** Retention: a face that no look has named for so long, and that is not new, goes as if its owner had asked. */
export async function eraseUnusedFaces(deps: ErasureDeps & { faceUnusedDaysMax: number }): Promise<number> {
  const since = new Date(deps.clock.nowMs() - deps.faceUnusedDaysMax * dayMs);
  const unused = await deps.db
    .selectFrom('payer')
    .select('id')
    .where('face_state', '!=', 'off')
    .where('face_enrolled_at', '<', since)
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('face_look').select('face_look.id').whereRef('face_look.payer_id', '=', 'payer.id').where('face_look.at', '>=', since))))
    .limit(sweepBatchMax)
    .execute();
  for (const { id } of unused) await eraseFace(deps, { payerId: id, reason: 'unused' });
  return unused.length;
}

export async function erasuresOf(db: Database, payerId: string): Promise<Erasure[]> {
  const rows = await db.selectFrom('erasure').selectAll().where('payer_id', '=', payerId).orderBy('asked_at', 'desc').execute();
  return rows.map(({ id, asked_at, reason, receipt }) => ({ id, askedAtMs: asked_at.getTime(), reason, receipt }));
}

const latestErasure = async (db: Database, payerId: string): Promise<Erasure | null> => (await erasuresOf(db, payerId))[0] ?? null;
