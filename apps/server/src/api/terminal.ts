// What a terminal may ask (contract: packages/protocol/src/terminal-api.ts), signed by it. It reaches its own payments only.
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { lookTicketSchema } from '@sonrisa/protocol/capture.ts';
import { openLookSchema } from '@sonrisa/protocol/challenge.ts';
import {
  activateSchema,
  activatedSchema,
  confirmPaymentSchema,
  createInviteSchema,
  createPaymentSchema,
  enterDigitsSchema,
  inviteSchema,
  lookResultSchema,
  menuSchema,
  payByCodeSchema,
  paymentViewSchema,
  phonePinSchema,
  sendSmsCodeSchema,
  smsCodeSchema,
  terminalProfileSchema,
} from '@sonrisa/protocol/terminal-api.ts';
import { textSchema } from '@sonrisa/protocol/text.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Invites } from '../enrolment/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { Payments } from '../payments/index.ts';
import type { Terminal, Terminals } from '../terminals/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary, sensitive } from './limits.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';
import { holdBodiesToTheirDigest, signedCall } from './signed-requests.ts';
import { captureConsumes, captureNonceMaxLength, sealedBody, takeSealedBodies } from './sealed-capture.ts';

export type TerminalRoutes = { terminals: Terminals; payments: Payments; invites: Invites; idempotency: Idempotency };

const ofPayment = z.object({ id: idSchema('payment') });
const ofLook = ofPayment.extend({ nonce: textSchema({ max: captureNonceMaxLength }) });
const ofInvite = ofPayment.extend({ inviteId: idSchema('invite') });
const tags = ['terminal'];

export const terminalRoutes: FastifyPluginAsyncZod<TerminalRoutes> = async (app, { terminals, payments, invites, idempotency }) => {
  app.post('/activations', {
    config: sensitive,
    schema: { tags, summary: 'Activate this browser or device', body: activateSchema, response: { 201: activatedSchema } },
  }, async (request, reply) => reply.status(201).send(await terminals.activate(request.body)));
  await app.register(async (inside: typeof app) => {
    const terminalOf = guard(inside, (request) => terminals.authenticate({ token: bearerToken(request), request: signedCall(request) }));
    holdBodiesToTheirDigest(inside);
    await inside.register(ownRoutes, { terminalOf, terminals });
    await inside.register(payingRoutes, { prefix: '/payments', terminalOf, payments, idempotency });
    await inside.register(lookRoutes, { prefix: '/payments', terminalOf, payments });
    await inside.register(inviteRoutes, { prefix: '/payments', terminalOf, invites });
  });
};

type TerminalOf = (request: FastifyRequest) => Terminal;
const config = ordinary;

const ownRoutes: FastifyPluginAsyncZod<{ terminalOf: TerminalOf; terminals: Terminals }> = async (app, { terminalOf, terminals }) => {
  app.get('/profile', {
    config,
    schema: { tags, summary: 'Who am I, keys, limits', response: { 200: terminalProfileSchema } },
  }, (request) => terminals.profile(terminalOf(request)));
  app.get('/menu', {
    config,
    schema: { tags, summary: 'What the kiosk sells', response: { 200: menuSchema } },
  }, (request) => terminals.menu(terminalOf(request)));
};

type PayingRoutes = { terminalOf: TerminalOf; payments: Payments; idempotency: Idempotency };

const payingRoutes: FastifyPluginAsyncZod<PayingRoutes> = async (app, { terminalOf, payments, idempotency }) => {
  app.post('', {
    config,
    schema: { tags, summary: 'New payment', headers: idempotencyHeaders, body: createPaymentSchema, response: { 201: paymentViewSchema } },
  }, (request, reply) => {
    const { terminalId } = terminalOf(request);
    const work = (key: string) => payments.create({ terminalId, key, request: request.body });
    return repeatable({ idempotency, principal: `terminal:${terminalId}`, request, reply, status: 201, schema: paymentViewSchema, work });
  });
  app.get('/:id', {
    config,
    schema: { tags, summary: 'Where does it stand', params: ofPayment, response: { 200: paymentViewSchema } },
  }, (request) => payments.view({ ...terminalOf(request), paymentId: request.params.id }));
  app.post('/:id/confirm', {
    config,
    schema: {
      tags, summary: 'Pay',
      headers: idempotencyHeaders, params: ofPayment, body: confirmPaymentSchema, response: { 200: paymentViewSchema },
    },
  }, (request, reply) => {
    const { terminalId } = terminalOf(request);
    const work = (key: string) => payments.confirm({ terminalId, paymentId: request.params.id, key, ...request.body });
    return repeatable({ idempotency, principal: `terminal:${terminalId}`, request, reply, status: 200, schema: paymentViewSchema, work });
  });
  app.post('/:id/phone-pin', {
    config,
    schema: {
      tags, summary: 'No phone at hand: the PIN instead, where the amount allows it',
      headers: idempotencyHeaders, params: ofPayment, body: phonePinSchema, response: { 200: paymentViewSchema },
    },
  }, (request, reply) => {
    const { terminalId } = terminalOf(request);
    const work = (key: string) => payments.phonePin({ terminalId, paymentId: request.params.id, key, ...request.body });
    return repeatable({ idempotency, principal: `terminal:${terminalId}`, request, reply, status: 200, schema: paymentViewSchema, work });
  });
  app.post('/:id/sms-code', {
    config,
    schema: { tags, summary: "The last resort: a code by text message to the payer's number", params: ofPayment, body: sendSmsCodeSchema, response: { 200: paymentViewSchema } },
  }, (request) => payments.sendSmsCode({ ...terminalOf(request), paymentId: request.params.id, ...request.body }));
  app.post('/:id/sms-code/pay', {
    config,
    schema: {
      tags, summary: 'The code of the text message, typed by the shopper',
      headers: idempotencyHeaders, params: ofPayment, body: smsCodeSchema, response: { 200: paymentViewSchema },
    },
  }, (request, reply) => {
    const { terminalId } = terminalOf(request);
    const work = (key: string) => payments.paySmsCode({ terminalId, paymentId: request.params.id, key, ...request.body });
    return repeatable({ idempotency, principal: `terminal:${terminalId}`, request, reply, status: 200, schema: paymentViewSchema, work });
  });
  app.post('/:id/code', {
    config,
    schema: {
      tags, summary: "A payment code of a shopper's phone",
      headers: idempotencyHeaders, params: ofPayment, body: payByCodeSchema, response: { 200: paymentViewSchema },
    },
  }, (request, reply) => {
    const { terminalId } = terminalOf(request);
    const work = (key: string) => payments.payWithCode({ terminalId, paymentId: request.params.id, key, code: request.body.code });
    return repeatable({ idempotency, principal: `terminal:${terminalId}`, request, reply, status: 200, schema: paymentViewSchema, work });
  });
  app.post('/:id/not-me', {
    config,
    schema: { tags, summary: 'Not me', params: ofPayment, response: { 200: paymentViewSchema } },
  }, (request) => payments.notMe({ ...terminalOf(request), paymentId: request.params.id }));
  app.post('/:id/cancel', {
    config,
    schema: { tags, summary: 'Leave', params: ofPayment, response: { 200: paymentViewSchema } },
  }, (request) => payments.cancel({ ...terminalOf(request), paymentId: request.params.id }));
};

const lookRoutes: FastifyPluginAsyncZod<{ terminalOf: TerminalOf; payments: Payments }> = async (app, { terminalOf, payments }) => {
  app.post('/:id/looks', {
    config,
    schema: { tags, summary: 'Open one look', params: ofPayment, body: openLookSchema.nullish(), response: { 201: lookTicketSchema } },
  }, async (request, reply) =>
    reply.status(201).send(await payments.openLook({ ...terminalOf(request), paymentId: request.params.id, avoid: request.body?.avoid, clockMs: request.body?.clockMs, address: request.ip })),
  );
  app.post('/:id/digits', {
    config,
    schema: {
      tags, summary: 'Last four digits of the phone',
      params: ofPayment, body: enterDigitsSchema, response: { 200: lookResultSchema },
    },
  }, (request) =>
    payments.digits({ ...terminalOf(request), paymentId: request.params.id, digits: request.body.digits }),
  );
  await app.register(async (captures: typeof app) => {
    takeSealedBodies(captures);
    captures.put('/:id/looks/:nonce/capture', {
      config,
      schema: { tags, summary: 'The sealed burst', consumes: captureConsumes, params: ofLook, response: { 200: lookResultSchema } },
    }, (request) => {
      const { id, nonce } = request.params;
      return payments.submitCapture({ ...terminalOf(request), paymentId: id, nonce, sealed: sealedBody(request) });
    });
  });
};

const inviteRoutes: FastifyPluginAsyncZod<{ terminalOf: TerminalOf; invites: Invites }> = async (app, { terminalOf, invites }) => {
  app.post('/:id/invites', {
    config,
    schema: {
      tags, summary: 'Invite an unknown face to enrol on their own phone',
      params: ofPayment, body: createInviteSchema, response: { 201: inviteSchema },
    },
  }, async (request, reply) =>
    reply.status(201).send(await invites.create({ ...terminalOf(request), paymentId: request.params.id, invite: request.body })),
  );
  app.get('/:id/invites/:inviteId', {
    config,
    schema: { tags, summary: 'Has the phone finished?', params: ofInvite, response: { 200: inviteSchema } },
  }, (request) =>
    invites.read({ ...terminalOf(request), paymentId: request.params.id, inviteId: request.params.inviteId }),
  );
};
