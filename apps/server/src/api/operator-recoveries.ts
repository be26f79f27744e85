// The desk where people show a document (contract: packages/protocol/src/recovery-api.ts). Who attests is a person: the
// installation's token says nothing about who holds it.
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { attestedSchema, attestSchema, findRecoverySchema, foundRecoverySchema } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';
import type { Operators } from '../operators/index.ts';
import type { Recoveries } from '../recovery/index.ts';
import { guardOperator } from './guard-operator.ts';
import { sensitive } from './limits.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorRecoveriesRoutes = { recoveries: Pick<Recoveries, 'find' | 'attest'>; operators: Operators; idempotency: Idempotency };

const tags = ['operator'];
const config = sensitive;
const ofRecovery = z.object({ id: idSchema('recovery') });

export const operatorRecoveriesRoutes: FastifyPluginAsyncZod<OperatorRecoveriesRoutes> = async (app, { recoveries, operators, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: false });
  const personOf = (request: FastifyRequest): string => {
    const { personId } = principalOf(request);
    if (personId === null) throw new ProblemError('forbidden');
    return personId;
  };
  app.post('/recoveries/find', {
    config, schema: { tags, summary: 'What a reference is about; nothing of the account', body: findRecoverySchema, response: { 200: foundRecoverySchema } },
  }, (request) => {
    personOf(request);
    return recoveries.find(request.body.reference);
  });
  app.post('/recoveries/:id/attest', {
    config, schema: { tags, summary: 'What a document says: it fits the account or not', headers: idempotencyHeaders, params: ofRecovery, body: attestSchema, response: { 200: attestedSchema } },
  }, (request, reply) => {
    const by = personOf(request);
    const { document: kind, name, bornOn, endSessions } = request.body;
    const work = () => recoveries.attest({ id: request.params.id, document: { kind, name, bornOn }, endSessions, by });
    return repeatable({ idempotency, principal: `operator:${by}`, request, reply, status: 200, schema: attestedSchema, work });
  });
};
