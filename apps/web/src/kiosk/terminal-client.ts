// The terminal API as the till uses it: everything after the activation is signed with the till's own key.
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { lookTicketSchema, type LookTicket, type PublicJwk } from '@sonrisa/protocol/capture.ts';
import type { CaptureSigner } from '@sonrisa/protocol/burst.ts';
import { createRequestSigner, type RequestSigner } from '@sonrisa/protocol/request-signature.ts';
import {
  activatedSchema,
  inviteSchema,
  lookResultSchema,
  menuSchema,
  paymentViewSchema,
  terminalProfileSchema,
  type Invite,
  type LookResult,
  type PaymentView,
  type TerminalProfile,
} from '@sonrisa/protocol/terminal-api.ts';
import type { z } from 'zod';
import { ApiError, captureTimeoutMs, type Api } from '../api.ts';
import type { Menu } from './state.ts';

export type NewPayment = {
  amount: { amountMinor: string; currency: string };
  lines: { name: string; nameZh: string; quantity: number; unitAmountMinor: string }[];
};

/** Shorter than usual: the same key is asked again, and somebody is standing there. */
const confirmTimeoutMs = 6_000;

export type TerminalClient = ReturnType<typeof createTerminalClient>;

export type TerminalTools = { api: Api; signer: () => Promise<CaptureSigner>; now: () => number };

export function createTerminalClient({ api: unsigned, signer, now }: TerminalTools) {
  const api = signedApi({ api: unsigned, signer, now });
  const root = '/api/terminal';
  const of = (paymentId: string, rest = '') => `${root}/payments/${encodeURIComponent(paymentId)}${rest}`;
  return {
    activate: (code: string, publicJwk: PublicJwk): Promise<z.infer<typeof activatedSchema>> =>
      unsigned.request({ method: 'POST', path: `${root}/activations`, schema: activatedSchema, json: { code, publicJwk, kind: 'kiosk' } }),
    profile: (token: string): Promise<TerminalProfile> =>
      api.request({ method: 'GET', path: `${root}/profile`, schema: terminalProfileSchema, token }),
    menu: (token: string): Promise<Menu> => api.request({ method: 'GET', path: `${root}/menu`, schema: menuSchema, token }),
    createPayment: (token: string, json: NewPayment, idempotencyKey: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: `${root}/payments`, schema: paymentViewSchema, token, json, idempotencyKey }),
    readPayment: (token: string, paymentId: string): Promise<PaymentView> =>
      api.request({ method: 'GET', path: of(paymentId), schema: paymentViewSchema, token }),
    openLook: (token: string, paymentId: string, avoid: readonly ChallengeKind[]): Promise<LookTicket> =>
      api.request({ method: 'POST', path: of(paymentId, '/looks'), schema: lookTicketSchema, token, json: { avoid, clockMs: now() } }),
    sendCapture: (token: string, look: { paymentId: string; nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<LookResult> =>
      api.request({
        method: 'PUT',
        path: of(look.paymentId, `/looks/${encodeURIComponent(look.nonce)}/capture`),
        schema: lookResultSchema,
        token,
        bytes: look.sealed,
        timeoutMs: captureTimeoutMs,
      }),
    enterDigits: (token: string, paymentId: string, digits: string): Promise<LookResult> =>
      api.request({ method: 'POST', path: of(paymentId, '/digits'), schema: lookResultSchema, token, json: { digits } }),
    confirm: (token: string, { paymentId, nonce, pin }: { paymentId: string; nonce: string; pin: string | null }, idempotencyKey: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/confirm'), schema: paymentViewSchema, token, json: pin ? { nonce, pin } : { nonce }, idempotencyKey, timeoutMs: confirmTimeoutMs }),
    phonePin: (token: string, { paymentId, nonce, pin }: { paymentId: string; nonce: string; pin: string }, idempotencyKey: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/phone-pin'), schema: paymentViewSchema, token, json: { nonce, pin }, idempotencyKey, timeoutMs: confirmTimeoutMs }),
    sendSmsCode: (token: string, { paymentId, nonce }: { paymentId: string; nonce: string }): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/sms-code'), schema: paymentViewSchema, token, json: { nonce } }),
    paySmsCode: (token: string, { paymentId, nonce, code }: { paymentId: string; nonce: string; code: string }, idempotencyKey: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/sms-code/pay'), schema: paymentViewSchema, token, json: { nonce, code }, idempotencyKey, timeoutMs: confirmTimeoutMs }),
    payByCode: (token: string, { paymentId, code }: { paymentId: string; code: string }, idempotencyKey: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/code'), schema: paymentViewSchema, token, json: { code }, idempotencyKey, timeoutMs: confirmTimeoutMs }),
    notMe: (token: string, paymentId: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/not-me'), schema: paymentViewSchema, token }),
    cancel: (token: string, paymentId: string): Promise<PaymentView> =>
      api.request({ method: 'POST', path: of(paymentId, '/cancel'), schema: paymentViewSchema, token }),
    invite: (token: string, paymentId: string, json: { phone?: string; locale: 'zh' | 'en' }): Promise<Invite> =>
      api.request({ method: 'POST', path: of(paymentId, '/invites'), schema: inviteSchema, token, json }),
    readInvite: (token: string, paymentId: string, inviteId: string): Promise<Invite> =>
      api.request({ method: 'GET', path: of(paymentId, `/invites/${encodeURIComponent(inviteId)}`), schema: inviteSchema, token }),
  };
}

// A till's clock may be off: the server says its own time once, and what is signed from then on goes by that.
function signedApi({ api, signer, now }: TerminalTools): Api {
  let opened: Promise<RequestSigner> | undefined;
  // A key store that did not open may open for the next request.
  const open = (): Promise<RequestSigner> =>
    (opened ??= signer().then(
      (device) => createRequestSigner({ signer: device, nowMs: now }),
      (error: unknown) => {
        opened = undefined;
        throw error;
      },
    ));
  return {
    async request(input) {
      const requestSigner = await open();
      try {
        return await api.request({ ...input, sign: requestSigner.sign });
      } catch (error) {
        const serverTimeMs = error instanceof ApiError && error.code === 'signature_stale' ? error.facts['serverTimeMs'] : undefined;
        if (typeof serverTimeMs !== 'number') throw error;
        requestSigner.followClock(serverTimeMs);
        return api.request({ ...input, sign: requestSigner.sign });
      }
    },
  };
}
