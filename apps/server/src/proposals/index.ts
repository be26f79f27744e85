// What two people say: which bank account a merchant or the platform has, that a payout came back, what a merchant is charged, that a shopper
// has disputed money back and who pays for it. One proposes, or a file of the bank does that one imported; another approves, then it happens. A
// single person could send money to themselves, have a payout paid again that had arrived, or charge a merchant as they please.
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import type { MerchantBankAccount, MerchantDisputes, MerchantFees, Proposal } from '@sonrisa/protocol/money-api.ts';
import type { Database } from '../db/database.ts';
import type { Disputes } from '../disputes/index.ts';
import type { Payouts } from '../payouts/index.ts';
import { approve, refuse } from './decide.ts';
import { merchantBankAccount, merchantDisputes, merchantFees } from './merchant-notices.ts';
import {
  type BankAccountToPropose, type DisputeToPropose, type FeesToPropose, type LossToPropose, proposeBankAccount, proposeDispute, proposeFees, proposeLoss, proposeRecovery, proposeReturn,
  type RecoveryToPropose, type ReturnToPropose,
} from './propose.ts';
import { read } from './read.ts';

export { endOf } from './merchant-notices.ts';
export { proposeBankAccount } from './propose.ts';
export { waitingAbout } from './read.ts';

type Decision = { proposalId: string; checkerId: string };
export type Proposals = {
  /** Of a merchant or the platform: nothing changes until somebody else approves it. Throws `bank_account_invalid`, `not_found`. */
  proposeBankAccount(input: BankAccountToPropose): Promise<Proposal>;
  /** That the bank sent a payout back: the money is the beneficiary's again, and goes out with a later file, once somebody else approves it. */
  proposeReturn(input: ReturnToPropose): Promise<Proposal>;
  /** For payments that are created once somebody else has approved it. Throws `not_found`. */
  proposeFees(input: FeesToPropose): Promise<Proposal>;
  /** That the shopper has their money back, at the cost of whoever bears disputes. One proposal at a time for each payment. */
  proposeDispute(input: Omit<DisputeToPropose, 'bearer'>): Promise<Proposal>;
  proposeRecovery(input: RecoveryToPropose): Promise<Proposal>;
  proposeLoss(input: LossToPropose): Promise<Proposal>;
  list(input: { waiting: boolean; limit: number }): Promise<Proposal[]>;
  /** Throws `same_person` for whoever proposed it, `proposal_state_conflict`, `not_found`, and what the books refuse. */
  approve(input: Decision): Promise<Proposal>;
  /** Whoever proposed it may take it back this way too. */
  refuse(input: Decision): Promise<Proposal>;
  /** What the merchant itself reads of it. */
  merchantBankAccount(input: { merchantId: string; currency: string }): Promise<MerchantBankAccount>;
  merchantFees(merchantId: string): Promise<MerchantFees>;
  merchantDisputes(input: { merchantId: string; limit: number }): Promise<MerchantDisputes>;
};
export type ProposalDeps = { db: Database; payouts: Pick<Payouts, 'takeBack'>; disputes: Pick<Disputes, 'bearer' | 'open' | 'recover' | 'lose'>; nowMs: () => number; idFrom: (kind: IdKind, text: string) => string };

export function createProposals(deps: ProposalDeps): Proposals {
  const { db } = deps;
  return {
    proposeBankAccount: (input) => proposeBankAccount(deps, input),
    proposeReturn: (input) => proposeReturn(deps, input),
    proposeFees: (input) => proposeFees(deps, input),
    proposeDispute: (input) => proposeDispute(deps, { ...input, bearer: deps.disputes.bearer }),
    proposeRecovery: (input) => proposeRecovery(deps, input),
    proposeLoss: (input) => proposeLoss(deps, input),
    list: (input) => read(db, input),
    approve: (input) => approve(deps, input),
    refuse: (input) => refuse(deps, input),
    merchantBankAccount: (input) => merchantBankAccount(db, input),
    merchantDisputes: (input) => merchantDisputes(db, input),
    merchantFees: (merchantId) => merchantFees(db, merchantId),
  };
}
