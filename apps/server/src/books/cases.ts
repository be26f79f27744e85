// Payouts and disputes: rows that live and change with the money alone, locked before a decision and written after it.
import type { Dispute } from '@sonrisa/ledger/dispute.ts';
import type { Currency } from '@sonrisa/ledger/money.ts';
import type { Payout } from '@sonrisa/ledger/payout.ts';
import type { Command, Transfer } from '@sonrisa/ledger/transfer.ts';
import type { Query } from './idempotency.ts';

export type LockedCases = { readonly payout?: Payout | null; readonly dispute?: Dispute | null };

/** After the hold's row, before the accounts. */
export async function lockCases(query: Query, command: Command): Promise<LockedCases> {
  if ('payoutId' in command) return { payout: await lockPayout(query, command.payoutId) };
  if ('disputeId' in command) return { dispute: await lockDispute(query, command.disputeId) };
  return {};
}

export async function writeCases(query: Query, input: { transfer: Transfer; reason: string; atMs: number }): Promise<void> {
  const { payout, dispute } = input.transfer;
  const at = new Date(input.atMs);
  if (payout) {
    await query(
      `INSERT INTO payout (id, beneficiary, beneficiary_id, currency, amount_minor, state, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, closed_at = $7`,
      [payout.id, payout.beneficiary.is, payout.beneficiary.id, payout.currency, payout.amountMinor, payout.state, at],
    );
  }
  if (dispute) {
    await query(
      `INSERT INTO dispute (id, hold_id, bearer, amount_minor, recovered_minor, state, reason, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (id) DO UPDATE SET recovered_minor = EXCLUDED.recovered_minor, state = EXCLUDED.state,
          closed_at = CASE WHEN EXCLUDED.state = 'open' THEN NULL ELSE $8 END`,
      [dispute.id, dispute.holdId, dispute.bearer, dispute.amountMinor, dispute.recoveredMinor, dispute.state, input.reason, at],
    );
  }
}

type PayoutRow = { id: string; beneficiary: 'merchant' | 'payer'; beneficiary_id: string; currency: Currency; amount_minor: bigint; state: Payout['state'] };

async function lockPayout(query: Query, payoutId: string): Promise<Payout | null> {
  const [row] = await query<PayoutRow>('SELECT id, beneficiary, beneficiary_id, currency, amount_minor, state FROM payout WHERE id = $1 FOR UPDATE', [payoutId]);
  if (!row) return null;
  return { id: row.id, beneficiary: { is: row.beneficiary, id: row.beneficiary_id }, currency: row.currency, amountMinor: row.amount_minor, state: row.state };
}

type DisputeRow = { id: string; hold_id: string; bearer: Dispute['bearer']; amount_minor: bigint; recovered_minor: bigint; state: Dispute['state'] };

async function lockDispute(query: Query, disputeId: string): Promise<Dispute | null> {
  const [row] = await query<DisputeRow>('SELECT id, hold_id, bearer, amount_minor, recovered_minor, state FROM dispute WHERE id = $1 FOR UPDATE', [disputeId]);
  if (!row) return null;
  return { id: row.id, holdId: row.hold_id, bearer: row.bearer, amountMinor: row.amount_minor, recoveredMinor: row.recovered_minor, state: row.state };
}
