// Retention: a face that no look has named for a set time is erased, as if its owner had asked. They are told before, by text message
// and on their page; one look in between, and it stays.
import { sql, type RawBuilder } from 'kysely';
import type { Messages } from '../messages/index.ts';
import { eraseFace, type ErasureDeps } from './erase-face.ts';
import { tellOwner } from './tell-owner.ts';

export type RetentionDeps = ErasureDeps & { faceUnusedDaysMax: number; messages: Pick<Messages, 'available' | 'queue' | 'nudge'> };

/** How long before a face goes its owner is told, at the least. Below the shortest time that can be set (../config.ts). */
export const unusedNoticeDays = 14;
export const dayMs = 24 * 60 * 60_000;
const batchMax = 50;
const batchesPerRoundMax = 20;

/** When a face was used last: enrolled, or named by a look. */
export const lastUse: RawBuilder<Date | null> = sql<Date | null>`GREATEST(payer.face_enrolled_at, (SELECT max(at) FROM face_look WHERE face_look.payer_id = payer.id))`;

export async function keepRetention(deps: RetentionDeps): Promise<{ told: number; erased: number }> {
  const [told, erased] = [await inBatches(() => tellUnused(deps)), await inBatches(() => eraseUnused(deps))];
  if (told > 0) deps.messages.nudge();
  return { told, erased };
}

async function inBatches(work: () => Promise<number>): Promise<number> {
  let done = 0;
  for (let batch = 0; batch < batchesPerRoundMax; batch += 1) {
    const worked = await work();
    done += worked;
    if (worked < batchMax) break;
  }
  return done;
}

async function tellUnused({ db, clock, messages, faceUnusedDaysMax }: RetentionDeps): Promise<number> {
  const now = clock.nowMs();
  const since = new Date(now - (faceUnusedDaysMax - unusedNoticeDays) * dayMs);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM payer WHERE face_state <> 'off' AND face_enrolled_at < ${since} AND ${lastUse} < ${since}
       AND (face_unused_told_at IS NULL OR face_unused_told_at < ${lastUse})
     ORDER BY id LIMIT ${batchMax}`.execute(db);
  for (const { id } of rows) {
    await db.transaction().execute(async (trx) => {
      await sql`UPDATE payer SET face_unused_told_at = ${new Date(now)} WHERE id = ${id}`.execute(trx);
      await tellOwner(trx, { messages, payerId: id, notice: { name: 'face_unused', days: unusedNoticeDays } });
    });
  }
  return rows.length;
}

async function eraseUnused(deps: RetentionDeps): Promise<number> {
  const now = deps.clock.nowMs();
  const since = new Date(now - deps.faceUnusedDaysMax * dayMs);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM payer WHERE face_state <> 'off' AND face_enrolled_at < ${since} AND ${lastUse} < ${since}
       AND face_unused_told_at > ${lastUse} AND face_unused_told_at <= ${new Date(now - unusedNoticeDays * dayMs)}
     ORDER BY id LIMIT ${batchMax}`.execute(deps.db);
  for (const { id } of rows) await eraseFace(deps, { payerId: id, reason: 'unused' });
  return rows.length;
}
