// Before a terminal's camera opens: it asks from a network that is known for it, and its clock is right. Otherwise no look is
// opened, and the till offers another way to pay. A move is confirmed by the merchant or the operator (docs/terminals.md).
import type { StoreNetworks } from '@sonrisa/protocol/networks-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { isPrivate, judgePlace, plainAddress, type Recorded } from './networks.ts';

/** A clock as wrong as this was set wrongly. Signatures, which follow the server's, do not need it; nor does a capture. */
export const clockOffMaxMs = 5 * 60_000;
/** A network nobody confirmed is forgotten so long after a terminal was last seen there. */
const unconfirmedKeptDays = 30;
/** IPv4 and IPv6: what one line of a provider usually has. */
const prefixes = { ipv4: 24, ipv6: 56 };

export type AskingTerminal = {
  readonly terminalId: string;
  /** Of the request; behind a proxy only as right as SONRISA_TRUST_PROXY is. */
  readonly address: string | undefined;
  /** What the terminal's own clock shows; undefined: it did not tell. */
  readonly clockMs: number | undefined;
};

export type Places = {
  /** How far the clock is off, in whole seconds; null: it did not tell. Throws `terminal_moved`, `terminal_clock_off`. */
  admit(terminal: AskingTerminal): Promise<{ clockOffS: number | null }>;
  /** Through which camera its look came (packages/protocol/src/camera.ts); another one than last time is remembered as a change. */
  noteCamera(input: { terminalId: string; camera: string | undefined }): Promise<void>;
  /** Undefined merchant: the operator. Throws `not_found` for a network this terminal was not seen on. */
  confirm(input: { merchantId?: string; terminalId: string; network: string; by: string }): Promise<void>;
  /** Throws `not_found`. */
  check(input: { merchantId: string; storeId: string }): Promise<StoreNetworks>;
  /** Throws `not_found`. */
  setCheck(input: { merchantId?: string; storeId: string; networks: StoreNetworks }): Promise<StoreNetworks>;
};

export function createPlaces(deps: { db: Database; nowMs: () => number; mode: 'sandbox' | 'production' }): Places {
  const { db, nowMs } = deps;
  const within = <Result>(merchantId: string | undefined, work: (scoped: Database) => Promise<Result>): Promise<Result> =>
    merchantId === undefined ? work(db) : asMerchant(db, merchantId, work);
  return {
    async admit({ terminalId, address, clockMs }) {
      const clockOffMs = clockMs === undefined ? null : Math.abs(clockMs - nowMs());
      if (clockOffMs !== null && clockOffMs > clockOffMaxMs) throw new ProblemError('terminal_clock_off', { facts: { serverTimeMs: nowMs() } });
      await admitAddress(deps, { terminalId, address: plainAddress(address) });
      return { clockOffS: clockOffMs === null ? null : Math.round(clockOffMs / 1000) };
    },
    async noteCamera({ terminalId, camera }) {
      if (camera === undefined) return;
      await sql`
        UPDATE terminal SET camera = ${camera}, camera_changed_at = CASE WHEN camera IS NULL THEN NULL ELSE ${new Date(nowMs())}::timestamptz END
         WHERE id = ${terminalId} AND camera IS DISTINCT FROM ${camera}`.execute(db);
    },
    confirm: ({ merchantId, terminalId, network, by }) =>
      within(merchantId, async (scoped) => {
        // Said of one that is known already, the answer is the same.
        const { numAffectedRows } = await sql`
          UPDATE terminal_network SET known_at = COALESCE(known_at, ${new Date(nowMs())}), known_by = COALESCE(known_by, ${by})
           WHERE terminal_id = ${terminalId} AND network = network(${network}::inet)`.execute(scoped);
        if (numAffectedRows !== 1n) throw new ProblemError('not_found');
      }),
    check: ({ merchantId, storeId }) => within(merchantId, (scoped) => readCheck(scoped, storeId)),
    setCheck: ({ merchantId, storeId, networks }) =>
      within(merchantId, async (scoped) => {
        const listed = networks.check === 'listed' ? networks.networks : [];
        const { numAffectedRows } = await sql`
          UPDATE store SET network_check = ${networks.check}, networks = ARRAY(SELECT DISTINCT network(each::inet)::cidr FROM unnest(${listed}::text[]) each ORDER BY 1)
           WHERE id = ${storeId}`.execute(scoped);
        if (numAffectedRows !== 1n) throw new ProblemError('not_found');
        return readCheck(scoped, storeId);
      }),
  };
}

async function readCheck(db: Database, storeId: string): Promise<StoreNetworks> {
  const { rows } = await sql<{ check: StoreNetworks['check']; networks: string[] }>`
    SELECT network_check AS check, networks::text[] AS networks FROM store WHERE id = ${storeId}`.execute(db);
  const [row] = rows;
  if (!row) throw new ProblemError('not_found');
  return row.check === 'listed' ? { check: 'listed', networks: row.networks } : { check: row.check };
}

// A sandbox runs on one machine or in one house, where addresses say nothing: what is private there is known.
async function admitAddress(deps: Parameters<typeof createPlaces>[0], { terminalId, address }: { terminalId: string; address: string | undefined }): Promise<void> {
  const { db, mode } = deps;
  const now = new Date(deps.nowMs());
  const isExempt = mode === 'sandbox' && (address === undefined || isPrivate(address));
  const place = isExempt ? 'known' : judgePlace(await recorded(db, { terminalId, address }));
  const isKnown = place === 'first' ? await settle() : place === 'known';
  if (address !== undefined && place !== 'first') await note(db, { terminalId, address, now });
  if (!isKnown) throw new ProblemError('terminal_moved');

  // Of two first looks from two networks one is the first.
  async function settle(): Promise<boolean> {
    if (address === undefined) return false;
    return db.transaction().execute(async (trx) => {
      await sql`SELECT FROM terminal WHERE id = ${terminalId} FOR NO KEY UPDATE`.execute(trx);
      const again = judgePlace(await recorded(trx, { terminalId, address }));
      await note(trx, { terminalId, address, now, ...(again === 'first' ? { knownBy: 'first look' } : {}) });
      return again !== 'moved';
    });
  }
}

async function recorded(db: Database, { terminalId, address }: { terminalId: string; address: string | undefined }): Promise<Recorded> {
  const at = sql`${address ?? null}::inet`;
  const { rows } = await sql<Recorded>`
    SELECT s.network_check AS check, COALESCE(${at} <<= ANY (s.networks), false) AS listed,
           EXISTS (SELECT FROM terminal_network n WHERE n.terminal_id = t.id AND n.known_at IS NOT NULL AND ${at} <<= n.network) AS known,
           EXISTS (SELECT FROM terminal_network n WHERE n.terminal_id = t.id AND n.known_at IS NOT NULL) AS settled
      FROM terminal t JOIN store s ON s.id = t.store_id WHERE t.id = ${terminalId}`.execute(db);
  const [row] = rows;
  if (!row) throw new ProblemError('not_found');
  return row;
}

async function note(db: Database, { terminalId, address, now, knownBy = null }: { terminalId: string; address: string; now: Date; knownBy?: string | null }): Promise<void> {
  const seen = await sql<{ isNew: boolean }>`
    INSERT INTO terminal_network AS n (terminal_id, network, first_seen_at, last_seen_at, known_at, known_by)
    SELECT ${terminalId}, network(set_masklen(at, CASE family(at) WHEN 4 THEN ${prefixes.ipv4}::int ELSE ${prefixes.ipv6}::int END)), ${now}, ${now}, ${knownBy === null ? null : now}::timestamptz, ${knownBy}::text
      FROM (SELECT ${address}::inet AS at) a
    ON CONFLICT (terminal_id, network) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at, known_at = COALESCE(n.known_at, EXCLUDED.known_at), known_by = COALESCE(n.known_by, EXCLUDED.known_by)
    RETURNING n.first_seen_at = n.last_seen_at AS "isNew"`.execute(db);
  if (!seen.rows[0]?.isNew) return;
  await sql`DELETE FROM terminal_network WHERE terminal_id = ${terminalId} AND known_at IS NULL AND last_seen_at < ${now}::timestamptz - make_interval(days => ${unconfirmedKeptDays})`.execute(db);
}
