// The regulars of a store and of its district, which is all stores of its merchant: the people a payment is compared with
// before everybody else. Learnt from the receipts this vault signs; the server is asked nothing and told nothing.
import type { Clock } from './adapters/system.ts';
import type { Database } from './db/database.ts';

export const regularKeptMs = 180 * 24 * 60 * 60_000;
/** Of a merchant with more, those seen last. */
export const regularsMax = 10_000;

export interface Place {
  readonly merchantId: string;
  readonly storeId: string;
}

export interface Regulars {
  of(place: Place): Promise<{ readonly store: string[]; readonly district: string[] }>;
  /** Somebody was recognised there. Never throws: a payment does not wait for it to work. */
  remember(place: Place, payerRef: string): Promise<void>;
  /** Drops who was not seen for half a year. */
  sweep(): Promise<void>;
}

export function createRegulars(deps: { db: Database; clock: Clock; onError: (error: unknown) => void }): Regulars {
  const { db, clock, onError } = deps;

  async function of({ merchantId, storeId }: Place): Promise<{ store: string[]; district: string[] }> {
    const rows = await db.rows<{ payer_ref: string; here: boolean }>(
      `SELECT payer_ref, bool_or(store_id = $2) AS here FROM regular WHERE merchant_id = $1
       GROUP BY payer_ref ORDER BY max(last_on) DESC, payer_ref LIMIT $3`,
      [merchantId, storeId, regularsMax],
    );
    return { store: rows.filter(({ here }) => here).map((row) => row.payer_ref), district: rows.map((row) => row.payer_ref) };
  }

  // A face that was forgotten meanwhile has no row to refer to, and none is added.
  async function remember({ merchantId, storeId }: Place, payerRef: string): Promise<void> {
    await db
      .rows(
        `INSERT INTO regular AS r (merchant_id, store_id, payer_ref, last_on) SELECT $1, $2, payer_ref, $4 FROM face WHERE payer_ref = $3
         ON CONFLICT (merchant_id, store_id, payer_ref) DO UPDATE SET last_on = excluded.last_on WHERE r.last_on < excluded.last_on`,
        [merchantId, storeId, payerRef, dayOf(clock.nowMs())],
      )
      .catch(onError);
  }

  const sweep = async (): Promise<void> => void (await db.rows('DELETE FROM regular WHERE last_on < $1', [dayOf(clock.nowMs() - regularKeptMs)]));

  return { of, remember, sweep };
}

/** For a vault that is told not to keep who was where: everybody is compared with everybody. */
export const noRegulars: Regulars = {
  of: async () => ({ store: [], district: [] }),
  remember: async () => undefined,
  sweep: async () => undefined,
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
