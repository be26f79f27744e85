// What a shopper's phone may ask (contract: packages/protocol/src/phone-api.ts). An enrolment's token reaches that
// enrolment only, a session its owner only.
import { lookTicketSchema, type PublicJwk } from '@sonrisa/protocol/capture.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import {
  addCardSchema,
  cardSchema,
  enrolmentConsentSchema,
  enrolmentTextSchema,
  enrolmentViewSchema,
  enterCodeSchema,
  localeSchema,
  meSchema,
  openEnrolmentLookSchema,
  phoneKeysSchema,
  setPinSchema,
  startEnrolmentSchema,
  startedEnrolmentSchema,
  topUpResultSchema,
  topUpSchema,
} from '@sonrisa/protocol/phone-api.ts';
import { askedRecoverySchema, askRecoverySchema, signInSchema } from '@sonrisa/protocol/recovery-api.ts';
import { openNewLookSchema } from '@sonrisa/protocol/my-face-api.ts';
import { bankAccountSchema, setBankAccountSchema, withdrawalSchema, withdrawSchema } from '@sonrisa/protocol/money-api.ts';
import type { VaultKeys } from '@sonrisa/protocol/vault-api.ts';
import { textSchema } from '@sonrisa/protocol/text.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readPhone, type Enrolments, type SignedIn } from '../enrolment/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { Owners } from '../owners/index.ts';
import type { Payouts } from '../payouts/index.ts';
import { closeAccountRoutes } from './close-account.ts';
import type { Recoveries } from '../recovery/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { createNumberLimit, ordinary, sensitive } from './limits.ts';
import { myAccountRoutes } from './my-account.ts';
import { myFaceRoutes } from './my-face.ts';
import { recoveryRoutes } from './recoveries.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';
import { captureConsumes, captureNonceMaxLength, sealedBody, takeSealedBodies } from './sealed-capture.ts';

export type PhoneRoutes = {
  mode: 'sandbox' | 'production';
  vault: { keys(): Promise<VaultKeys> };
  serverKey: { jwk: PublicJwk; thumbprint: string };
  enrolments: Enrolments;
  owners: Owners;
  recoveries: Recoveries;
  payouts: Pick<Payouts, 'setOwnBankAccount' | 'withdraw'>;
  idempotency: Idempotency;
};

const ofEnrolment = z.object({ id: idSchema('enrolment') });
const ofNonce = z.object({ nonce: textSchema({ max: captureNonceMaxLength }) });
const ofLook = ofEnrolment.extend(ofNonce.shape);
const tags = ['phone'];

export const phoneRoutes: FastifyPluginAsyncZod<PhoneRoutes> = async (app, { mode, vault, serverKey, enrolments, owners, recoveries, payouts, idempotency }) => {
  const limitNumber = createNumberLimit(app);
  app.get('/keys', {
    config: ordinary,
    schema: { tags, summary: 'Keys to seal for', response: { 200: phoneKeysSchema } },
  }, async () => ({ mode, vaultKey: (await vault.keys()).sealing, serverKey }));
  app.get('/consent', {
    config: ordinary,
    schema: {
      tags, summary: 'The current consent text',
      querystring: z.object({ locale: localeSchema.default('zh') }), response: { 200: enrolmentTextSchema },
    },
  }, async (request) =>
    enrolments.consent(request.query.locale),
  );
  app.post('/enrolments', {
    config: sensitive,
    schema: { tags, summary: 'Number and name; sends an SMS code', body: startEnrolmentSchema, response: { 201: startedEnrolmentSchema } },
  }, async (request, reply) => {
    const phone = readPhone(request.body.phone);
    if (phone !== undefined) await limitNumber(request, phone);
    return reply.status(201).send(await enrolments.start(request.body, { address: request.ip }));
  });
  await app.register(enrolmentSteps, { prefix: '/enrolments', enrolments, recoveries });
  await app.register(recoveryRoutes, { prefix: '/recoveries', recoveries });
  await app.register(ownerRoutes, { owners, enrolments, recoveries, payouts, idempotency });
  await app.register(closeAccountRoutes, { owners });
  // Outside the guard: a sign-out that is repeated comes from a session that is over.
  app.post('/sign-out', { config: ordinary, schema: { tags, summary: 'End this session', response: { 204: z.null() } } }, async (request, reply) => {
    await owners.authenticate(bearerToken(request));
    await owners.signOut(bearerToken(request));
    return reply.status(204).send(null);
  });
};

const enrolmentSteps: FastifyPluginAsyncZod<Pick<PhoneRoutes, 'enrolments' | 'recoveries'>> = async (app, { enrolments, recoveries }) => {
  // The address of an enrolment that is none is as unknown as one of somebody else.
  guard(app, (request) => enrolments.authenticate({ id: (request.params as { id: string }).id, token: bearerToken(request) }));
  const ok = { 200: enrolmentViewSchema };

  app.get('/:id', {
    config: ordinary,
    schema: { tags, summary: 'Where it stands', params: ofEnrolment, response: ok },
  }, (request) => enrolments.read(request.params.id));
  app.post('/:id/code', {
    config: sensitive,
    schema: { tags, summary: 'The code; of a number that has an account more is asked', params: ofEnrolment, body: enterCodeSchema, response: ok },
  }, (request) =>
    enrolments.enterCode({ id: request.params.id, code: request.body.code }),
  );
  app.post('/:id/resend', {
    config: sensitive,
    schema: { tags, summary: 'A new code', params: ofEnrolment, response: ok },
  }, (request) => enrolments.resend({ id: request.params.id, address: request.ip }));
  app.post('/:id/sign-in', {
    config: sensitive,
    schema: { tags, summary: 'Sign in to the account of this number, by its PIN or a passkey', params: ofEnrolment, body: signInSchema, response: ok },
  }, (request) => enrolments.signIn({ id: request.params.id, ...request.body }));
  app.post('/:id/not-mine', {
    config: sensitive,
    schema: { tags, summary: 'The account of this number is somebody else\'s', params: ofEnrolment, response: ok },
  }, (request) => enrolments.notMine(request.params.id));
  app.post('/:id/recovery', {
    config: sensitive,
    schema: { tags, summary: 'Neither a signed-in phone nor the PIN: a reference for staff, who want a document', params: ofEnrolment, body: askRecoverySchema, response: { 201: askedRecoverySchema } },
  }, async (request, reply) => {
    const { oldPhone, pin } = request.body;
    return reply.status(201).send(await recoveries.askAccount({ enrolmentId: request.params.id, oldPhone, sealedPin: pin }));
  });
  app.post('/:id/consent', {
    config: ordinary,
    schema: { tags, summary: 'Both ticks, with the version read, and the statement to be of age', params: ofEnrolment, body: enrolmentConsentSchema, response: ok },
  }, (request) =>
    enrolments.giveConsent({ id: request.params.id, consent: request.body }),
  );
  app.post('/:id/looks', {
    config: ordinary,
    schema: { tags, summary: 'Open one look', params: ofEnrolment, body: openEnrolmentLookSchema, response: { 201: lookTicketSchema } },
  }, async (request, reply) =>
    reply.status(201).send(await enrolments.openLook({ id: request.params.id, ...request.body })),
  );
  app.post('/:id/pin', {
    config: sensitive,
    schema: { tags, summary: 'Sealed PIN; opens the account', params: ofEnrolment, body: setPinSchema, response: ok },
  }, (request) =>
    enrolments.openAccount({ id: request.params.id, sealedPin: request.body.pin }),
  );
  await app.register(async (captures: typeof app) => {
    takeSealedBodies(captures);
    captures.put('/:id/looks/:nonce/capture', {
      config: ordinary,
      schema: { tags, summary: 'The sealed burst', consumes: captureConsumes, params: ofLook, response: ok },
    }, (request) =>
      enrolments.submitCapture({ ...request.params, sealed: sealedBody(request) }),
    );
  });
};

const ownerRoutes: FastifyPluginAsyncZod<Pick<PhoneRoutes, 'owners' | 'enrolments' | 'recoveries' | 'payouts' | 'idempotency'>> = async (app, { owners, enrolments, recoveries, payouts, idempotency }) => {
  const ownerOf = guard(app, (request) => owners.authenticate(bearerToken(request)));
  const config = ordinary;

  app.get('/me', {
    config,
    schema: { tags, summary: 'Balance, face, last payments', response: { 200: meSchema } },
  }, (request) => owners.me(ownerOf(request).payerId));
  app.post('/top-ups', {
    config,
    schema: {
      tags, summary: 'Money from a card, or from the labelled test bank of a sandbox',
      description: 'The test bank goes by the last two digits of the minor units: 13 is refused, 17 times out and never happened, 19 times out and succeeds five seconds later.',
      headers: idempotencyHeaders, body: topUpSchema, response: { 201: topUpResultSchema },
    },
  }, (request, reply) => {
    const { payerId } = ownerOf(request);
    const work = (key: string) => owners.topUp({ payerId, key, ...request.body });
    return repeatable({ idempotency, principal: `payer:${payerId}`, request, reply, status: 201, schema: topUpResultSchema, work });
  });
  app.post('/me/face/looks', {
    config,
    schema: { tags, summary: 'Open one look by passkey or PIN, where the face needs a new one or was agreed to again', body: openNewLookSchema, response: { 201: lookTicketSchema } },
  }, async (request, reply) => {
    const { payerId } = ownerOf(request);
    // Whoever got hold of an account must not put their own face to it.
    await recoveries.requireCalm(payerId);
    return reply.status(201).send(await owners.openNewLook({ payerId, sessionHash: owners.sessionHash(bearerToken(request)), ...request.body }));
  });
  await app.register(async (captures: typeof app) => {
    takeSealedBodies(captures);
    captures.put('/me/face/looks/:nonce/capture', {
      config,
      schema: { tags, summary: 'The sealed burst of a new look', consumes: captureConsumes, params: ofNonce, response: { 200: meSchema } },
    }, (request) =>
      owners.takeNewLook({ payerId: ownerOf(request).payerId, nonce: request.params.nonce, sealed: sealedBody(request) }),
    );
  });
  app.post('/cards', {
    config,
    schema: { tags, summary: 'Keep a card for top-ups, by the reference the card form made', body: addCardSchema, response: { 200: cardSchema } },
  }, (request) => owners.addCard({ payerId: ownerOf(request).payerId, methodRef: request.body.paymentMethod }));
  await app.register(bankRoutes, { owners, recoveries, payouts, idempotency, ownerOf });
  await app.register(myFaceRoutes, { owners, recoveries, ownerOf });
  await app.register(myAccountRoutes, { owners, enrolments, recoveries, ownerOf });
  app.post('/me/face-pin-lock/clear', {
    config,
    schema: { tags, summary: 'Face + PIN works again, right after signing in', response: { 204: z.null() } },
  }, async (request, reply) => {
    await owners.clearFacePinLock(ownerOf(request));
    request.log.info({ payerId: ownerOf(request).payerId }, 'An owner opened face + PIN again');
    return reply.status(204).send(null);
  });
};

type BankRoutes = Pick<PhoneRoutes, 'owners' | 'recoveries' | 'payouts' | 'idempotency'> & { ownerOf: (request: FastifyRequest) => SignedIn };

const bankRoutes: FastifyPluginAsyncZod<BankRoutes> = async (app, { owners, recoveries, payouts, idempotency, ownerOf }) => {
  const config = ordinary;
  app.put('/bank-account', {
    config,
    schema: { tags, summary: 'Where withdrawals go, right after signing in', headers: idempotencyHeaders, body: setBankAccountSchema, response: { 200: bankAccountSchema } },
  }, (request, reply) => {
    const owner = ownerOf(request);
    owners.requireJustSignedIn(owner);
    const work = async () => {
      await recoveries.requireCalm(owner.payerId);
      return payouts.setOwnBankAccount({ payerId: owner.payerId, ...request.body });
    };
    return repeatable({ idempotency, principal: `payer:${owner.payerId}`, request, reply, status: 200, schema: bankAccountSchema, work });
  });
  app.post('/withdrawals', {
    config,
    schema: { tags, summary: 'Money to my bank account', headers: idempotencyHeaders, body: withdrawSchema, response: { 201: withdrawalSchema } },
  }, (request, reply) => {
    const { payerId } = ownerOf(request);
    const work = async (key: string) => {
      await recoveries.requireCalm(payerId);
      return payouts.withdraw({ payerId, key, amount: request.body.amount });
    };
    return repeatable({ idempotency, principal: `payer:${payerId}`, request, reply, status: 201, schema: withdrawalSchema, work });
  });
};
