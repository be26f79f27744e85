// The owner's own view of their face, and what they may do about it at once (contract: packages/protocol/src/my-face-api.ts).
import { closingSchema } from '@sonrisa/protocol/close-account-api.ts';
import { consentAgainSchema, erasedMeSchema, exportSchema, myFaceSchema } from '@sonrisa/protocol/my-face-api.ts';
import { localeSchema, meSchema } from '@sonrisa/protocol/phone-api.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Owners } from '../owners/index.ts';
import type { Recoveries } from '../recovery/index.ts';
import { bearerToken } from './credentials.ts';
import { ordinary, sensitive } from './limits.ts';

export type MyFaceRoutes = { owners: Owners; recoveries: Pick<Recoveries, 'requireCalm'>; ownerOf: (request: FastifyRequest) => { payerId: string } };

const tags = ['phone'];

export const myFaceRoutes: FastifyPluginAsyncZod<MyFaceRoutes> = async (app, { owners, recoveries, ownerOf }) => {
  app.get('/me/face', {
    config: ordinary,
    schema: { tags, summary: 'Every look that named me, my consents, erasures with their receipts', response: { 200: myFaceSchema } },
  }, (request) => owners.myFace(ownerOf(request).payerId));
  app.delete('/me/face', {
    config: ordinary,
    schema: { tags, summary: 'Forget my face; a signed receipt', response: { 200: erasedMeSchema } },
  }, (request) => owners.deleteFace(ownerOf(request).payerId));
  app.post('/me/face/consent', {
    config: sensitive,
    schema: { tags, summary: 'Agree to face payment again after an erasure; a look follows', body: consentAgainSchema, response: { 200: myFaceSchema } },
  }, async (request) => {
    const { payerId } = ownerOf(request);
    await recoveries.requireCalm(payerId);
    return owners.consentAgain({ payerId, sessionHash: owners.sessionHash(bearerToken(request)), ...request.body });
  });
  app.post('/me/face/pause', {
    config: ordinary,
    schema: { tags, summary: 'No match of my face counts, at once', response: { 200: meSchema } },
  }, (request) => owners.pauseFace(ownerOf(request).payerId));
  app.post('/me/face/resume', {
    config: ordinary,
    schema: { tags, summary: 'Matches count again, two minutes after the pause at the earliest', response: { 200: meSchema } },
  }, (request) => owners.resumeFace(ownerOf(request).payerId));
  app.get('/me/closing', {
    config: ordinary,
    schema: { tags, summary: 'What stands in the way of closing my account', response: { 200: closingSchema } },
  }, (request) => owners.closing(ownerOf(request).payerId));
  app.get('/me/export', {
    config: sensitive,
    schema: { tags, summary: 'Everything that is kept about me', response: { 200: exportSchema } },
  }, async (request, reply) => {
    reply.header('content-disposition', 'attachment; filename="sonrisa-export.json"');
    return owners.export(ownerOf(request).payerId);
  });
  app.get('/me/export.pdf', {
    config: sensitive,
    schema: { tags, summary: 'The same as pages to read', querystring: z.object({ locale: localeSchema.default('zh') }) },
  }, async (request, reply) => {
    const pages = await owners.exportPdf({ payerId: ownerOf(request).payerId, ...request.query });
    return reply.type('application/pdf').header('content-disposition', 'attachment; filename="sonrisa-export.pdf"').send(Buffer.from(pages));
  });
};
