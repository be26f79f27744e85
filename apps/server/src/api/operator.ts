// What the operator may ask (contract: packages/protocol/src/back-office-api.ts).
import {
  auditCheckpointsSchema,
  auditRunSchema,
  auditStateSchema,
  consistencyProofSchema,
  inclusionProofsSchema,
  operatorPaymentSchema,
  trialBalanceSchema,
  waysQuerySchema,
  waysSchema,
} from '@sonrisa/protocol/back-office-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Operators } from '../operators/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';

const tags = ['operator'];
const ofPayer = z.object({ id: idSchema('payer') });
const ofPayment = z.object({ id: idSchema('payment') });
const checkpointsQuery = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(50) });
const leaves = z.coerce.number().int().min(1);
const consistencyQuery = z.object({ from: leaves, to: leaves });

export const operatorRoutes: FastifyPluginAsyncZod<{ operators: Operators }> = async (app, { operators }) => {
  guardOperator(app, operators, { keepsBody: false });
  const config = ordinary;

  app.get('/trial-balance', {
    config,
    schema: { tags, summary: 'Every account class, and whether the books are coherent', response: { 200: trialBalanceSchema } },
  }, () => operators.trialBalance());
  app.get('/ways', {
    config,
    schema: { tags, summary: 'How many paid by face, and by the code of their phone', querystring: waysQuerySchema, response: { 200: waysSchema } },
  }, (request) => operators.ways(request.query.days));
  app.get('/payments/:id', {
    config,
    schema: { tags, summary: 'The story of a payment', params: ofPayment, response: { 200: operatorPaymentSchema } },
  }, (request) => operators.story(request.params.id));
  app.get('/payments/:id/inclusion', {
    config,
    schema: { tags, summary: 'That every transfer of a payment is in the signed audit log', params: ofPayment, response: { 200: inclusionProofsSchema } },
  }, (request) => operators.inclusion(request.params.id));
  app.get('/audit', {
    config,
    schema: { tags, summary: 'The last audits, and whether the books are stopped', response: { 200: auditStateSchema } },
  }, () => operators.audit());
  app.get('/audit/checkpoints', {
    config,
    schema: { tags, summary: 'Signed checkpoints of the audit log, newest first', querystring: checkpointsQuery, response: { 200: auditCheckpointsSchema } },
  }, (request) => operators.checkpoints(request.query));
  app.get('/audit/consistency', {
    config,
    schema: { tags, summary: "That one checkpoint's log is the beginning of another's", querystring: consistencyQuery, response: { 200: consistencyProofSchema } },
  }, (request) => operators.consistency(request.query));
  app.post('/audit/run', {
    config,
    schema: { tags, summary: 'Audit everything now; when it adds up, money moves again', response: { 200: auditRunSchema } },
  }, () => operators.runAudit());
  app.post('/payers/:id/face-pin-lock/clear', {
    config,
    schema: { tags, summary: 'Face + PIN of this payer works again', params: ofPayer, response: { 204: z.null() } },
  }, async (request, reply) => {
    await operators.clearFacePinLock(request.params.id);
    request.log.info({ payerId: request.params.id }, 'The operator opened face + PIN of a payer again');
    return reply.status(204).send(null);
  });
  for (const scope of ['terminal', 'store'] as const) {
    app.post(`/${scope}s/:id/face-attempts/clear`, {
      config,
      schema: { tags, summary: `Faces pay at this ${scope} again after too many wrong PINs and digits`, params: z.object({ id: idSchema(scope) }), response: { 204: z.null() } },
    }, async (request, reply) => {
      await operators.clearTillAttempts({ scope, id: request.params.id });
      request.log.info({ scope, id: request.params.id }, 'The operator opened face payment of a place again');
      return reply.status(204).send(null);
    });
  }
};
