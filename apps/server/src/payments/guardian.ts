// Whose phone answers for a payer: their own, or of a child its guardian's. A child has no PIN: one typed at a till could be seen by
// other children, would be a secret its guardian does not hold, and says nothing an adult could answer for. Whatever an adult would be
// asked the PIN for is asked of the guardian's phone instead.
import type { Database } from '../db/database.ts';

export type Answering = { readonly name: string; readonly guardianId: string | null; readonly phone: string | null };

/** `name`: the payer's own. `phone`: the number whose last digits a till may ask for. */
export async function answeringFor(db: Database, payerId: string | null): Promise<Answering> {
  const row = await db
    .selectFrom('payer')
    .leftJoin('payer as guardian', 'guardian.id', 'payer.guardian_id')
    .select(['payer.name', 'payer.guardian_id', 'payer.phone_e164', 'guardian.phone_e164 as guardian_phone'])
    .where('payer.id', '=', payerId)
    .executeTakeFirstOrThrow();
  return { name: row.name, guardianId: row.guardian_id, phone: row.guardian_id === null ? row.phone_e164 : row.guardian_phone };
}

export async function isChild(db: Database, payerId: string | null): Promise<boolean> {
  return payerId !== null && (await answeringFor(db, payerId)).guardianId !== null;
}
