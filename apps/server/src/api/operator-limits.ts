// The operator's side of limits (contract: packages/protocol/src/limits-api.ts).
import { idSchema } from '@sonrisa/protocol/ids.ts';
import * as api from '@sonrisa/protocol/limits-api.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Operators } from '../operators/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorLimitsRoutes = { limits: Pick<Limits, 'platform' | 'setPlatform' | 'setMerchant' | 'setIdentity'>; operators: Operators; idempotency: Idempotency };

const tags = ['operator'];
const headers = idempotencyHeaders;
const config = ordinary;
const of = (kind: Parameters<typeof idSchema>[0]) => z.object({ id: idSchema(kind) });

export const operatorLimitsRoutes: FastifyPluginAsyncZod<OperatorLimitsRoutes> = async (app, { limits, operators, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: false });
  const whoIs = (request: FastifyRequest): string => principalOf(request).personId ?? 'token';
  const once = <Answer extends z.ZodType>(input: { request: FastifyRequest; reply: FastifyReply; schema: Answer; work: () => Promise<z.input<Answer>> }) =>
    repeatable({ idempotency, principal: `operator:${whoIs(input.request)}`, status: 200, ...input });
  app.get('/limits', {
    config, schema: { tags, summary: 'What may be spent on this platform', querystring: api.limitsQuerySchema, response: { 200: api.platformLimitsSchema } },
  }, (request) => limits.platform(request.query.currency));
  app.put('/limits', {
    config, schema: { tags, summary: 'The same, anew; every version is kept', headers, body: api.setLimitSettingsSchema, response: { 200: api.platformLimitsSchema } },
  }, (request, reply) => once({ request, reply, schema: api.platformLimitsSchema, work: () => limits.setPlatform({ ...request.body, setBy: whoIs(request) }) }));
  app.put('/merchants/:id/limits', {
    config, schema: { tags, summary: 'Category and maxima of a merchant', headers, params: of('merchant'), body: api.merchantLimitsSchema, response: { 200: api.merchantLimitsSchema } },
  }, (request, reply) => once({ request, reply, schema: api.merchantLimitsSchema, work: () => limits.setMerchant({ merchantId: request.params.id, limits: request.body }) }));
  app.put('/payers/:id/identity', {
    config, schema: { tags, summary: 'How well the identity of a shopper is known', headers, params: of('payer'), body: api.identitySchema, response: { 200: api.identityOfSchema } },
  }, (request, reply) => once({ request, reply, schema: api.identityOfSchema, work: async () => {
    await limits.setIdentity({ payerId: request.params.id, ...request.body, setBy: whoIs(request) });
    return { payerId: request.params.id, level: request.body.level };
  } }));
};
