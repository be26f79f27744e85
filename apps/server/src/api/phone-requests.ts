// What tills ask a shopper's phone and how it answers, its passkeys, notices and payment codes (contract:
// packages/protocol/src/phone-request-api.ts). A session reaches its owner's only.
import { myCaseSchema } from '@sonrisa/protocol/cases-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { removePasskeySchema } from '@sonrisa/protocol/owner-proof.ts';
import { paymentCodeKeySchema } from '@sonrisa/protocol/payment-code.ts';
import {
  approveSchema,
  askPhoneFromSchema,
  denySchema,
  newPasskeySchema,
  noticesSchema,
  noticesSeenSchema,
  passkeyCreationSchema,
  passkeyOptionsSchema,
  passkeysSchema,
  phoneAnswerSchema,
  phoneRequestsSchema,
  setSmsNoticesSchema,
} from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Cases } from '../cases/index.ts';
import type { SignedIn } from '../enrolment/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { OwnProofs } from '../owner-proof/index.ts';
import type { Owners } from '../owners/index.ts';
import type { Passkeys } from '../passkeys/index.ts';
import type { PaymentCodes } from '../payment-codes/index.ts';
import type { Payments } from '../payments/index.ts';
import type { Recoveries } from '../recovery/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';
import { myLimitsRoutes, type MyLimitsRoutes } from './my-limits.ts';
import { myPushRoutes, type MyPushRoutes } from './my-push.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type PhoneRequestRoutes = {
  owners: Owners;
  payments: Pick<Payments, 'openRequests' | 'approve' | 'deny' | 'undo' | 'notices' | 'noticesSeen'>;
  passkeys: Passkeys;
  proofs: Pick<OwnProofs, 'checkPin'>;
  recoveries: Pick<Recoveries, 'requireCalm'>;
  limits: MyLimitsRoutes['limits'];
  pushes: MyPushRoutes['pushes'];
  cases: Pick<Cases, 'open'>;
  paymentCodes: Pick<PaymentCodes, 'issue'>;
  idempotency: Idempotency;
  clock: { nowMs(): number };
};

const ofRequest = z.object({ id: idSchema('phoneRequest') });
const tags = ['phone'];
const config = ordinary;

export const phoneRequestRoutes: FastifyPluginAsyncZod<PhoneRequestRoutes> = async (app, { owners, payments, passkeys, proofs, recoveries, paymentCodes, idempotency, clock, limits, cases, pushes }) => {
  const ownerOf = guard(app, (request) => owners.authenticate(bearerToken(request)));
  await app.register(askedRoutes, { payments, passkeys, idempotency, clock, ownerOf });
  await app.register(ownRoutes, { owners, payments, paymentCodes, ownerOf });
  await app.register(takeBackRoutes, { payments, cases, idempotency, ownerOf });
  await app.register(passkeyRoutes, { owners, proofs, passkeys, recoveries, ownerOf });
  await app.register(myLimitsRoutes, { limits, passkeys, ownerOf });
  await app.register(myPushRoutes, { pushes, owners, ownerOf });
};

type Inside<Need extends keyof PhoneRequestRoutes> = Pick<PhoneRequestRoutes, Need> & { ownerOf: (request: FastifyRequest) => SignedIn };

const askedRoutes: FastifyPluginAsyncZod<Inside<'payments' | 'passkeys' | 'idempotency' | 'clock'>> = async (app, { payments, passkeys, idempotency, clock, ownerOf }) => {
  app.get('/me/requests', {
    config,
    schema: { tags, summary: 'What waits for this phone now', response: { 200: phoneRequestsSchema } },
  }, async (request) => {
    const { payerId } = ownerOf(request);
    const [requests, known] = await Promise.all([payments.openRequests(payerId), passkeys.list(payerId)]);
    return { payerId, requests, passkeyIds: known.map(({ id }) => id), serverNowMs: clock.nowMs() };
  });
  app.post('/me/requests/:id/approve', {
    config,
    schema: {
      tags, summary: 'Yes, by passkey or PIN; the money moves in the answer',
      headers: idempotencyHeaders, params: ofRequest, body: approveSchema, response: { 200: phoneAnswerSchema },
    },
  }, (request, reply) => {
    const { payerId } = ownerOf(request);
    const work = () => payments.approve({ payerId, requestId: request.params.id, proof: request.body });
    return repeatable({ idempotency, principal: `payer:${payerId}`, request, reply, status: 200, schema: phoneAnswerSchema, work });
  });
  app.post('/me/requests/:id/deny', {
    config,
    schema: { tags, summary: 'No; or: that is somebody else', params: ofRequest, body: denySchema, response: { 200: phoneAnswerSchema } },
  }, (request) => payments.deny({ payerId: ownerOf(request).payerId, requestId: request.params.id, why: request.body.why }));
};

const takeBackRoutes: FastifyPluginAsyncZod<Inside<'payments' | 'cases' | 'idempotency'>> = async (app, { payments, cases, idempotency, ownerOf }) => {
  app.post('/me/payments/:id/undo', {
    config,
    schema: { tags, summary: 'Take a first payment by face back', headers: idempotencyHeaders, params: z.object({ id: idSchema('payment') }), response: { 200: phoneAnswerSchema } },
  }, (request, reply) => {
    const { payerId } = ownerOf(request);
    const work = () => payments.undo({ payerId, paymentId: request.params.id });
    return repeatable({ idempotency, principal: `payer:${payerId}`, request, reply, status: 200, schema: phoneAnswerSchema, work });
  });
  app.post('/me/payments/:id/not-me', {
    config,
    schema: { tags, summary: 'That was not me: money back, face at rest, a case', headers: idempotencyHeaders, params: z.object({ id: idSchema('payment') }), response: { 201: myCaseSchema } },
  }, (request, reply) => {
    const { payerId } = ownerOf(request);
    const work = () => cases.open({ payerId, paymentId: request.params.id });
    return repeatable({ idempotency, principal: `payer:${payerId}`, request, reply, status: 201, schema: myCaseSchema, work });
  });
};

const ownRoutes: FastifyPluginAsyncZod<Inside<'owners' | 'payments' | 'paymentCodes'>> = async (app, { owners, payments, paymentCodes, ownerOf }) => {
  app.get('/me/notices', {
    config,
    schema: { tags, summary: 'A row for each payment, newest first', response: { 200: noticesSchema } },
  }, (request) => payments.notices(ownerOf(request).payerId));
  app.post('/me/notices/seen', {
    config,
    schema: { tags, summary: 'They were looked at', body: noticesSeenSchema, response: { 204: z.null() } },
  }, async (request, reply) => {
    await payments.noticesSeen({ payerId: ownerOf(request).payerId, untilMs: request.body.untilMs });
    return reply.status(204).send(null);
  });
  app.put('/me/ask-phone-from', {
    config,
    schema: { tags, summary: 'From which amount on this phone is always asked', body: askPhoneFromSchema, response: { 204: z.null() } },
  }, async (request, reply) => {
    await owners.askPhoneFrom({ owner: ownerOf(request), amountMinor: request.body.amountMinor });
    return reply.status(204).send(null);
  });
  app.put('/me/sms-notices', {
    config,
    schema: { tags, summary: 'Text messages of larger payments where no push arrives', body: setSmsNoticesSchema, response: { 204: z.null() } },
  }, async (request, reply) => {
    await owners.smsNotices({ owner: ownerOf(request), on: request.body.on });
    return reply.status(204).send(null);
  });
  app.post('/me/payment-code', {
    config,
    schema: { tags, summary: 'A key to make payment codes from, for a few minutes', response: { 200: paymentCodeKeySchema } },
  }, (request) => paymentCodes.issue({ payerId: ownerOf(request).payerId, sessionToken: bearerToken(request) }));
};

const passkeyRoutes: FastifyPluginAsyncZod<Inside<'owners' | 'proofs' | 'passkeys' | 'recoveries'>> = async (app, { owners, proofs, passkeys, recoveries, ownerOf }) => {
  app.get('/me/passkeys', {
    config,
    schema: { tags, summary: 'The passkeys of this account', response: { 200: passkeysSchema } },
  }, async (request) => ({ passkeys: await passkeys.list(ownerOf(request).payerId) }));
  app.post('/me/passkeys/options', {
    config,
    schema: { tags, summary: 'What the browser needs to make a passkey', body: passkeyOptionsSchema, response: { 200: passkeyCreationSchema } },
  }, async (request) => {
    const owner = ownerOf(request);
    const { pin } = request.body;
    await recoveries.requireCalm(owner.payerId);
    if (pin !== undefined) await proofs.checkPin({ payerId: owner.payerId, sealedPin: pin });
    // A phone that was left lying about must not get a key to the wallet.
    else if (!owners.hasJustSignedIn(owner)) throw new ProblemError('pin_required');
    return { ...(await passkeys.creationOptions(owner.payerId)) };
  });
  app.post('/me/passkeys', {
    config,
    schema: { tags, summary: 'Keep a passkey', body: newPasskeySchema, response: { 201: passkeysSchema } },
  }, async (request, reply) => {
    const { payerId } = ownerOf(request);
    await passkeys.add({ payerId, passkey: request.body });
    return reply.status(201).send({ passkeys: await passkeys.list(payerId) });
  });
  // In the body: ids of security keys are longer than an address may be.
  app.post('/me/passkeys/remove', {
    config,
    schema: { tags, summary: 'Forget a passkey, by the PIN or another one', body: removePasskeySchema, response: { 200: passkeysSchema } },
  }, async (request) => {
    const { payerId } = ownerOf(request);
    const { id, proof } = request.body;
    if ('passkey' in proof && proof.passkey.id === id) throw new ProblemError('passkey_invalid');
    // Who finds a phone unlocked must not strip it of what asks for its owner.
    await owners.prove({ act: 'remove_passkey', payerId, subject: id, proof });
    await passkeys.remove({ payerId, id });
    return { passkeys: await passkeys.list(payerId) };
  });
};
