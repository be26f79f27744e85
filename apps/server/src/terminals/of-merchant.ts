// Terminals in the back offices: which there are and on which networks, and switching one off for good.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { merchantTerminalSchema, MovedTerminal } from '@sonrisa/protocol/back-office-api.ts';
import { sql } from 'kysely';
import type { z } from 'zod';
import { asMerchant } from '../db/merchant-access.ts';
import type { Database } from '../db/database.ts';
import type { TerminalDeps } from './index.ts';

export type MerchantTerminal = z.infer<typeof merchantTerminalSchema>;

export function terminalsOfMerchant({ db }: Pick<TerminalDeps, 'db'>, input: { merchantId: string; limit: number }): Promise<MerchantTerminal[]> {
  return asMerchant(db, input.merchantId, async (scoped) =>
    (await rowsOf(scoped, input.merchantId).orderBy('activated_at', 'desc').orderBy('id').limit(input.limit).execute()).map(viewOf));
}

/** Its next request is refused; said of one that is off already, the answer is the same. Undefined merchant: the operator. Throws `not_found`. */
export function revokeTerminal({ db, clock }: Pick<TerminalDeps, 'db' | 'clock'>, input: { merchantId?: string; terminalId: string }): Promise<MerchantTerminal> {
  const { merchantId, terminalId } = input;
  const revoke = async (scoped: Database) => {
    const active = scoped
      .updateTable('terminal')
      .set({ state: 'revoked', revoked_at: new Date(clock.nowMs()) })
      .where('id', '=', terminalId)
      .where('state', '=', 'active');
    await (merchantId === undefined ? active : active.where('merchant_id', '=', merchantId)).execute();
    const row = await rowsOf(scoped, merchantId).where('id', '=', terminalId).executeTakeFirst();
    if (!row) throw new ProblemError('not_found');
    return viewOf(row);
  };
  return merchantId === undefined ? revoke(db) : asMerchant(db, merchantId, revoke);
}

/** Throws `not_found`. */
export function oneTerminal({ db }: Pick<TerminalDeps, 'db'>, input: { merchantId?: string; terminalId: string }): Promise<MerchantTerminal> {
  const { merchantId, terminalId } = input;
  const read = async (scoped: Database) => {
    const row = await rowsOf(scoped, merchantId).where('id', '=', terminalId).executeTakeFirst();
    if (!row) throw new ProblemError('not_found');
    return viewOf(row);
  };
  return merchantId === undefined ? read(db) : asMerchant(db, merchantId, read);
}

/** Of all merchants: on a network nobody confirmed, seen there last first. */
export async function movedTerminals({ db }: Pick<TerminalDeps, 'db'>, { limit }: { limit: number }): Promise<MovedTerminal[]> {
  const rows = await rowsOf(db)
    .select(more.as('more'))
    .where('state', '=', 'active')
    .where(waiting, 'is not', null)
    .orderBy(sql`(SELECT max(last_seen_at) FROM terminal_network n WHERE n.terminal_id = terminal.id)`, 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...viewOf(row), ...row.more }));
}

const more = sql<Pick<MovedTerminal, 'merchant' | 'store' | 'cameraChangedAtMs'>>`(
  SELECT json_build_object('merchant', json_build_object('id', m.id, 'name', m.name, 'nameZh', m.name_zh), 'store', json_build_object('name', s.name, 'nameZh', s.name_zh),
                           'cameraChangedAtMs', floor(extract(epoch FROM terminal.camera_changed_at) * 1000))
    FROM store s JOIN merchant m ON m.id = s.merchant_id WHERE s.id = terminal.store_id)`;

const knownShownMax = 20;
const known = sql<string[]>`ARRAY(SELECT n.network::text FROM terminal_network n WHERE n.terminal_id = terminal.id AND n.known_at IS NOT NULL ORDER BY n.known_at DESC, n.network LIMIT ${sql.lit(knownShownMax)})`;
/** Where it asks from now, if its store learns networks and nobody confirmed this one. */
const waiting = sql<{ network: string; firstSeenAtMs: number; lastSeenAtMs: number } | null>`(
  SELECT json_build_object('network', n.network::text, 'firstSeenAtMs', floor(extract(epoch FROM n.first_seen_at) * 1000), 'lastSeenAtMs', floor(extract(epoch FROM n.last_seen_at) * 1000))
    FROM (SELECT * FROM terminal_network l WHERE l.terminal_id = terminal.id ORDER BY l.last_seen_at DESC, l.first_seen_at DESC LIMIT 1) n
   WHERE n.known_at IS NULL AND EXISTS (SELECT FROM store s WHERE s.id = terminal.store_id AND s.network_check = 'learned')
     AND EXISTS (SELECT FROM terminal_network k WHERE k.terminal_id = terminal.id AND k.known_at IS NOT NULL))`;

function rowsOf(db: Database, merchantId?: string) {
  const rows = db
    .selectFrom('terminal')
    .select(['id', 'store_id', 'kind', 'mode', 'state', 'activated_at', 'last_seen_at', 'revoked_at'])
    .select([known.as('known'), waiting.as('waiting')]);
  return merchantId === undefined ? rows : rows.where('merchant_id', '=', merchantId);
}

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];

function viewOf(row: Row): MerchantTerminal {
  const { id, store_id, kind, mode, state, known: networks } = row;
  const ms = (time: Date | null) => time?.getTime() ?? null;
  return {
    id, storeId: store_id, kind, mode, state, activatedAtMs: row.activated_at.getTime(), lastSeenAtMs: ms(row.last_seen_at), revokedAtMs: ms(row.revoked_at),
    networks: { known: networks, waiting: row.waiting },
  };
}
