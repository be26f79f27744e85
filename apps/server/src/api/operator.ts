// What the operator may ask (contract: packages/protocol/src/back-office-api.ts).
import { operatorPaymentSchema, trialBalanceSchema } from '@sonrisa/protocol/back-office-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Operators } from '../operators/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';

const tags = ['operator'];
const ofPayer = z.object({ id: idSchema('payer') });
const ofPayment = z.object({ id: idSchema('payment') });

export const operatorRoutes: FastifyPluginAsyncZod<{ operators: Operators }> = async (app, { operators }) => {
  guard(app, (request) => operators.authenticate(bearerToken(request)));
  const config = ordinary;

  app.get('/trial-balance', {
    config,
    schema: { tags, summary: 'Every account class, and whether the books are coherent', response: { 200: trialBalanceSchema } },
  }, () => operators.trialBalance());
  app.get('/payments/:id', {
    config,
    schema: { tags, summary: 'The story of a payment', params: ofPayment, response: { 200: operatorPaymentSchema } },
  }, (request) => operators.story(request.params.id));
  app.post('/payers/:id/face-pin-lock/clear', {
    config,
    schema: { tags, summary: 'Face + PIN of this payer works again', params: ofPayer, response: { 204: z.null() } },
  }, async (request, reply) => {
    await operators.clearFacePinLock(request.params.id);
    request.log.info({ payerId: request.params.id }, 'The operator opened face + PIN of a payer again');
    return reply.status(204).send(null);
  });
};
