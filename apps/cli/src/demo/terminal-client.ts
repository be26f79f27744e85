// A terminal without a screen: speaks the public terminal API as the kiosk does.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { lookTicketSchema } from '@sonrisa/protocol/capture.ts';
import type { PublicJwk } from '@sonrisa/protocol/capture.ts';
import { createRequestSigner } from '@sonrisa/protocol/request-signature.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { activatedSchema, inviteSchema, lookResultSchema, menuSchema, paymentViewSchema } from '@sonrisa/protocol/terminal-api.ts';
import type { Invite, LookResult, PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { createApi, type Api } from './api.ts';
import { createDeviceKey } from './device-key.ts';
import type { DeviceKey } from './device-key.ts';
import { sealLook } from './look.ts';
import type { SealedLook } from './look.ts';

export type Line = { name: string; quantity: number; unitAmountMinor: string };
export type LookTicket = z.infer<typeof lookTicketSchema>;
export type Frames = readonly Uint8Array<ArrayBuffer>[];

export type TerminalClient = Awaited<ReturnType<typeof activateTerminal>>;

export async function activateTerminal({ url, activationCode }: { url: string; activationCode: string }) {
  const unsigned = createApi({ url });
  const device = await createDeviceKey();
  const signer = createRequestSigner({ signer: device.signer, nowMs: () => Date.now() });
  const api: Api = {
    ask: (request, schema) => unsigned.ask({ signer, ...request }, schema),
    raw: (request) => unsigned.raw({ signer, ...request }),
  };
  const activation = { code: activationCode, publicJwk: device.publicJwk, kind: 'kiosk' };
  const profile = await api.ask({ path: '/api/terminal/activations', json: activation }, activatedSchema);
  const token = profile.token;
  const at = (paymentId: string, rest = '') => `/api/terminal/payments/${paymentId}${rest}`;
  const payment = (path: string, json?: unknown, idempotencyKey?: string): Promise<PaymentView> =>
    api.ask({ path, token, ...(json === undefined ? {} : { json }), ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }, paymentViewSchema);
  const openLook = (paymentId: string): Promise<LookTicket> => api.ask({ path: at(paymentId, '/looks'), token, json: {} }, lookTicketSchema);
  const seal = (input: { paymentId: string; nonce: string; frames: Frames }): Promise<SealedLook> =>
    sealLook({ ...input, purpose: 'payment', subjectId: input.paymentId, device, vaultKey: profile.vaultKey.jwk, nowMs: Date.now() });
  const sendCapture = (input: { paymentId: string; nonce: string; sealed: SealedLook }): Promise<LookResult> =>
    api.ask({ method: 'PUT', path: at(input.paymentId, `/looks/${input.nonce}/capture`), token, bytes: input.sealed }, lookResultSchema);

  return {
    api,
    token,
    profile,
    device: device as DeviceKey,
    menu: () => api.ask({ path: '/api/terminal/menu', token }, menuSchema),
    createPayment: (input: { amountMinor: string; currency?: string; lines?: readonly Line[]; idempotencyKey?: string }) =>
      payment(
        '/api/terminal/payments',
        { amount: { amountMinor: input.amountMinor, currency: input.currency ?? profile.currency }, lines: input.lines ?? [] },
        input.idempotencyKey ?? randomUUID(),
      ),
    payment: (paymentId: string) => payment(at(paymentId)),
    openLook,
    seal,
    sendCapture,
    /** One look, as the kiosk takes it: nonce, burst, sealed capture. */
    look: async (paymentId: string, takeBurst: (count: number) => Promise<Frames>): Promise<LookResult> => {
      const ticket = await openLook(paymentId);
      const sealed = await seal({ paymentId, nonce: ticket.nonce, frames: await takeBurst(ticket.framesWanted) });
      return sendCapture({ paymentId, nonce: ticket.nonce, sealed });
    },
    // The answer to digits is a look's answer or the payment; both carry the payment.
    digits: async (paymentId: string, digits: string): Promise<PaymentView> => {
      const answer = await api.ask({ path: at(paymentId, '/digits'), token, json: { digits } }, z.union([lookResultSchema, paymentViewSchema]));
      return 'payment' in answer ? answer.payment : answer;
    },
    /** Pay of the person `shown`: the payment as the till showed it when Pay was pressed. */
    confirm: async (shown: PaymentView, options: { pin?: string; idempotencyKey?: string } = {}): Promise<PaymentView> => {
      const paymentId = shown.id;
      const pin = options.pin === undefined ? undefined : await sealFor({ pin: options.pin, subjectId: paymentId, serverKey: profile.serverKey.jwk });
      return payment(at(paymentId, '/confirm'), { nonce: shown.payer?.nonce ?? 'nobody', ...(pin === undefined ? {} : { pin }) }, options.idempotencyKey ?? randomUUID());
    },
    notMe: (paymentId: string) => payment(at(paymentId, '/not-me'), {}),
    cancel: (paymentId: string) => payment(at(paymentId, '/cancel'), {}),
    invite: (paymentId: string, json: { phone?: string; locale?: 'zh' | 'en' } = {}): Promise<Invite> =>
      api.ask({ path: at(paymentId, '/invites'), token, json }, inviteSchema),
    readInvite: (paymentId: string, inviteId: string): Promise<Invite> => api.ask({ path: at(paymentId, `/invites/${inviteId}`), token }, inviteSchema),
  };
}

function sealFor(input: { pin: string; subjectId: string; serverKey: PublicJwk }): Promise<string> {
  return sealPin({ ...input, sealedAtMs: Date.now() });
}
