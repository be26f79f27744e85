// A merchant's own terminals: which there are, and switching one off for good.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { merchantTerminalSchema } from '@sonrisa/protocol/back-office-api.ts';
import type { z } from 'zod';
import { asMerchant } from '../db/merchant-access.ts';
import type { Database } from '../db/database.ts';
import type { TerminalDeps } from './index.ts';

export type MerchantTerminal = z.infer<typeof merchantTerminalSchema>;

export function terminalsOfMerchant({ db }: Pick<TerminalDeps, 'db'>, input: { merchantId: string; limit: number }): Promise<MerchantTerminal[]> {
  return asMerchant(db, input.merchantId, async (scoped) =>
    (await rowsOf(scoped, input.merchantId).orderBy('activated_at', 'desc').orderBy('id').limit(input.limit).execute()).map(viewOf));
}

/** Its next request is refused; said of one that is off already, the answer is the same. Throws `not_found`. */
export function revokeTerminal({ db, clock }: Pick<TerminalDeps, 'db' | 'clock'>, input: { merchantId: string; terminalId: string }): Promise<MerchantTerminal> {
  const { merchantId, terminalId } = input;
  return asMerchant(db, merchantId, async (scoped) => {
    await scoped
      .updateTable('terminal')
      .set({ state: 'revoked', revoked_at: new Date(clock.nowMs()) })
      .where('id', '=', terminalId)
      .where('merchant_id', '=', merchantId)
      .where('state', '=', 'active')
      .execute();
    const row = await rowsOf(scoped, merchantId).where('id', '=', terminalId).executeTakeFirst();
    if (!row) throw new ProblemError('not_found');
    return viewOf(row);
  });
}

const rowsOf = (db: Database, merchantId: string) =>
  db.selectFrom('terminal').select(['id', 'store_id', 'kind', 'mode', 'state', 'activated_at', 'last_seen_at', 'revoked_at']).where('merchant_id', '=', merchantId);

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];

function viewOf(row: Row): MerchantTerminal {
  const { id, store_id, kind, mode, state } = row;
  const ms = (time: Date | null) => time?.getTime() ?? null;
  return { id, storeId: store_id, kind, mode, state, activatedAtMs: row.activated_at.getTime(), lastSeenAtMs: ms(row.last_seen_at), revokedAtMs: ms(row.revoked_at) };
}
