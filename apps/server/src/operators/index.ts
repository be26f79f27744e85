// The operator: whoever runs this installation. Sees whether the books add up and the story of any payment.
import { timingSafeEqual } from 'node:crypto';
import type { AuditCheckpoints, AuditState, ConsistencyProof, InclusionProofs, TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { AuditLog, Auditor, Books } from '../books/index.ts';
import type { OperatorPayment, Payments } from '../payments/index.ts';
import type { Acts } from './acts.ts';
import type { People } from './people.ts';

export { createActs, type Acts } from './acts.ts';
export { createPeople, type People } from './people.ts';

/** Null: the installation's own token, which says nothing about who holds it. */
export type OperatorPrincipal = { readonly personId: string | null };

export type Operators = {
  /** Throws `unauthorised`. */
  authenticate(token: string): Promise<OperatorPrincipal>;
  people: Pick<People, 'add' | 'list'>;
  acts: Acts;
  trialBalance(): Promise<TrialBalance>;
  story(paymentId: string): Promise<OperatorPayment>;
  /** Of the last days, all merchants. */
  ways(days: number): ReturnType<Payments['ways']>;
  audit(): Promise<AuditState>;
  /** Recomputes everything; when it adds up, money moves again. */
  runAudit(): Promise<{ atMs: number; findings: string[] }>;
  checkpoints(input: { limit: number }): Promise<AuditCheckpoints>;
  consistency(sizes: { from: number; to: number }): Promise<ConsistencyProof>;
  inclusion(paymentId: string): Promise<InclusionProofs>;
  /** Face + PIN of this payer works again after too many wrong PINs. Throws `not_found`. */
  clearFacePinLock(payerId: string): Promise<void>;
  /** Faces pay at this terminal or store again after too many wrong PINs and digits there. Throws `not_found`. */
  clearTillAttempts: Payments['clearTillAttempts'];
};

export type OperatorDeps = {
  people: People;
  acts: Acts;
  clock: Clock;
  tokens: Tokens;
  books: Books;
  auditor: Auditor;
  auditLog: AuditLog;
  payments: Pick<Payments, 'story' | 'ways' | 'clearFacePinLock' | 'clearTillAttempts'>;
  /** Undefined where nobody is an operator by token. */
  operatorToken: string | undefined;
};

export function createOperators({ people, acts, clock, tokens, books, auditor, auditLog, payments, operatorToken }: OperatorDeps): Operators {
  const expected = operatorToken === undefined ? undefined : Buffer.from(tokens.hash(operatorToken));
  return {
    authenticate: async (token) => {
      if (expected && timingSafeEqual(expected, Buffer.from(tokens.hash(token)))) return { personId: null };
      const personId = await people.byToken(token);
      if (personId === undefined) throw new ProblemError('unauthorised');
      return { personId };
    },
    people,
    acts,
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
    ways: (days) => payments.ways({ days }),
    clearFacePinLock: (payerId) => payments.clearFacePinLock(payerId),
    clearTillAttempts: (input) => payments.clearTillAttempts(input),
  };
}
