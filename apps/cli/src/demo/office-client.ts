// The back offices as the demo and the tests need them: a merchant who refunds, an operator who reads the books.
import { randomUUID } from 'node:crypto';
import { merchantBalanceSchema, merchantPaymentSchema, operatorPaymentSchema, refundSchema, sandboxKeysSchema, trialBalanceSchema } from '@sonrisa/protocol/back-office-api.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { createApi } from './api.ts';

export type OfficeClient = Awaited<ReturnType<typeof openOffices>>;

export async function openOffices({ url }: { url: string }) {
  const api = createApi({ url });
  const keys = await api.ask({ path: '/api/sandbox/keys' }, sandboxKeysSchema);
  return {
    api,
    keys,
    refund: (paymentId: string, input: { amount?: WireAmount; reason: string; idempotencyKey?: string }) => {
      const { idempotencyKey = randomUUID(), ...json } = input;
      return api.ask({ path: `/api/merchant/payments/${paymentId}/refunds`, token: keys.merchantKey, json, idempotencyKey }, refundSchema);
    },
    merchantPayment: (paymentId: string) => api.ask({ path: `/api/merchant/payments/${paymentId}`, token: keys.merchantKey }, merchantPaymentSchema),
    merchantBalance: () => api.ask({ path: '/api/merchant/balance', token: keys.merchantKey }, merchantBalanceSchema),
    trialBalance: () => api.ask({ path: '/api/operator/trial-balance', token: keys.operatorToken }, trialBalanceSchema),
    paymentStory: (paymentId: string) => api.ask({ path: `/api/operator/payments/${paymentId}`, token: keys.operatorToken }, operatorPaymentSchema),
  };
}
