// What a guardian's phone asks about their children.
import { allowanceResultSchema, childrenSchema, childViewSchema, type AddChild, type AllowanceResult, type Children, type ChildView, type ConsentForChild } from '@sonrisa/protocol/children-api.ts';
import { lookTicketSchema, type LookTicket } from '@sonrisa/protocol/capture.ts';
import { myCaseSchema, type MyCase } from '@sonrisa/protocol/cases-api.ts';
import type { LimitKind, SetLimit } from '@sonrisa/protocol/limits-api.ts';
import { consentTextSchema, type ConsentText } from '@sonrisa/protocol/phone-api.ts';
import type { OpenNewLook } from '@sonrisa/protocol/my-face-api.ts';
import { phoneAnswerSchema, type PhoneAnswer } from '@sonrisa/protocol/phone-request-api.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { captureTimeoutMs, type Api } from '../../api.ts';
import type { Language } from '../../i18n/language.ts';

export type ChildrenClient = ReturnType<typeof createChildrenClient>;
type OfPayment = { childId: string; paymentId: string };

export function createChildrenClient(api: Api) {
  const root = '/api/phone/me/children';
  type Change = { method: 'POST' | 'PUT' | 'DELETE'; path: string; json?: unknown; idempotencyKey?: string };
  const change = (token: string, childId: string, { path, ...rest }: Change): Promise<ChildView> => api.request({ path: `${root}/${childId}${path}`, schema: childViewSchema, token, ...rest });
  return {
    list: (token: string): Promise<Children> => api.request({ method: 'GET', path: root, schema: childrenSchema, token }),
    consent: (token: string, locale: Language): Promise<ConsentText> => api.request({ method: 'GET', path: `${root}/consent?locale=${locale}`, schema: consentTextSchema, token }),
    add: (token: string, json: AddChild, idempotencyKey: string): Promise<ChildView> => api.request({ method: 'POST', path: root, schema: childViewSchema, token, json, idempotencyKey }),
    read: (token: string, childId: string): Promise<ChildView> => api.request({ method: 'GET', path: `${root}/${childId}`, schema: childViewSchema, token }),
    consentAnew: (token: string, childId: string, json: ConsentForChild, idempotencyKey: string) => change(token, childId, { method: 'POST', path: '/consent', json, idempotencyKey }),
    openLook: (token: string, childId: string, json: OpenNewLook): Promise<LookTicket> =>
      api.request({ method: 'POST', path: `${root}/${childId}/looks`, schema: lookTicketSchema, token, json }),
    sendLook: (token: string, childId: string, look: { nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<ChildView> =>
      api.request({ method: 'PUT', path: `${root}/${childId}/looks/${encodeURIComponent(look.nonce)}/capture`, schema: childViewSchema, token, bytes: look.sealed, timeoutMs: captureTimeoutMs }),
    allow: (token: string, childId: string, amount: WireAmount, idempotencyKey: string): Promise<AllowanceResult> =>
      api.request({ method: 'POST', path: `${root}/${childId}/allowance`, schema: allowanceResultSchema, token, json: { amount }, idempotencyKey }),
    setLimit: (token: string, childId: string, { kind, json }: { kind: LimitKind; json: SetLimit }, idempotencyKey: string) =>
      change(token, childId, { method: 'PUT', path: `/limits/${kind}`, json, idempotencyKey }),
    cancelRaise: (token: string, childId: string, kind: LimitKind) => change(token, childId, { method: 'DELETE', path: `/limits/${kind}/raise` }),
    pause: (token: string, childId: string) => change(token, childId, { method: 'POST', path: '/pause' }),
    resume: (token: string, childId: string) => change(token, childId, { method: 'POST', path: '/resume' }),
    erase: (token: string, childId: string) => change(token, childId, { method: 'DELETE', path: '/face' }),
    close: (token: string, childId: string, idempotencyKey: string) => change(token, childId, { method: 'POST', path: '/close', idempotencyKey }),
    undo: (token: string, { childId, paymentId }: OfPayment, idempotencyKey: string): Promise<PhoneAnswer> =>
      api.request({ method: 'POST', path: `${root}/${childId}/payments/${paymentId}/undo`, schema: phoneAnswerSchema, token, idempotencyKey }),
    notMe: (token: string, { childId, paymentId }: OfPayment, idempotencyKey: string): Promise<MyCase> =>
      api.request({ method: 'POST', path: `${root}/${childId}/payments/${paymentId}/not-me`, schema: myCaseSchema, token, idempotencyKey }),
  };
}
