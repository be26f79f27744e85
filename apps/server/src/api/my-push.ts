// Where this phone is told of payments while its page is closed (contract: packages/protocol/src/push-api.ts).
import { pushKeySchema, pushRemoveSchema, pushSubscriptionSchema } from '@sonrisa/protocol/push-api.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SignedIn } from '../enrolment/index.ts';
import type { Owners } from '../owners/index.ts';
import type { Pushes } from '../push/index.ts';
import { bearerToken } from './credentials.ts';
import { ordinary } from './limits.ts';

export type MyPushRoutes = { pushes: Pick<Pushes, 'publicKey' | 'subscribe' | 'unsubscribe'>; owners: Pick<Owners, 'sessionHash'>; ownerOf: (request: FastifyRequest) => SignedIn };

const tags = ['phone'];
const config = ordinary;

export const myPushRoutes: FastifyPluginAsyncZod<MyPushRoutes> = async (app, { pushes, owners, ownerOf }) => {
  app.get('/me/push', {
    config, schema: { tags, summary: 'What a browser needs to subscribe', response: { 200: pushKeySchema } },
  }, async () => ({ publicKey: pushes.publicKey }));
  app.post('/me/push', {
    config, schema: { tags, summary: 'Tell this phone of payments by face', body: pushSubscriptionSchema, response: { 204: z.null() } },
  }, async (request, reply) => {
    await pushes.subscribe({ payerId: ownerOf(request).payerId, sessionHash: owners.sessionHash(bearerToken(request)), subscription: request.body });
    return reply.status(204).send(null);
  });
  app.post('/me/push/remove', {
    config, schema: { tags, summary: 'Tell it no more', body: pushRemoveSchema, response: { 204: z.null() } },
  }, async (request, reply) => {
    await pushes.unsubscribe({ payerId: ownerOf(request).payerId, endpoint: request.body.endpoint });
    return reply.status(204).send(null);
  });
};
