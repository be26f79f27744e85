// What the signed-in phone asks for itself: requests of tills, passkeys, notices, payment codes, limits.
import type { RemovePasskey } from '@sonrisa/protocol/owner-proof.ts';
import { myCaseSchema, type MyCase } from '@sonrisa/protocol/cases-api.ts';
import { pushKeySchema, type PushSubscription } from '@sonrisa/protocol/push-api.ts';
import { limitNonceSchema, myLimitsSchema, type LimitKind, type MyLimits, type SetLimit } from '@sonrisa/protocol/limits-api.ts';
import { paymentCodeKeySchema, type PaymentCodeKey } from '@sonrisa/protocol/payment-code.ts';
import {
  noticesSchema,
  passkeyCreationSchema,
  passkeysSchema,
  phoneAnswerSchema,
  phoneRequestsSchema,
  type Approve,
  type Notices,
  type PhoneAnswer,
  type PhoneRequests,
} from '@sonrisa/protocol/phone-request-api.ts';
import { z } from 'zod';
import type { Api } from '../api.ts';

export type OwnPhoneClient = ReturnType<typeof createOwnPhoneClient>;

export function createOwnPhoneClient(api: Api) {
  const root = '/api/phone/me';
  return {
    requests: (token: string): Promise<PhoneRequests> => api.request({ method: 'GET', path: `${root}/requests`, schema: phoneRequestsSchema, token }),
    approve: (token: string, id: string, json: Approve, idempotencyKey: string): Promise<PhoneAnswer> =>
      api.request({ method: 'POST', path: `${root}/requests/${encodeURIComponent(id)}/approve`, schema: phoneAnswerSchema, token, json, idempotencyKey }),
    deny: (token: string, id: string, why: 'denied' | 'not_me'): Promise<PhoneAnswer> =>
      api.request({ method: 'POST', path: `${root}/requests/${encodeURIComponent(id)}/deny`, schema: phoneAnswerSchema, token, json: { why } }),
    undo: (token: string, paymentId: string, idempotencyKey: string): Promise<PhoneAnswer> =>
      api.request({ method: 'POST', path: `${root}/payments/${paymentId}/undo`, schema: phoneAnswerSchema, token, idempotencyKey }),
    notMe: (token: string, paymentId: string, idempotencyKey: string): Promise<MyCase> =>
      api.request({ method: 'POST', path: `${root}/payments/${paymentId}/not-me`, schema: myCaseSchema, token, idempotencyKey }),
    notices: (token: string): Promise<Notices> => api.request({ method: 'GET', path: `${root}/notices`, schema: noticesSchema, token }),
    noticesSeen: (token: string, untilMs: number) => api.request({ method: 'POST', path: `${root}/notices/seen`, schema: z.unknown(), token, json: { untilMs } }),
    askPhoneFrom: (token: string, amountMinor: string | null) =>
      api.request({ method: 'PUT', path: `${root}/ask-phone-from`, schema: z.unknown(), token, json: { amountMinor } }),
    smsNotices: (token: string, on: boolean) => api.request({ method: 'PUT', path: `${root}/sms-notices`, schema: z.unknown(), token, json: { on } }),
    paymentCode: (token: string): Promise<PaymentCodeKey> => api.request({ method: 'POST', path: `${root}/payment-code`, schema: paymentCodeKeySchema, token }),
    pushKey: (token: string) => api.request({ method: 'GET', path: `${root}/push`, schema: pushKeySchema, token }),
    pushSubscribe: (token: string, json: PushSubscription) => api.request({ method: 'POST', path: `${root}/push`, schema: z.unknown(), token, json }),
    pushRemove: (token: string, endpoint: string) => api.request({ method: 'POST', path: `${root}/push/remove`, schema: z.unknown(), token, json: { endpoint } }),
    limits: (token: string): Promise<MyLimits> => api.request({ method: 'GET', path: `${root}/limits`, schema: myLimitsSchema, token }),
    setLimit: (token: string, kind: LimitKind, json: SetLimit, idempotencyKey: string): Promise<MyLimits> =>
      api.request({ method: 'PUT', path: `${root}/limits/${kind}`, schema: myLimitsSchema, token, json, idempotencyKey }),
    cancelRaise: (token: string, kind: LimitKind, idempotencyKey: string): Promise<MyLimits> =>
      api.request({ method: 'DELETE', path: `${root}/limits/${kind}/raise`, schema: myLimitsSchema, token, idempotencyKey }),
    limitNonce: (token: string) => api.request({ method: 'POST', path: `${root}/limits/nonce`, schema: limitNonceSchema, token }),
    passkeys: (token: string) => api.request({ method: 'GET', path: `${root}/passkeys`, schema: passkeysSchema, token }),
    passkeyOptions: (token: string, pin: string | null) =>
      api.request({ method: 'POST', path: `${root}/passkeys/options`, schema: passkeyCreationSchema, token, json: pin === null ? {} : { pin } }),
    addPasskey: (token: string, json: { name: string; response: unknown }) =>
      api.request({ method: 'POST', path: `${root}/passkeys`, schema: passkeysSchema, token, json }),
    removePasskey: (token: string, json: RemovePasskey) => api.request({ method: 'POST', path: `${root}/passkeys/remove`, schema: passkeysSchema, token, json }),
  };
}
