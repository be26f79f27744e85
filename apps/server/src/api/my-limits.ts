// What a shopper may spend, on their own phone (contract: packages/protocol/src/limits-api.ts).
import { limitKindSchema, limitNonceSchema, myLimitsSchema, setLimitSchema } from '@sonrisa/protocol/limits-api.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SignedIn } from '../enrolment/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Passkeys } from '../passkeys/index.ts';
import { ordinary } from './limits.ts';

export type MyLimitsRoutes = { limits: Pick<Limits, 'mine' | 'set' | 'cancelRaise'>; passkeys: Pick<Passkeys, 'list' | 'nonce'>; ownerOf: (request: FastifyRequest) => SignedIn };

const ofKind = z.object({ kind: limitKindSchema });
const tags = ['phone'];
const config = ordinary;

export const myLimitsRoutes: FastifyPluginAsyncZod<MyLimitsRoutes> = async (app, { limits, passkeys, ownerOf }) => {
  const mine = async (payerId: string) => {
    const [seen, known] = await Promise.all([limits.mine(payerId), passkeys.list(payerId)]);
    return { ...seen, passkeyIds: known.map(({ id }) => id) };
  };
  app.get('/me/limits', {
    config, schema: { tags, summary: 'Each limit, what is used of it, and a raise that waits', response: { 200: myLimitsSchema } },
  }, (request) => mine(ownerOf(request).payerId));
  app.put('/me/limits/:kind', {
    config, schema: { tags, summary: 'Lower at once; raise by passkey or PIN, after a delay', params: ofKind, body: setLimitSchema, response: { 200: myLimitsSchema } },
  }, async (request) => {
    const { payerId } = ownerOf(request);
    await limits.set({ payerId, ...request.params, ...request.body });
    return mine(payerId);
  });
  app.delete('/me/limits/:kind/raise', {
    config, schema: { tags, summary: 'Forget the raise that waits', params: ofKind, response: { 200: myLimitsSchema } },
  }, async (request) => {
    const { payerId } = ownerOf(request);
    await limits.cancelRaise({ payerId, ...request.params });
    return mine(payerId);
  });
  app.post('/me/limits/nonce', {
    config, schema: { tags, summary: 'What a passkey signs with, taken once', response: { 200: limitNonceSchema } },
  }, async (request) => ({ nonce: await passkeys.nonce(ownerOf(request).payerId) }));
};
