// What a merchant's back office may ask (contract: packages/protocol/src/back-office-api.ts). A key reaches its own merchant only.
import {
  activationCodeSchema,
  merchantBalanceSchema,
  merchantPaymentSchema,
  merchantPaymentsSchema,
  merchantTerminalSchema,
  merchantTerminalsSchema,
  newActivationCodeSchema,
  refundRequestSchema,
  refundSchema,
  waysQuerySchema,
  waysSchema,
} from '@sonrisa/protocol/back-office-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { confirmNetworkSchema, storeNetworksSchema } from '@sonrisa/protocol/networks-api.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';
import type { Merchants } from '../merchants/index.ts';
import type { Payments } from '../payments/index.ts';
import type { Terminals } from '../terminals/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type MerchantRoutes = { merchants: Merchants; payments: Payments; terminals: Pick<Terminals, 'issueCode' | 'ofMerchant' | 'revoke' | 'confirmNetwork' | 'places'>; idempotency: Idempotency };

const ofStore = z.object({ id: idSchema('store') });
const ofPayment = z.object({ id: idSchema('payment') });
const ofTerminal = z.object({ id: idSchema('terminal') });
const tags = ['merchant'];

export const merchantRoutes: FastifyPluginAsyncZod<MerchantRoutes> = async (app, { merchants, payments, terminals, idempotency }) => {
  const merchantOf = guard(app, (request) => merchants.authenticate(bearerToken(request)));
  const config = ordinary;

  app.get('/payments', {
    config,
    schema: { tags, summary: 'Payments, newest first', querystring: listQuery, response: { 200: merchantPaymentsSchema } },
  }, async (request) => ({
    payments: await payments.listForMerchant({ ...merchantOf(request), limit: request.query.limit }),
  }));
  app.get('/payments/:id', {
    config,
    schema: { tags, summary: 'One payment', params: ofPayment, response: { 200: merchantPaymentSchema } },
  }, (request) =>
    payments.oneForMerchant({ ...merchantOf(request), paymentId: request.params.id }),
  );
  app.post('/payments/:id/refunds', {
    config,
    schema: {
      tags, summary: 'Refund, full or partial',
      headers: idempotencyHeaders, params: ofPayment, body: refundRequestSchema, response: { 201: refundSchema },
    },
  }, (request, reply) => {
    const { merchantId } = merchantOf(request);
    const work = (key: string) => payments.refund({ merchantId, paymentId: request.params.id, key, ...request.body });
    return repeatable({ idempotency, principal: `merchant:${merchantId}`, request, reply, status: 201, schema: refundSchema, work });
  });
  app.get('/balance', {
    config,
    schema: { tags, summary: 'Payable now', response: { 200: merchantBalanceSchema } },
  }, (request) => merchants.balance(merchantOf(request).merchantId));
  app.get('/ways', {
    config,
    schema: { tags, summary: 'How many paid by face, and by the code of their phone', querystring: waysQuerySchema, response: { 200: waysSchema } },
  }, (request) => payments.ways({ ...merchantOf(request), days: request.query.days }));
  await app.register(terminalRoutes, { merchantOf, terminals, idempotency });
};

type OwnTerminals = Pick<MerchantRoutes, 'terminals' | 'idempotency'> & { merchantOf: (request: FastifyRequest) => { merchantId: string } };

const terminalRoutes: FastifyPluginAsyncZod<OwnTerminals> = async (app, { merchantOf, terminals, idempotency }) => {
  const config = ordinary;
  // A key is taken and not asked for (repeat-writes.ts): a code that got lost runs out by itself.
  app.post('/stores/:id/activation-codes', {
    config,
    schema: { tags, summary: 'A code for one live terminal, shown once', params: ofStore, body: newActivationCodeSchema, response: { 201: activationCodeSchema } },
  }, async (request, reply) =>
    reply.status(201).send(await terminals.issueCode({ ...merchantOf(request), storeId: request.params.id, kind: request.body.kind })),
  );
  app.get('/terminals', {
    config,
    schema: { tags, summary: 'Terminals, newest first', querystring: listQuery, response: { 200: merchantTerminalsSchema } },
  }, async (request) => ({ terminals: await terminals.ofMerchant({ ...merchantOf(request), limit: request.query.limit }) }));
  app.post('/terminals/:id/revoke', {
    config,
    schema: { tags, summary: 'Switch a terminal off for good', headers: idempotencyHeaders, params: ofTerminal, response: { 200: merchantTerminalSchema } },
  }, (request, reply) => {
    const { merchantId } = merchantOf(request);
    const work = () => terminals.revoke({ merchantId, terminalId: request.params.id });
    return repeatable({ idempotency, principal: `merchant:${merchantId}`, request, reply, status: 200, schema: merchantTerminalSchema, work });
  });
  app.post('/terminals/:id/confirm-network', {
    config,
    schema: { tags, summary: 'A terminal was moved and belongs where it is', headers: idempotencyHeaders, params: ofTerminal, body: confirmNetworkSchema, response: { 200: merchantTerminalSchema } },
  }, (request, reply) => {
    const { merchantId } = merchantOf(request);
    const work = () => terminals.confirmNetwork({ merchantId, terminalId: request.params.id, network: request.body.network, by: 'merchant' });
    return repeatable({ idempotency, principal: `merchant:${merchantId}`, request, reply, status: 200, schema: merchantTerminalSchema, work });
  });
  app.get('/stores/:id/networks', {
    config,
    schema: { tags, summary: 'How the networks of its terminals are checked', params: ofStore, response: { 200: storeNetworksSchema } },
  }, (request) => terminals.places.check({ ...merchantOf(request), storeId: request.params.id }));
  app.put('/stores/:id/networks', {
    config,
    schema: { tags, summary: 'Check the networks of its terminals: as learned, as listed, or not', headers: idempotencyHeaders, params: ofStore, body: storeNetworksSchema, response: { 200: storeNetworksSchema } },
  }, (request, reply) => {
    const { merchantId } = merchantOf(request);
    const work = () => terminals.places.setCheck({ merchantId, storeId: request.params.id, networks: request.body });
    return repeatable({ idempotency, principal: `merchant:${merchantId}`, request, reply, status: 200, schema: storeNetworksSchema, work });
  });
};
