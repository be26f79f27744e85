// The phone API as this app uses it.
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { lookTicketSchema, type LookTicket, type PublicJwk } from '@sonrisa/protocol/capture.ts';
import { closedReceiptSchema, closingSchema, type CloseAccount, type ClosedReceipt, type Closing } from '@sonrisa/protocol/close-account-api.ts';
import { bankAccountSchema, withdrawalSchema } from '@sonrisa/protocol/money-api.ts';
import { exportSchema, myFaceSchema, type ConsentAgain, type Export, type MyFace, type OpenNewLook } from '@sonrisa/protocol/my-face-api.ts';
import {
  enrolmentTextSchema,
  enrolmentViewSchema,
  meSchema,
  phoneKeysSchema,
  startedEnrolmentSchema,
  topUpResultSchema,
  type EnrolmentText,
  type EnrolmentView,
  type Me,
} from '@sonrisa/protocol/phone-api.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { z } from 'zod';
import { captureTimeoutMs, type Api, type Files } from '../api.ts';
import type { Language } from '../i18n/language.ts';
import type { Enrolment, PhoneKeys } from './state.ts';

export type PhoneClient = ReturnType<typeof createPhoneClient>;
type Who = { id: string; token: string };

const deviceKey = 'sonrisa.device';

/** `storage` keeps what the server knows this phone by, which outlives sessions. */
export function createPhoneClient(api: Api & Files, storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const root = '/api/phone';
  const step = (who: Who, rest: string, json?: unknown): Promise<EnrolmentView> =>
    api.request({ method: 'POST', path: `${root}/enrolments/${who.id}${rest}`, schema: enrolmentViewSchema, token: who.token, json });
  return {
    keys: (): Promise<PhoneKeys> => api.request({ method: 'GET', path: `${root}/keys`, schema: phoneKeysSchema }),
    consent: (locale: Language): Promise<EnrolmentText> =>
      api.request({ method: 'GET', path: `${root}/consent?locale=${locale}`, schema: enrolmentTextSchema }),
    async start(json: { phone: string; name: string; locale: Language; inviteId?: string; purpose?: 'new_number' }): Promise<Enrolment> {
      const known = storage.getItem(deviceKey);
      const { token, device, ...view } = await api.request({ method: 'POST', path: `${root}/enrolments`, schema: startedEnrolmentSchema, json: { ...json, ...(known === null ? {} : { device: known }) } });
      storage.setItem(deviceKey, device);
      return { token, view };
    },
    read: (who: Who): Promise<EnrolmentView> =>
      api.request({ method: 'GET', path: `${root}/enrolments/${who.id}`, schema: enrolmentViewSchema, token: who.token }),
    enterCode: (who: Who, code: string) => step(who, '/code', { code }),
    resend: (who: Who) => step(who, '/resend'),
    consentTo: (who: Who, json: { version: string; locale: Language; agreedToService: boolean; agreedToFace: boolean; statedAgeMin: number | null }) => step(who, '/consent', json),
    openLook: (who: Who, signer: PublicJwk, avoid: readonly ChallengeKind[]): Promise<LookTicket> =>
      api.request({ method: 'POST', path: `${root}/enrolments/${who.id}/looks`, schema: lookTicketSchema, token: who.token, json: { signer, avoid } }),
    sendCapture: (who: Who, look: { nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<EnrolmentView> =>
      api.request({
        method: 'PUT',
        path: `${root}/enrolments/${who.id}/looks/${encodeURIComponent(look.nonce)}/capture`,
        schema: enrolmentViewSchema,
        token: who.token,
        bytes: look.sealed,
        timeoutMs: captureTimeoutMs,
      }),
    setPin: (who: Who, pin: string) => step(who, '/pin', { pin }),
    me: (session: string): Promise<Me> => api.request({ method: 'GET', path: `${root}/me`, schema: meSchema, token: session }),
    topUp: (session: string, amount: WireAmount, idempotencyKey: string) =>
      api.request({ method: 'POST', path: `${root}/top-ups`, schema: topUpResultSchema, token: session, json: { amount, source: 'test_bank' }, idempotencyKey }),
    openNewLook: (session: string, json: OpenNewLook): Promise<LookTicket> =>
      api.request({ method: 'POST', path: `${root}/me/face/looks`, schema: lookTicketSchema, token: session, json }),
    sendNewLook: (session: string, look: { nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<Me> =>
      api.request({
        method: 'PUT',
        path: `${root}/me/face/looks/${encodeURIComponent(look.nonce)}/capture`,
        schema: meSchema,
        token: session,
        bytes: look.sealed,
        timeoutMs: captureTimeoutMs,
      }),
    forgetFace: (session: string): Promise<Me> => api.request({ method: 'DELETE', path: `${root}/me/face`, schema: meSchema, token: session }),
    myFace: (session: string): Promise<MyFace> => api.request({ method: 'GET', path: `${root}/me/face`, schema: myFaceSchema, token: session }),
    pauseFace: (session: string): Promise<Me> => api.request({ method: 'POST', path: `${root}/me/face/pause`, schema: meSchema, token: session }),
    resumeFace: (session: string): Promise<Me> => api.request({ method: 'POST', path: `${root}/me/face/resume`, schema: meSchema, token: session }),
    consentAgain: (session: string, json: ConsentAgain): Promise<MyFace> =>
      api.request({ method: 'POST', path: `${root}/me/face/consent`, schema: myFaceSchema, token: session, json }),
    closing: (session: string): Promise<Closing> => api.request({ method: 'GET', path: `${root}/me/closing`, schema: closingSchema, token: session }),
    close: (session: string, json: CloseAccount, idempotencyKey: string): Promise<ClosedReceipt> =>
      api.request({ method: 'POST', path: `${root}/me/close`, schema: closedReceiptSchema, token: session, json, idempotencyKey }),
    closedReceipt: (id: string): Promise<ClosedReceipt> => api.request({ method: 'GET', path: `${root}/closings/${id}`, schema: closedReceiptSchema }),
    setBankAccount: (session: string, json: { holder: string; number: string; bic: null; currency: string }, idempotencyKey: string) =>
      api.request({ method: 'PUT', path: `${root}/bank-account`, schema: bankAccountSchema, token: session, json, idempotencyKey }),
    withdraw: (session: string, amount: WireAmount, idempotencyKey: string) =>
      api.request({ method: 'POST', path: `${root}/withdrawals`, schema: withdrawalSchema, token: session, json: { amount }, idempotencyKey }),
    takeOutPdf: (session: string, locale: Language): Promise<Blob> => api.file({ path: `${root}/me/export.pdf?locale=${locale}`, token: session }),
    takeOut: (session: string): Promise<Export> => api.request({ method: 'GET', path: `${root}/me/export`, schema: exportSchema, token: session }),
    signOut: (session: string) => api.request({ method: 'POST', path: `${root}/sign-out`, schema: z.unknown(), token: session }),
  };
}
