// The money side of the back offices: settlements, payouts, withdrawals, disputes, corrections, statements. Every write takes an
// Idempotency-Key.
//
//   GET  merchant/settlements?limit=                   newest day first
//   GET  merchant/settlements/:id/file                 CSV: every line and their sum
//   GET  merchant/statement?from=&to=&format=          CSV or camt.053, by the days of the stores
//   GET  merchant/payouts?limit=
//   GET  merchant/bank-account                         which it is, and every change
//   GET  merchant/disputes?limit=                      disputes of its payments, and what was proposed about them
//   GET  merchant/fees                                 what payments cost, what was proposed, and every change
//   PUT  phone/bank-account                            where withdrawals go, right after signing in
//   POST phone/withdrawals
//   GET  operator/settlements?limit=   GET operator/payouts?limit=
//   PUT  operator/merchants/:id/fees                   for payments from then on: a proposal (a person's token)
//   PUT  operator/merchants/:id/bank-account   PUT operator/bank-account    a proposal (a person's token)
//   POST operator/payout-files   GET operator/payout-files/:id    pain.001
//   POST operator/payouts/:id/confirm   POST operator/payouts/:id/return    the latter a proposal
//   GET  operator/proposals?state=&limit=   POST operator/proposals/:id/approve   POST operator/proposals/:id/refuse
//   POST operator/disputes   GET operator/disputes?limit=                  the former a proposal (a person's token)
//   POST operator/disputes/:id/recoveries   POST operator/disputes/:id/loss    proposals
//   POST operator/people                               a person with a token of their own
//   POST operator/adjustments   GET operator/adjustments?limit=       (a person's token)
//   POST operator/adjustments/:id/approve   POST operator/adjustments/:id/refuse
//   POST operator/bank-statements                      camt.053, pain.002 or CSV
//   GET  operator/breaks?state=&limit=   POST operator/breaks/:id/assign   POST operator/breaks/:id/resolve    (a person's token)
//   GET  operator/past-trial-balance?atMs=             the books of a past moment
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { idSchema } from './ids.ts';
import { textSchema } from './text.ts';

const reason = textSchema({ max: 200, lines: 'several' });
const spokenReason = reason.refine((text) => text.trim() !== '', 'a reason');
const minor = z.string().regex(/^-?\d{1,19}$/);
const size = z.string().regex(/^(0|[1-9]\d{0,18})$/, 'a whole number of minor units');
const bearerSchema = z.enum(['platform', 'merchant', 'insurer']);
const sourceSchema = z.enum(['payer', 'merchant', 'insurer']);
const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code');
export const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day like 2026-11-25');

export const settlementSchema = z.object({
  id: idSchema('settlement'), merchantId: z.string(), currency, day: daySchema, state: z.enum(['frozen', 'posted']), netMinor: minor, lines: z.number().int(),
});
export const settlementsSchema = z.object({ settlements: z.array(settlementSchema) });
export const statementQuerySchema = z.object({ from: daySchema, to: daySchema, format: z.enum(['csv', 'camt.053']).default('csv') });

export const bankAccountSchema = z.object({
  holder: textSchema({ max: 140 }),
  /** An IBAN, or the bank's own number. */
  number: z.string().min(5).max(42).regex(/^[A-Za-z0-9 ]+$/, 'letters and digits'),
  bic: z.string().regex(/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'a BIC').nullable(),
});
export const setBankAccountSchema = bankAccountSchema.extend({ currency });

/** Percentage plus fixed part, within caps; several receivers share it by weight. */
const feeTerms = z.strictObject({
  basisPoints: z.number().int().min(0).max(10_000),
  fixedMinor: size.optional(),
  minMinor: size.optional(),
  maxMinor: size.optional(),
  shares: z.array(z.strictObject({ receiverId: z.string().regex(/^[a-z0-9_-]{1,40}$/), weight: z.string().regex(/^[1-9]\d{0,8}$/) })).max(8).optional(),
});
const isInOrder = ({ minMinor, maxMinor }: z.output<typeof feeTerms>): boolean => minMinor === undefined || maxMinor === undefined || BigInt(minMinor) <= BigInt(maxMinor);
const outOfOrder = 'the minimum is above the maximum';
export const feesSchema = feeTerms.refine(isInOrder, outOfOrder);
export type Fees = z.infer<typeof feesSchema>;
/** `reason`: the merchant reads it. */
export const proposeFeesSchema = feeTerms.extend({ reason: spokenReason }).refine(isInOrder, outOfOrder);
export type ProposeFees = z.infer<typeof proposeFeesSchema>;

const wholeAccount = z.object({ holder: z.string(), number: z.string(), bic: z.string().nullable() });
/** `disputeId`: none yet where one shall be opened. `caseId`: of what the shopper reported, if they did. `bearer`: who pays unless somebody else turns out to. `loseRest`: once recovered, nobody pays what is left. */
const proposedDisputeSchema = z.object({
  paymentId: z.string(), disputeId: z.string().nullable(), caseId: z.string().nullable(), amount: wireAmountSchema, bearer: bearerSchema, from: sourceSchema.nullable(), loseRest: z.boolean(),
});

/** What two people say: one proposes, another approves. `makerId` null: the command line, or a sandbox's token. */
export const proposalSchema = z.object({
  id: idSchema('proposal'),
  kind: z.enum(['bank_account', 'payout_return', 'merchant_fees', 'dispute_open', 'dispute_recover', 'dispute_lose']),
  owner: z.enum(['platform', 'merchant', 'payer']),
  ownerId: z.string(),
  currency,
  account: wholeAccount.nullable(),
  /** The one that holds now, and that an approval would replace. */
  currentAccount: wholeAccount.nullable(),
  payoutId: z.string().nullable(),
  fees: feesSchema.nullable(),
  /** What holds now, and what an approval would replace. */
  currentFees: feesSchema.nullable(),
  dispute: proposedDisputeSchema.nullable(),
  reason: z.string(),
  makerId: z.string().nullable(),
  checkerId: z.string().nullable(),
  state: z.enum(['proposed', 'approved', 'done', 'refused', 'failed']),
  problem: z.string().nullable(),
  proposedAtMs: z.number(),
  decidedAtMs: z.number().nullable(),
});
export type Proposal = z.infer<typeof proposalSchema>;
export const proposalsSchema = z.object({ proposals: z.array(proposalSchema) });
/** Numbers by their last digits. `waiting`: somebody proposed it and nobody else has approved it. */
export const merchantBankAccountSchema = z.object({
  account: z.object({ holder: z.string(), numberEnds: z.string(), bic: z.string().nullable() }).nullable(),
  changes: z.array(z.object({ id: idSchema('proposal'), holder: z.string(), numberEnds: z.string(), state: z.enum(['waiting', 'changed', 'refused']), proposedAtMs: z.number(), decidedAtMs: z.number().nullable() })),
});
export type MerchantBankAccount = z.infer<typeof merchantBankAccountSchema>;
export const merchantFeesSchema = z.object({
  fees: feesSchema,
  changes: z.array(z.object({ id: idSchema('proposal'), fees: feesSchema, reason: z.string(), state: z.enum(['waiting', 'changed', 'refused']), proposedAtMs: z.number(), decidedAtMs: z.number().nullable() })),
});
export type MerchantFees = z.infer<typeof merchantFeesSchema>;

export const payoutSchema = z.object({
  id: idSchema('payout'),
  beneficiary: z.enum(['merchant', 'payer']),
  beneficiaryId: z.string(),
  amount: wireAmountSchema,
  state: z.enum(['sent', 'confirmed', 'returned']),
  fileId: z.string().nullable(),
  sentAtMs: z.number(),
});
export const payoutsSchema = z.object({ payouts: z.array(payoutSchema) });
export const bankWordSchema = z.strictObject({ reason });
export const makePayoutFileSchema = z.strictObject({ currency });
/** Without a file: there was nothing to pay. */
export const payoutFileSchema = z.object({ file: z.object({ id: idSchema('payoutFile'), currency, payouts: z.number().int() }).nullable() });

export const withdrawSchema = z.strictObject({ amount: wireAmountSchema });
export const withdrawalSchema = z.object({ id: idSchema('payout'), amount: wireAmountSchema, balanceMinor: minor });

export const openDisputeSchema = z.strictObject({ paymentId: idSchema('payment'), amount: wireAmountSchema.optional(), reason: spokenReason });
/** `loseRest`: what is left of it then is booked as a loss in the same go. */
export const recoverDisputeSchema = z.strictObject({ from: sourceSchema, amount: wireAmountSchema.optional(), loseRest: z.boolean().default(false), reason: spokenReason });
export const loseDisputeSchema = z.strictObject({ reason: spokenReason });
export const disputeSchema = z.object({
  id: idSchema('dispute'), paymentId: z.string(), bearer: bearerSchema, amount: wireAmountSchema, recoveredMinor: minor,
  state: z.enum(['open', 'recovered', 'lost']), reason: z.string(), openedAtMs: z.number(),
});
export const disputesSchema = z.object({ disputes: z.array(disputeSchema) });
/** `changes`: what was proposed about this merchant's payments and money, newest first. Reasons may speak of shoppers, so they are not told. */
export const merchantDisputesSchema = z.object({
  disputes: z.array(disputeSchema.omit({ reason: true })),
  changes: z.array(proposedDisputeSchema.omit({ caseId: true }).extend({ id: idSchema('proposal'), kind: z.enum(['dispute_open', 'dispute_recover', 'dispute_lose']), state: z.enum(['waiting', 'changed', 'refused']), proposedAtMs: z.number(), decidedAtMs: z.number().nullable() })),
});
export type MerchantDisputes = z.infer<typeof merchantDisputesSchema>;

export const addPersonSchema = z.strictObject({ name: textSchema({ max: 80 }).refine((name) => name.trim() !== '', 'a name') });
/** The token is shown once. */
export const personSchema = z.object({ id: idSchema('operatorPerson'), name: z.string(), token: z.string() });

const adjustedAccount = z.strictObject({
  accountClass: z.enum(['payer_wallet', 'merchant_payable', 'merchant_settled', 'merchant_reserve', 'platform_fees', 'funding_clearing', 'dispute_loss']),
  ownerId: z.string().min(1).max(64),
});
export const proposeAdjustmentSchema = z.strictObject({ from: adjustedAccount, to: adjustedAccount, amount: wireAmountSchema.refine(({ amountMinor }) => amountMinor !== '0', 'more than nothing'), explanation: reason });
export const adjustmentSchema = z.object({
  id: idSchema('adjustment'), from: adjustedAccount, to: adjustedAccount, amount: wireAmountSchema, explanation: z.string(), makerId: z.string(),
  checkerId: z.string().nullable(), state: z.enum(['proposed', 'approved', 'posted', 'refused', 'failed']), problem: z.string().nullable(), transferId: z.string().nullable(),
});
export const adjustmentsSchema = z.object({ adjustments: z.array(adjustmentSchema) });

export const importStatementSchema = z.strictObject({ format: z.enum(['camt.053', 'csv', 'pain.002']), content: z.string().min(1), account: z.string().max(64).optional(), holder: z.enum(['bank', 'card_processor']).optional() });
export const importedSchema = z.object({
  /** `returnsProposed`: payouts that came back by this file; each waits for another person. */
  statements: z.number().int(), lines: z.number().int(), payoutsConfirmed: z.number().int(), returnsProposed: z.number().int(), matched: z.number().int(), breaks: z.number().int(),
});
export const breakSchema = z.object({
  id: idSchema('reconciliationBreak'), kind: z.enum(['only_at_the_bank', 'only_in_the_books', 'amount_differs']), amountMinor: minor, currency, happenedOn: daySchema,
  ageDays: z.number().int(), owner: z.object({ id: z.string().nullable(), name: z.string() }).nullable(), resolvedBy: z.object({ id: z.string(), name: z.string() }).nullable(), state: z.enum(['open', 'resolved']), note: z.string(), reference: z.string().nullable(), text: z.string().nullable(), ours: z.string().nullable(),
});
export const breaksSchema = z.object({ breaks: z.array(breakSchema) });
export const assignBreakSchema = z.strictObject({ personId: idSchema('operatorPerson') });
export const resolveBreakSchema = z.strictObject({ note: textSchema({ max: 500, lines: 'several' }) });

/** `asOfMs`: the last moment at or before the one asked for of which the books are known exactly. */
export const pastTrialBalanceSchema = z.object({
  asOfMs: z.number(),
  rows: z.array(z.object({ accountClass: z.string(), currency, accounts: z.number().int(), debitMinor: z.string(), creditMinor: z.string(), balanceMinor: z.string() })),
});
