// The operator: whoever runs this installation. Sees whether the books add up and the story of any payment.
import { timingSafeEqual } from 'node:crypto';
import type { AuditCheckpoints, AuditState, ConsistencyProof, InclusionProofs, TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { AuditLog, Auditor, Books } from '../books/index.ts';
import type { OperatorPayment, Payments } from '../payments/index.ts';

export type Operators = {
  /** Throws `unauthorised`. */
  authenticate(token: string): void;
  trialBalance(): Promise<TrialBalance>;
  story(paymentId: string): Promise<OperatorPayment>;
  audit(): Promise<AuditState>;
  /** Recomputes everything; when it adds up, money moves again. */
  runAudit(): Promise<{ atMs: number; findings: string[] }>;
  checkpoints(input: { limit: number }): Promise<AuditCheckpoints>;
  consistency(sizes: { from: number; to: number }): Promise<ConsistencyProof>;
  inclusion(paymentId: string): Promise<InclusionProofs>;
  /** Face + PIN of this payer works again after too many wrong PINs. Throws `not_found`. */
  clearFacePinLock(payerId: string): Promise<void>;
};

export type OperatorDeps = {
  clock: Clock;
  tokens: Tokens;
  books: Books;
  auditor: Auditor;
  auditLog: AuditLog;
  payments: Pick<Payments, 'story' | 'clearFacePinLock'>;
  /** Undefined where nobody is an operator by token. */
  operatorToken: string | undefined;
};

export function createOperators({ clock, tokens, books, auditor, auditLog, payments, operatorToken }: OperatorDeps): Operators {
  const expected = operatorToken === undefined ? undefined : Buffer.from(tokens.hash(operatorToken));
  return {
    authenticate: (token) => {
      if (!expected || !timingSafeEqual(expected, Buffer.from(tokens.hash(token)))) throw new ProblemError('unauthorised');
    },
    trialBalance: () => books.trialBalance(clock.nowMs()),
    audit: () => auditor.state(),
    runAudit: async () => {
      const atMs = clock.nowMs();
      return { atMs, findings: await auditor.run(atMs) };
    },
    checkpoints: (input) => auditLog.checkpoints(input),
    consistency: (sizes) => auditLog.consistency(sizes),
    inclusion: (paymentId) => auditLog.inclusion(paymentId),
    story: (paymentId) => payments.story(paymentId),
    clearFacePinLock: (payerId) => payments.clearFacePinLock(payerId),
  };
}
