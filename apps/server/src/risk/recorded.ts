// Recorded decisions as they are compared: newest first, in pages, each with its payment's amount and store, and whether the shopper
// said "not me". The statement is text, so that the command line reads the same.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import type { Fired, Judged } from './decide.ts';

export type Recorded = {
  readonly id: string;
  readonly paymentId: string;
  readonly atMs: number;
  readonly store: { readonly id: string; readonly name: string; readonly nameZh: string };
  readonly amount: WireAmount;
  readonly reported: boolean;
  readonly signals: unknown;
  readonly decided: { readonly version: number; readonly judged: Judged };
  readonly shadow: { readonly version: number; readonly judged: Judged } | null;
};

/** Judging a page holds up nobody for long: about 40 µs a decision with the built-in rules. */
export const recordedPageMax = 250;

/** $1: only older ones than this id, or null; $2: how many, newest first. */
export const recordedSql = `
  SELECT d.id::text AS id, d.payment_id, d.at, d.store_id, s.name, s.name_zh, p.amount_minor::text AS amount_minor, p.currency, d.signals,
         EXISTS (SELECT FROM face_case c WHERE c.payment_id = d.payment_id) AS reported,
         d.rules_version, d.outcome, d.fired, d.shadow_version, d.shadow_outcome, d.shadow_fired
  FROM (SELECT * FROM risk_decision WHERE $1::bigint IS NULL OR id < $1::bigint ORDER BY id DESC LIMIT $2::int) d
  JOIN payment p ON p.id = d.payment_id
  JOIN store s ON s.id = d.store_id
  ORDER BY d.id DESC`;

/** $1: at most so many; $2: not older than this, or null. */
export const countRecordedSql = `
  SELECT count(*)::int AS decisions FROM (SELECT at FROM risk_decision ORDER BY id DESC LIMIT $1::int) newest WHERE $2::timestamptz IS NULL OR at >= $2::timestamptz`;

export function recordedOf(row: Record<string, unknown>): Recorded {
  const { id, payment_id, at, store_id, name, name_zh, amount_minor, currency, reported, signals, rules_version, outcome, fired, shadow_version, shadow_outcome, shadow_fired } = row as Row;
  return {
    id,
    paymentId: payment_id,
    atMs: at.getTime(),
    store: { id: store_id, name, nameZh: name_zh },
    amount: { amountMinor: amount_minor, currency },
    reported,
    signals,
    decided: { version: rules_version, judged: { outcome, fired } },
    shadow: shadow_version === null || shadow_outcome === null ? null : { version: shadow_version, judged: { outcome: shadow_outcome, fired: shadow_fired ?? [] } },
  };
}

type Row = {
  id: string; payment_id: string; at: Date; store_id: string; name: string; name_zh: string; amount_minor: string; currency: string; reported: boolean; signals: unknown;
  rules_version: number; outcome: RiskOutcome; fired: Fired[]; shadow_version: number | null; shadow_outcome: RiskOutcome | null; shadow_fired: Fired[] | null;
};
