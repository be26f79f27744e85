// Where the money of a case is, and what there is to decide about it.
import type { FaceCase } from '@sonrisa/protocol/cases-api.ts';

/**
 * `coming`: on its way back by itself; `asked`: an officer says whether it goes back; `carried`: the shopper has it, who pays for it
 * is open; `recovered`, `lost`: said; `returned`: the shop gave it back; `kept`: the case was closed without;
 * `proposed`: somebody has said what becomes of it, and nobody else has approved that.
 */
export type MoneyState = 'coming' | 'asked' | 'carried' | 'recovered' | 'lost' | 'returned' | 'kept' | 'proposed';

export function moneyStateOf({ dispute, proposal, refund, paymentState, state }: Pick<FaceCase, 'dispute' | 'proposal' | 'refund' | 'paymentState' | 'state'>): MoneyState {
  if (proposal) return 'proposed';
  if (dispute) return dispute.state === 'open' ? 'carried' : dispute.state;
  if (paymentState === 'refunded') return 'returned';
  if (refund === 'at_once') return 'coming';
  return state === 'closed' ? 'kept' : 'asked';
}

/** What is left to be paid by somebody, in minor units. */
export function outstandingOf({ dispute }: Pick<FaceCase, 'dispute'>): string {
  return dispute?.state === 'open' ? String(BigInt(dispute.amount.amountMinor) - BigInt(dispute.recoveredMinor)) : '0';
}

export type Payer = 'payer' | 'merchant' | 'insurer' | 'nobody';

/** Who may be made to pay: a merchant who bears it has paid already. */
export function payersOf({ dispute }: Pick<FaceCase, 'dispute'>): Payer[] {
  return dispute?.bearer === 'merchant' ? ['payer', 'insurer', 'nobody'] : ['payer', 'merchant', 'insurer', 'nobody'];
}
