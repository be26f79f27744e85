// The operator API as the back office's pages use it.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { faceCountSchema, sandboxKeysSchema, smsStateSchema, waysSchema, type FaceCount, type SmsState, type Ways } from '@sonrisa/protocol/back-office-api.ts';
import { faceCaseSchema, faceCasesSchema, type CaseFinding, type FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { faceReviewSchema, faceReviewsSchema, type CloseFaceReview, type FaceReview, type FaceReviews } from '@sonrisa/protocol/face-reviews-api.ts';
import { proposalSchema, type Proposal } from '@sonrisa/protocol/money-api.ts';
import { riskDecisionsSchema, type RiskDecision } from '@sonrisa/protocol/risk-api.ts';
import { ApiError, type Api } from '../api.ts';
import { createRiskClient } from './risk/risk-client.ts';
import type { CaseState } from './route.ts';
import { createShopsClient } from './shops/shops-client.ts';
import { createTerminalsClient } from './terminals/terminals-client.ts';
import { createTrailClient } from './trail/trail-client.ts';

export type DisputeSource = 'payer' | 'merchant' | 'insurer';
export type SandboxPerson = { readonly name: string; readonly token: string };
export type OperatorClient = ReturnType<typeof createOperatorClient>;

/** As many as the server gives at once. */
export const casesMax = 200;

export function createOperatorClient(api: Api) {
  const root = '/api/operator';
  return {
    ...createRiskClient(api),
    ...createShopsClient(api),
    ...createTerminalsClient(api),
    ...createTrailClient(api),
    cases: async (token: string, state: CaseState): Promise<FaceCase[]> =>
      (await api.request({ method: 'GET', path: `${root}/cases?state=${state}&limit=${casesMax}`, schema: faceCasesSchema, token })).cases,
    case: (token: string, id: string): Promise<FaceCase> => api.request({ method: 'GET', path: `${root}/cases/${encodeURIComponent(id)}`, schema: faceCaseSchema, token }),
    decisions: async (token: string, paymentId: string): Promise<RiskDecision[]> =>
      (await api.request({ method: 'GET', path: `${root}/payments/${paymentId}/risk`, schema: riskDecisionsSchema, token })).decisions,
    closeCase: (token: string, id: string, json: { finding: CaseFinding; note: string }, idempotencyKey: string): Promise<FaceCase> =>
      api.request({ method: 'POST', path: `${root}/cases/${id}/close`, schema: faceCaseSchema, token, json, idempotencyKey }),
    giveBack: (token: string, json: { paymentId: string; reason: string }, idempotencyKey: string): Promise<Proposal> =>
      api.request({ method: 'POST', path: `${root}/disputes`, schema: proposalSchema, token, json, idempotencyKey }),
    recover: (token: string, disputeId: string, json: { from: DisputeSource; amount: WireAmount; loseRest: boolean; reason: string }, idempotencyKey: string): Promise<Proposal> =>
      api.request({ method: 'POST', path: `${root}/disputes/${disputeId}/recoveries`, schema: proposalSchema, token, json, idempotencyKey }),
    bookLoss: (token: string, disputeId: string, json: { reason: string }, idempotencyKey: string): Promise<Proposal> =>
      api.request({ method: 'POST', path: `${root}/disputes/${disputeId}/loss`, schema: proposalSchema, token, json, idempotencyKey }),
    faceReviews: (token: string, state: CaseState): Promise<FaceReviews> =>
      api.request({ method: 'GET', path: `${root}/face-reviews?state=${state}&limit=${casesMax}`, schema: faceReviewsSchema, token }),
    closeFaceReview: (token: string, id: string, json: CloseFaceReview, idempotencyKey: string): Promise<FaceReview> =>
      api.request({ method: 'POST', path: `${root}/face-reviews/${id}/close`, schema: faceReviewSchema, token, json, idempotencyKey }),
    sms: (token: string): Promise<SmsState> => api.request({ method: 'GET', path: `${root}/sms`, schema: smsStateSchema, token }),
    faceCount: (token: string): Promise<FaceCount> => api.request({ method: 'GET', path: `${root}/faces`, schema: faceCountSchema, token }),
    ways: (token: string, days: number): Promise<Ways> => api.request({ method: 'GET', path: `${root}/ways?days=${days}`, schema: waysSchema, token }),
    /** None in production, which has no keys to show. */
    sandboxPeople: async (): Promise<SandboxPerson[]> => {
      try {
        return (await api.request({ method: 'GET', path: '/api/sandbox/keys', schema: sandboxKeysSchema })).people;
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not_found') return [];
        throw error;
      }
    },
  };
}
