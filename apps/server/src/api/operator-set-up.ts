// Setting up merchants, stores, keys and terminals (contract: packages/protocol/src/set-up-api.ts).
import { activationCodeSchema, newActivationCodeSchema } from '@sonrisa/protocol/back-office-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import * as api from '@sonrisa/protocol/set-up-api.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';
import type { Shops } from '../merchants/index.ts';
import type { Operators } from '../operators/index.ts';
import type { Terminals } from '../terminals/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorSetUpRoutes = { shops: Shops; terminals: Pick<Terminals, 'issueCode'>; operators: Operators; idempotency: Idempotency };

const tags = ['operator'];
const headers = idempotencyHeaders;
const config = ordinary;
const actsQuery = listQuery.extend(api.operatorActsQuerySchema.shape);
const ofMerchant = z.object({ id: idSchema('merchant') });
const ofKey = ofMerchant.extend({ keyId: idSchema('merchantKey') });
const ofStore = z.object({ id: idSchema('store') });

export const operatorSetUpRoutes: FastifyPluginAsyncZod<OperatorSetUpRoutes> = async (app, { shops, terminals, operators, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: true });
  const once = <Answer extends z.ZodType>(input: { request: FastifyRequest; reply: FastifyReply; status?: number; schema: Answer; work: (origin: string) => Promise<z.input<Answer>> }) => {
    const principal = `operator:${principalOf(input.request).personId ?? 'token'}`;
    return repeatable({ idempotency, principal, status: 200, ...input, work: (key) => input.work(`${principal}\0${key}`) });
  };
  app.get('/people', {
    config, schema: { tags, summary: 'Who has a token, and who had one', response: { 200: api.peopleSchema } },
  }, async () => ({ people: await operators.people.list() }));
  app.get('/acts', {
    config, schema: { tags, summary: 'Who did what, newest first', querystring: actsQuery, response: { 200: api.operatorActsSchema } },
  }, async (request) => ({ acts: await operators.acts.list(request.query) }));
  app.get('/merchants', {
    config, schema: { tags, summary: 'Merchants, newest first', querystring: listQuery, response: { 200: api.merchantsSchema } },
  }, async (request) => ({ merchants: await shops.list(request.query.limit) }));
  app.get('/merchants/:id', {
    config, schema: { tags, summary: 'One, with its stores and keys', params: ofMerchant, response: { 200: api.merchantDetailsSchema } },
  }, (request) => shops.read(request.params.id));
  app.post('/merchants', {
    config, schema: { tags, summary: 'A new merchant', headers, body: api.newMerchantSchema, response: { 201: api.merchantSchema } },
  }, (request, reply) => once({ request, reply, status: 201, schema: api.merchantSchema, work: (origin) => shops.addMerchant({ ...request.body, origin }) }));
  app.post('/merchants/:id/stores', {
    config, schema: { tags, summary: 'A new store', headers, params: ofMerchant, body: api.newStoreSchema, response: { 201: api.storeSchema } },
  }, (request, reply) => once({ request, reply, status: 201, schema: api.storeSchema, work: (origin) => shops.addStore({ ...request.body, merchantId: request.params.id, origin }) }));
  app.put('/merchants/:id/menu', {
    config, schema: { tags, summary: 'What its kiosks sell', headers, params: ofMerchant, body: api.setMenuSchema, response: { 200: api.menuSetSchema } },
  }, (request, reply) => once({ request, reply, schema: api.menuSetSchema, work: () => shops.setMenu({ merchantId: request.params.id, items: request.body.items }) }));
  // Of what is shown once, an Idempotency-Key is taken and not asked for (repeat-writes.ts): the kept answer is sealed.
  app.post('/merchants/:id/keys', {
    config, schema: { tags, summary: 'A key for the merchant API, shown once', params: ofMerchant, body: api.newKeySchema, response: { 201: api.mintedKeySchema } },
  }, async (request, reply) => reply.status(201).send(await shops.addKey({ merchantId: request.params.id, label: request.body.label })));
  app.post('/merchants/:id/keys/:keyId/revoke', {
    config, schema: { tags, summary: 'A key opens nothing any more', headers, params: ofKey, response: { 200: api.merchantKeySchema } },
  }, (request, reply) => once({ request, reply, schema: api.merchantKeySchema, work: () => shops.revokeKey({ merchantId: request.params.id, keyId: request.params.keyId }) }));
  app.post('/stores/:id/activation-codes', {
    config, schema: { tags, summary: 'A code for one live terminal, shown once', params: ofStore, body: newActivationCodeSchema, response: { 201: activationCodeSchema } },
  }, async (request, reply) => {
    const storeId = request.params.id;
    return reply.status(201).send(await terminals.issueCode({ merchantId: await shops.merchantOf(storeId), storeId, kind: request.body.kind }));
  });
};
