// The officer's side of "that was not me" (contract: packages/protocol/src/cases-api.ts).
import { closeCaseSchema, faceCaseSchema, faceCasesSchema } from '@sonrisa/protocol/cases-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Cases } from '../cases/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { Operators } from '../operators/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorCasesRoutes = { cases: Pick<Cases, 'list' | 'read' | 'close'>; operators: Operators; idempotency: Idempotency };

const tags = ['operator'];
const config = ordinary;
const ofCase = z.object({ id: idSchema('faceCase') });

export const operatorCasesRoutes: FastifyPluginAsyncZod<OperatorCasesRoutes> = async (app, { cases, operators, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: false });
  app.get('/cases', {
    config, schema: { tags, summary: '"That was not me": cases, newest first', querystring: listQuery.extend({ state: z.enum(['open', 'closed']).default('open') }), response: { 200: faceCasesSchema } },
  }, async (request) => ({ cases: await cases.list(request.query) }));
  app.get('/cases/:id', {
    config, schema: { tags, summary: 'One of them', params: ofCase, response: { 200: faceCaseSchema } },
  }, (request) => cases.read(request.params.id));
  app.post('/cases/:id/close', {
    config, schema: { tags, summary: 'What was found', headers: idempotencyHeaders, params: ofCase, body: closeCaseSchema, response: { 200: faceCaseSchema } },
  }, (request, reply) => {
    const closedBy = principalOf(request).personId ?? 'token';
    const work = () => cases.close({ caseId: request.params.id, ...request.body, closedBy });
    return repeatable({ idempotency, principal: `operator:${closedBy}`, request, reply, status: 200, schema: faceCaseSchema, work });
  });
};
