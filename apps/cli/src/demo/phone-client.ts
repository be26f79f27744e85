// A shopper's phone without a screen: enrols and tops up through the public phone API.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { outboxSchema } from '@sonrisa/protocol/back-office-api.ts';
import { lookTicketSchema } from '@sonrisa/protocol/capture.ts';
import { enrolmentTextSchema, enrolmentViewSchema, meSchema, phoneKeysSchema, startedEnrolmentSchema, topUpResultSchema } from '@sonrisa/protocol/phone-api.ts';
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { createApi } from './api.ts';
import { createDeviceKey } from './device-key.ts';
import { sealLook } from './look.ts';
import type { Frames } from './terminal-client.ts';

export type PhoneClient = Awaited<ReturnType<typeof createPhone>>;
export type StartedEnrolment = z.infer<typeof startedEnrolmentSchema>;

export async function createPhone({ url }: { url: string }) {
  const api = createApi({ url });
  const device = await createDeviceKey();
  const keys = await api.ask({ path: '/api/phone/keys' }, phoneKeysSchema);
  const step = (enrolment: StartedEnrolment, rest: string, json: unknown): Promise<EnrolmentView> =>
    api.ask({ path: `/api/phone/enrolments/${enrolment.id}${rest}`, token: enrolment.token, json }, enrolmentViewSchema);

  const openLook = (enrolment: StartedEnrolment) =>
    api.ask({ path: `/api/phone/enrolments/${enrolment.id}/looks`, token: enrolment.token, json: { signer: device.publicJwk } }, lookTicketSchema);
  const seal = (input: { enrolment: StartedEnrolment; nonce: string; frames: Frames }) =>
    sealLook({ ...input, purpose: 'enrolment', subjectId: input.enrolment.id, device, vaultKey: keys.vaultKey.jwk, nowMs: Date.now() });
  const sendCapture = (input: { enrolment: StartedEnrolment; nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<EnrolmentView> =>
    api.ask(
      { method: 'PUT', path: `/api/phone/enrolments/${input.enrolment.id}/looks/${input.nonce}/capture`, token: input.enrolment.token, bytes: input.sealed },
      enrolmentViewSchema,
    );
  const start = (input: { phone: string; name: string; locale?: 'zh' | 'en'; inviteId?: string }): Promise<StartedEnrolment> =>
    api.ask({ path: '/api/phone/enrolments', json: input }, startedEnrolmentSchema);
  const consent = async (enrolment: StartedEnrolment, locale: 'zh' | 'en' = 'zh'): Promise<EnrolmentView> => {
    const { version, adultAgeYears: statedAgeMin } = await api.ask({ path: `/api/phone/consent?locale=${locale}` }, enrolmentTextSchema);
    return step(enrolment, '/consent', { version, locale, agreedToService: true, agreedToFace: true, statedAgeMin });
  };
  const capture = async (enrolment: StartedEnrolment, takeBurst: (count: number) => Promise<Frames>): Promise<EnrolmentView> => {
    const ticket = await openLook(enrolment);
    const sealed = await seal({ enrolment, nonce: ticket.nonce, frames: await takeBurst(ticket.framesWanted) });
    return sendCapture({ enrolment, nonce: ticket.nonce, sealed });
  };
  const setPin = async (enrolment: StartedEnrolment, pin: string): Promise<EnrolmentView> =>
    step(enrolment, '/pin', { pin: await sealPin({ pin, subjectId: enrolment.id, sealedAtMs: Date.now(), serverKey: keys.serverKey.jwk }) });
  const readCode = (phone: string, afterMs = 0): Promise<string> => codeFromOutbox({ url, phone, afterMs });

  return {
    api, device, keys, start, openLook, seal, sendCapture, consent, capture, setPin, readCode,
    enterCode: (enrolment: StartedEnrolment, code: string) => step(enrolment, '/code', { code }),
    resend: (enrolment: StartedEnrolment) => step(enrolment, '/resend', {}),
    enrolment: (enrolment: StartedEnrolment) => api.ask({ path: `/api/phone/enrolments/${enrolment.id}`, token: enrolment.token }, enrolmentViewSchema),
    /** All steps; answers with the session of the opened account. */
    enrol: async (input: { phone: string; name: string; pin: string; inviteId?: string; takeBurst: (count: number) => Promise<Frames> }): Promise<Owner> => {
      const { pin, takeBurst, ...who } = input;
      const enrolment = await start(who);
      await step(enrolment, '/code', { code: await readCode(who.phone) });
      await consent(enrolment);
      await capture(enrolment, takeBurst);
      const { session } = await setPin(enrolment, pin);
      if (!session) throw new Error('the enrolment opened no session');
      return { phone: who.phone, pin, session: session.token };
    },
    me: (session: string) => api.ask({ path: '/api/phone/me', token: session }, meSchema),
    topUp: (session: string, amount: { amountMinor: string; currency: string }, idempotencyKey: string = randomUUID()) =>
      api.ask({ path: '/api/phone/top-ups', token: session, json: { amount, source: 'test_bank' }, idempotencyKey }, topUpResultSchema),
  };
}

export type Owner = { readonly phone: string; readonly pin: string; readonly session: string };

const outboxPatienceMs = 10_000;
const outboxPollIntervalMs = 50;

/** The newest six-digit code sent to a number; sending is asynchronous, so this waits a little. */
export async function codeFromOutbox({ url, phone, afterMs = 0 }: { url: string; phone: string; afterMs?: number }): Promise<string> {
  const api = createApi({ url });
  const deadline = performance.now() + outboxPatienceMs;
  while (performance.now() < deadline) {
    const { messages } = await api.ask({ path: `/api/sandbox/outbox?phone=${encodeURIComponent(phone)}&limit=20` }, outboxSchema);
    const newest = messages.filter((message) => message.sentAtMs >= afterMs).sort((a, b) => b.sentAtMs - a.sentAtMs);
    const code = newest.map(({ text }) => /\b(\d{6})\b/.exec(text)?.[1]).find((found) => found !== undefined);
    if (code !== undefined) return code;
    await sleep(outboxPollIntervalMs);
  }
  throw new Error(`no code for ${phone} arrived in the outbox`);
}
