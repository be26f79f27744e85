// What a merchant's back office (prefix /api/merchant, `sk_test_…` key), the operator (prefix /api/operator, token) and,
// in sandbox mode only, a developer (prefix /api/sandbox) may ask the server.
//
//   GET  merchant/payments?limit=            newest first
//   GET  merchant/payments/:id
//   POST merchant/payments/:id/refunds       full or partial                   (Idempotency-Key)
//   GET  merchant/balance                    payable now
//   GET  merchant/ways?days=                 how many paid by face, and by the code of their phone
//   GET  operator/ways?days=                 the same of all merchants
//   POST merchant/stores/:id/activation-codes  a code for one live terminal, shown once
//   GET  merchant/terminals?limit=           its terminals, newest first
//   POST merchant/terminals/:id/revoke       switches one off for good         (Idempotency-Key)
//   GET  operator/trial-balance              every account class, per currency, and whether the books are coherent
//   GET  operator/payments/:id               the story: events, decision, postings
//   GET  operator/audit                      when the books were last audited, what was found, whether they are stopped
//   POST operator/audit/run                  recomputes all books now; when they add up, money moves again  (Idempotency-Key)
//   GET  operator/audit/checkpoints?limit=   signed checkpoints of the audit log, newest first
//   GET  operator/audit/consistency?from=&to=  that one checkpoint's log is the beginning of another's
//   GET  operator/payments/:id/inclusion     that every transfer of a payment is in the signed log
//   GET  operator/faces                      how many are enrolled, and whether that is near what some places want a filing for
//   POST operator/payers/:id/face-pin-lock/clear  face + PIN of this payer works again
//   GET  sandbox/outbox?phone=&limit=        SMS that would have been sent
//   GET  sandbox/outbox/live                 the same as server-sent events
//   GET  sandbox/keys                        test merchant key, operator token, activation code
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { terminalModeSchema } from './challenge.ts';
import { idSchema } from './ids.ts';
import { terminalNetworksSchema } from './networks-api.ts';
import { paymentStateSchema } from './terminal-api.ts';
import { textSchema } from './text.ts';

/** `near_filing`: from 80,000 faces on; `filing`: from 100,000, for which some places want a filing. */
export const faceLevelSchema = z.enum(['ok', 'near_filing', 'filing']);
export type FaceLevel = z.infer<typeof faceLevelSchema>;
export const faceCountSchema = z.object({
  /** On or paused. */
  enrolled: z.number().int(),
  paused: z.number().int(),
  /** Owners of unused faces who were told that these will be erased. */
  toldOfErasure: z.number().int(),
  unusedDaysMax: z.number().int(),
  warnFrom: z.number().int(),
  filingFrom: z.number().int(),
  level: faceLevelSchema,
});
export type FaceCount = z.infer<typeof faceCountSchema>;

export const refundRequestSchema = z.strictObject({
  /** Absent: everything that is left. */
  amount: wireAmountSchema.optional(),
  reason: textSchema({ max: 200, lines: 'several' }),
});
export const refundSchema = z.object({
  id: idSchema('refund'),
  paymentId: idSchema('payment'),
  amount: wireAmountSchema,
  feeReturnedMinor: z.string(),
  state: paymentStateSchema,
  refundedMinor: z.string(),
});
export type Refund = z.infer<typeof refundSchema>;

export const merchantPaymentSchema = z.object({
  id: idSchema('payment'),
  storeId: idSchema('store'),
  terminalId: idSchema('terminal'),
  state: paymentStateSchema,
  amount: wireAmountSchema,
  feeMinor: z.string(),
  refundedMinor: z.string(),
  receiptNumber: z.string().nullable(),
  createdAtMs: z.number(),
});

export const merchantPaymentsSchema = z.object({ payments: z.array(merchantPaymentSchema) });
export const newActivationCodeSchema = z.strictObject({ kind: z.enum(['kiosk', 'mini']).default('kiosk') });
/** Shown once. The terminal it makes takes living people only. */
export const activationCodeSchema = z.object({ code: z.string(), mode: z.literal('live'), kind: z.enum(['kiosk', 'mini']), expiresAtMs: z.number() });

export const merchantTerminalSchema = z.object({
  id: idSchema('terminal'),
  storeId: idSchema('store'),
  kind: z.enum(['kiosk', 'mini']),
  mode: terminalModeSchema,
  state: z.enum(['active', 'revoked']),
  activatedAtMs: z.number(),
  /** To a minute or so; null: not yet. */
  lastSeenAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
  networks: terminalNetworksSchema,
});
export const merchantTerminalsSchema = z.object({ terminals: z.array(merchantTerminalSchema) });
/** Of any merchant, on a network nobody confirmed. */
export const movedTerminalSchema = merchantTerminalSchema.extend({
  merchant: z.object({ id: idSchema('merchant'), name: z.string(), nameZh: z.string() }),
  store: z.object({ name: z.string(), nameZh: z.string() }),
  /** When it last came with another camera; null: never. */
  cameraChangedAtMs: z.number().nullable(),
});
export type MovedTerminal = z.infer<typeof movedTerminalSchema>;
export const movedTerminalsSchema = z.object({ terminals: z.array(movedTerminalSchema) });

/** Signed: refunds may outweigh payments. */
export const merchantBalanceSchema = z.object({ payableMinor: z.string(), currency: z.string() });

export const trialBalanceSchema = z.object({
  atMs: z.number(),
  coherent: z.boolean(),
  /** What the auditor found, in words; empty when coherent. */
  findings: z.array(z.string()),
  rows: z.array(
    z.object({
      accountClass: z.string(),
      currency: z.string(),
      accounts: z.number().int(),
      debitMinor: z.string(),
      creditMinor: z.string(),
      /** Credits minus debits. */
      balanceMinor: z.string(),
    }),
  ),
});
export type TrialBalance = z.infer<typeof trialBalanceSchema>;

/** Notes are signed notes (C2SP); hashes are base64, a path as in RFC 6962. */
export const auditCheckpointsSchema = z.object({
  publicKey: z.string(),
  checkpoints: z.array(z.object({ number: z.number().int(), size: z.number().int(), atMs: z.number(), note: z.string() })),
});
export type AuditCheckpoints = z.infer<typeof auditCheckpointsSchema>;
export const inclusionProofsSchema = z.object({
  publicKey: z.string(),
  /** The newest; null before the first one. */
  checkpoint: z.string().nullable(),
  size: z.number().int(),
  /** Transfers of this payment that no checkpoint covers yet: a matter of seconds. */
  waiting: z.number().int(),
  proofs: z.array(z.object({ transferId: z.string(), index: z.number().int(), leaf: z.string(), path: z.array(z.string()) })),
});
export type InclusionProofs = z.infer<typeof inclusionProofsSchema>;
export const consistencyProofSchema = z.object({ from: z.string(), to: z.string(), path: z.array(z.string()) });
export type ConsistencyProof = z.infer<typeof consistencyProofSchema>;
export const auditStateSchema = z.object({
  lastAtMs: z.number().nullable(),
  lastFullAtMs: z.number().nullable(),
  stopped: z.object({ sinceMs: z.number(), reason: z.string() }).nullable(),
  /** Audits that found something, newest first. */
  reports: z.array(z.object({ atMs: z.number(), kind: z.enum(['minute', 'full']), findings: z.array(z.string()) })),
});
export type AuditState = z.infer<typeof auditStateSchema>;
export const auditRunSchema = z.object({ atMs: z.number(), findings: z.array(z.string()) });

export const operatorPaymentSchema = z.object({
  id: idSchema('payment'),
  state: paymentStateSchema,
  amount: wireAmountSchema,
  events: z.array(z.object({ atMs: z.number(), event: z.string(), from: z.string(), to: z.string(), reason: z.string() })),
  decision: z.object({ sentence: z.string(), claims: z.record(z.string(), z.unknown()) }).nullable(),
  postings: z.array(z.object({ transferId: z.string(), kind: z.string(), account: z.string(), amountMinor: z.string() })),
});

export const outboxMessageSchema = z.object({
  id: idSchema('message'),
  to: z.string(),
  text: z.string(),
  sentAtMs: z.number(),
});
export type OutboxMessage = z.infer<typeof outboxMessageSchema>;
export const outboxSchema = z.object({ messages: z.array(outboxMessageSchema) });

/** `people`: two of the operator, so that what takes two people can be tried. */
export const sandboxKeysSchema = z.object({ merchantKey: z.string(), operatorToken: z.string(), activationCode: z.string(), people: z.array(z.object({ name: z.string(), token: z.string() })) });

export const waysQuerySchema = z.object({ days: z.coerce.number().int().min(1).max(366).default(30) });
/** `otherShare`: payments without a face among all, 0 to 1; null when there were none. */
export const waysSchema = z.object({ days: z.number().int(), byFace: z.number().int(), byCode: z.number().int(), otherShare: z.number().nullable() });
export type Ways = z.infer<typeof waysSchema>;

const smsOutcomes = { taken: z.number().int(), notTaken: z.number().int(), refused: z.number().int(), unknown: z.number().int(), delivered: z.number().int(), undelivered: z.number().int() };
/** Of the last day. */
export const smsReportSchema = z.object({
  messages: z.object({ waiting: z.number().int(), sent: z.number().int(), unclear: z.number().int(), failed: z.number().int(), delivered: z.number().int(), undelivered: z.number().int() }),
  /** In the order they are asked. */
  providers: z.array(z.object({ name: z.string(), up: z.boolean(), ...smsOutcomes, lastTakenAtMs: z.number().nullable(), lastReceiptAtMs: z.number().nullable() })),
  /** Newest first. */
  lastFailures: z.array(z.object({ atMs: z.number(), provider: z.string(), outcome: z.enum(['not_taken', 'refused', 'unknown', 'undelivered']), why: z.string(), messageId: z.string() })),
});
export type SmsReport = z.infer<typeof smsReportSchema>;

/** What the limits see: codes that went out and codes that were typed in, and what is left. */
export const smsBudgetSchema = z.object({
  hour: z.object({ sent: z.number().int(), entered: z.number().int(), max: z.number().int() }),
  day: z.object({ sent: z.number().int(), entered: z.number().int(), max: z.number().int() }),
});
const smsCountSchema = z.object({ sent: z.number().int(), entered: z.number().int() });
export const smsGuardSchema = z.object({
  /** `low`: too few codes are typed in, strangers get one each; `spent`: strangers have used up their share of the budget; `off`: not watched. */
  watch: z.enum(['off', 'calm', 'low', 'spent']),
  /** What was not sent, most first. `number`: it has had its messages; `asker`: the address, network, device, invitation or till has. */
  refusals: z.array(z.object({ why: z.enum(['number', 'asker', 'range', 'country', 'budget', 'stranger', 'country_closed']), hour: z.number().int(), day: z.number().int() })),
  /** `dayMax` null: no number of its own. */
  countries: z.array(z.object({ country: z.string(), hour: smsCountSchema, day: smsCountSchema, dayMax: z.number().int().nullable(), isLow: z.boolean() })),
});
export const smsStateSchema = smsReportSchema.extend({ budget: smsBudgetSchema, guard: smsGuardSchema });
export type SmsState = z.infer<typeof smsStateSchema>;
