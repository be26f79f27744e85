// Getting an account back without a phone that is signed in (contract: packages/protocol/src/recovery-api.ts).
import { finishRecoverySchema, recoveredSchema, recoverySchema, stopRecoverySchema } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Recoveries } from '../recovery/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary, sensitive } from './limits.ts';

export type RecoveryRoutes = { recoveries: Pick<Recoveries, 'readMine' | 'finishMine' | 'cancelMine' | 'stopByLink'> };

const tags = ['phone'];

export const recoveryRoutes: FastifyPluginAsyncZod<RecoveryRoutes> = async (app, { recoveries }) => {
  app.post('/stop', {
    config: sensitive,
    schema: { tags, summary: 'Stop a recovery by the link of its notice', body: stopRecoverySchema, response: { 204: z.null() } },
  }, async (request, reply) => {
    await recoveries.stopByLink(request.body.token);
    return reply.status(204).send(null);
  });
  await app.register(mineRoutes, { prefix: '/mine', recoveries });
};

const mineRoutes: FastifyPluginAsyncZod<RecoveryRoutes> = async (app, { recoveries }) => {
  guard(app, (request) => recoveries.readMine(bearerToken(request)));
  app.get('/', {
    config: ordinary, schema: { tags, summary: 'How the recovery asked for on this phone stands', response: { 200: recoverySchema } },
  }, (request) => recoveries.readMine(bearerToken(request)));
  app.post('/finish', {
    config: sensitive, schema: { tags, summary: 'A new PIN, after the cool-down; signs this phone in and all others out', body: finishRecoverySchema, response: { 200: recoveredSchema } },
  }, (request) => {
    const { pin } = request.body;
    if (pin === undefined) throw new ProblemError('pin_required');
    return recoveries.finishMine({ token: bearerToken(request), sealedPin: pin });
  });
  app.post('/cancel', {
    config: ordinary, schema: { tags, summary: 'No recovery after all', response: { 204: z.null() } },
  }, async (request, reply) => {
    await recoveries.cancelMine(bearerToken(request));
    return reply.status(204).send(null);
  });
};
