// Risk for the back office (contract: packages/protocol/src/risk-api.ts): rules, where they decide, and why a payment was decided so.
import { idSchema } from '@sonrisa/protocol/ids.ts';
import * as api from '@sonrisa/protocol/risk-api.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';
import type { Operators } from '../operators/index.ts';
import type { Risk } from '../risk/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorRiskRoutes = { operators: Operators; risk: Risk; idempotency: Idempotency };

const tags = ['operator'];
const headers = idempotencyHeaders;
const config = ordinary;
/** A hundred rules of full length, in two languages. */
export const rulesBytesMax = 256 * 1024;
const ofVersion = z.object({ version: z.coerce.number().int().positive().max(2_147_483_647) });

export const operatorRiskRoutes: FastifyPluginAsyncZod<OperatorRiskRoutes> = async (app, { operators, risk, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: true });
  const whoIs = (request: FastifyRequest): string => principalOf(request).personId ?? 'operator token';
  const once = <Answer extends z.ZodType>(input: { request: FastifyRequest; reply: FastifyReply; schema: Answer; status?: number; work: () => Promise<z.input<Answer>> }) =>
    repeatable({ idempotency, principal: `operator:${principalOf(input.request).personId ?? 'token'}`, status: 200, ...input });

  app.get('/payments/:id/risk', {
    config, schema: { tags, summary: 'Why a payment was decided as it was: signals, rules, reasons', params: z.object({ id: idSchema('payment') }), response: { 200: api.riskDecisionsSchema } },
  }, async (request) => ({ decisions: await risk.explain(request.params.id) }));
  app.get('/risk/rule-sets', {
    config, schema: { tags, summary: 'Versions of the risk rules, newest first', querystring: listQuery, response: { 200: api.ruleSetsSchema } },
  }, async (request) => ({ ruleSets: await risk.listRules(request.query.limit) }));
  app.get('/risk/rule-sets/:version', {
    config, schema: { tags, summary: 'The rules of a version', params: ofVersion, response: { 200: api.ruleSetSchema } },
  }, (request) => risk.rules(request.params.version));
  app.post('/risk/rule-sets', {
    config, bodyLimit: rulesBytesMax,
    schema: { tags, summary: 'A new version; it decides nothing before it is rolled out', headers, body: api.addRuleSetSchema, response: { 201: api.ruleSetSchema } },
  }, (request, reply) => once({ request, reply, schema: api.ruleSetSchema, status: 201, work: () => risk.addRules({ ...request.body, madeBy: whoIs(request) }) }));
  app.get('/risk/rule-sets/:version/back-test', {
    config, schema: { tags, summary: 'What this version would have decided, newest decisions first; a page', params: ofVersion, querystring: api.backTestQuerySchema, response: { 200: api.outcomeDiffPageSchema } },
  }, (request) => risk.backTest({ ...request.params, ...request.query }));
  app.get('/risk/roll-out/candidate', {
    config, schema: { tags, summary: 'What the candidate said beside the rules in charge, since it was put there; a page', querystring: api.comparisonQuerySchema, response: { 200: api.outcomeDiffPageSchema } },
  }, (request) => risk.candidate(request.query));
  app.get('/risk/stores', {
    config, schema: { tags, summary: 'Where a candidate may decide', response: { 200: api.operatorStoresSchema } },
  }, async () => ({ stores: await risk.stores() }));
  app.get('/risk/roll-out', {
    config, schema: { tags, summary: 'Which rules decide where', response: { 200: api.riskRollOutSchema } },
  }, () => risk.rollOut());
  app.get('/risk/roll-outs', {
    config, schema: { tags, summary: 'Every change of it, newest first', querystring: listQuery, response: { 200: api.riskRollOutsSchema } },
  }, async (request) => ({ rollOuts: await risk.listRollOuts(request.query.limit) }));
  app.put('/risk/roll-out', {
    config, schema: { tags, summary: 'Put a version in charge; try another beside it, or in some stores', headers, body: api.rollOutSchema, response: { 200: api.riskRollOutSchema } },
  }, (request, reply) => once({ request, reply, schema: api.riskRollOutSchema, work: () => risk.setRollOut({ ...request.body, setBy: whoIs(request) }) }));
  app.post('/risk/roll-back', {
    config, schema: { tags, summary: 'Back to what held before the last change, at once', headers, body: api.rollBackSchema, response: { 200: api.riskRollOutSchema } },
  }, (request, reply) => once({ request, reply, schema: api.riskRollOutSchema, work: () => risk.rollBack({ ...request.body, setBy: whoIs(request) }) }));
  app.put('/stores/:id/place', {
    config, schema: { tags, summary: 'Where a store is', headers, params: z.object({ id: idSchema('store') }), body: api.placeStoreSchema, response: { 200: api.storePlaceSchema } },
  }, (request, reply) => once({ request, reply, schema: api.storePlaceSchema, work: async () => {
    const place = { ...request.body };
    await risk.placeStore({ storeId: request.params.id, ...place });
    return { id: request.params.id, ...place };
  } }));
};
