// A guardian's children, on the guardian's own phone (contract: packages/protocol/src/children-api.ts). A session reaches the children
// of its owner only; a child has none.
import { lookTicketSchema } from '@sonrisa/protocol/capture.ts';
import { myCaseSchema } from '@sonrisa/protocol/cases-api.ts';
import { addChildSchema, allowanceResultSchema, allowanceSchema, childrenSchema, childViewSchema, consentForChildSchema } from '@sonrisa/protocol/children-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { limitKindSchema, setLimitSchema } from '@sonrisa/protocol/limits-api.ts';
import { openNewLookSchema } from '@sonrisa/protocol/my-face-api.ts';
import { consentTextSchema, localeSchema } from '@sonrisa/protocol/phone-api.ts';
import { phoneAnswerSchema } from '@sonrisa/protocol/phone-request-api.ts';
import { textSchema } from '@sonrisa/protocol/text.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Children, OfChild } from '../children/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { Owners } from '../owners/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';
import { captureConsumes, captureNonceMaxLength, sealedBody, takeSealedBodies } from './sealed-capture.ts';

export type ChildrenRoutes = { children: Children; owners: Pick<Owners, 'authenticate' | 'sessionHash'>; idempotency: Idempotency };

const ofChild = z.object({ id: idSchema('payer') });
const ofKind = ofChild.extend({ kind: limitKindSchema });
const ofLook = ofChild.extend({ nonce: textSchema({ max: captureNonceMaxLength }) });
const ofPayment = ofChild.extend({ payment: idSchema('payment') });
const tags = ['children'];
const config = ordinary;
const ok = { 200: childViewSchema };

type Inside = Omit<ChildrenRoutes, 'owners'> & { guardianOf: (request: FastifyRequest) => string; sessionHashOf: (request: FastifyRequest) => string };

export const childrenRoutes: FastifyPluginAsyncZod<ChildrenRoutes> = async (app, { children, owners, idempotency }) => {
  const ownerOf = guard(app, (request) => owners.authenticate(bearerToken(request)));
  const guardianOf = (request: FastifyRequest): string => ownerOf(request).payerId;
  const sessionHashOf = (request: FastifyRequest): string => owners.sessionHash(bearerToken(request));
  const inside = { children, idempotency, guardianOf, sessionHashOf };
  await app.register(addRoutes, inside);
  await app.register(capRoutes, inside);
  await app.register(moneyRoutes, inside);
};

const ofRequest = (guardianId: string, { id }: { id: string }): OfChild => ({ guardianId, childId: id });

const addRoutes: FastifyPluginAsyncZod<Inside> = async (app, { children, idempotency, guardianOf, sessionHashOf }) => {
  app.get('/me/children', { config, schema: { tags, summary: 'My children, and what a new one needs', response: { 200: childrenSchema } } }, (request) => children.list(guardianOf(request)));
  app.get('/me/children/consent', {
    config, schema: { tags, summary: 'What a guardian agrees to', querystring: z.object({ locale: localeSchema.default('zh') }), response: { 200: consentTextSchema } },
  }, async (request) => children.consentText(request.query.locale));
  app.post('/me/children', {
    config, schema: { tags, summary: 'Add a child: consent, limits, and my passkey or PIN', headers: idempotencyHeaders, body: addChildSchema, response: { 201: childViewSchema } },
  }, (request, reply) => {
    const guardianId = guardianOf(request);
    const work = () => children.add({ guardianId, sessionHash: sessionHashOf(request), child: request.body });
    return repeatable({ idempotency, principal: `payer:${guardianId}`, request, reply, status: 201, schema: childViewSchema, work });
  });
  app.get('/me/children/:id', { config, schema: { tags, summary: 'One of them', params: ofChild, response: ok } }, (request) => children.read(ofRequest(guardianOf(request), request.params)));
  app.post('/me/children/:id/consent', {
    config, schema: { tags, summary: 'Agree anew, after the face was erased', headers: idempotencyHeaders, params: ofChild, body: consentForChildSchema, response: ok },
  }, (request, reply) => {
    const of = ofRequest(guardianOf(request), request.params);
    const work = () => children.consent({ ...of, sessionHash: sessionHashOf(request), ...request.body });
    return repeatable({ idempotency, principal: `payer:${of.guardianId}`, request, reply, status: 200, schema: childViewSchema, work });
  });
  app.post('/me/children/:id/looks', {
    config, schema: { tags, summary: 'Open one look at the child, by my passkey or PIN', params: ofChild, body: openNewLookSchema, response: { 201: lookTicketSchema } },
  }, async (request, reply) => reply.status(201).send(await children.openLook({ ...ofRequest(guardianOf(request), request.params), sessionHash: sessionHashOf(request), ...request.body })));
  await app.register(async (captures: typeof app) => {
    takeSealedBodies(captures);
    captures.put('/me/children/:id/looks/:nonce/capture', {
      config, schema: { tags, summary: 'The sealed burst', consumes: captureConsumes, params: ofLook, response: ok },
    }, (request) => children.takeLook({ ...ofRequest(guardianOf(request), request.params), nonce: request.params.nonce, sealed: sealedBody(request) }));
  });
};

const capRoutes: FastifyPluginAsyncZod<Inside> = async (app, { children, idempotency, guardianOf }) => {
  app.put('/me/children/:id/limits/:kind', {
    config, schema: { tags, summary: 'Lower at once; raise by my passkey or PIN, after a delay', headers: idempotencyHeaders, params: ofKind, body: setLimitSchema, response: ok },
  }, (request, reply) => {
    const of = ofRequest(guardianOf(request), request.params);
    const work = () => children.setLimit({ ...of, kind: request.params.kind, ...request.body });
    return repeatable({ idempotency, principal: `payer:${of.guardianId}`, request, reply, status: 200, schema: childViewSchema, work });
  });
  app.delete('/me/children/:id/limits/:kind/raise', { config, schema: { tags, summary: 'Forget the raise that waits', params: ofKind, response: ok } }, (request) =>
    children.cancelRaise({ ...ofRequest(guardianOf(request), request.params), kind: request.params.kind }));
  app.post('/me/children/:id/pause', { config, schema: { tags, summary: "No match of the child's face counts, at once", params: ofChild, response: ok } }, (request) =>
    children.pause(ofRequest(guardianOf(request), request.params)));
  app.post('/me/children/:id/resume', { config, schema: { tags, summary: 'Matches count again, two minutes after the pause at the earliest', params: ofChild, response: ok } }, (request) =>
    children.resume(ofRequest(guardianOf(request), request.params)));
  app.delete('/me/children/:id/face', { config, schema: { tags, summary: "Forget the child's face; a signed receipt", params: ofChild, response: ok } }, (request) =>
    children.eraseFace(ofRequest(guardianOf(request), request.params)));
};

const moneyRoutes: FastifyPluginAsyncZod<Inside> = async (app, { children, idempotency, guardianOf }) => {
  app.post('/me/children/:id/allowance', {
    config, schema: { tags, summary: "Money from my wallet to the child's", headers: idempotencyHeaders, params: ofChild, body: allowanceSchema, response: { 201: allowanceResultSchema } },
  }, (request, reply) => {
    const of = ofRequest(guardianOf(request), request.params);
    const work = (key: string) => children.allow({ ...of, key, ...request.body });
    return repeatable({ idempotency, principal: `payer:${of.guardianId}`, request, reply, status: 201, schema: allowanceResultSchema, work });
  });
  app.post('/me/children/:id/close', {
    config, schema: { tags, summary: 'Forget the face, close the wallet, money back', headers: idempotencyHeaders, params: ofChild, response: ok },
  }, (request, reply) => {
    const of = ofRequest(guardianOf(request), request.params);
    const work = () => children.close(of);
    return repeatable({ idempotency, principal: `payer:${of.guardianId}`, request, reply, status: 200, schema: childViewSchema, work });
  });
  app.post('/me/children/:id/payments/:payment/undo', {
    config, schema: { tags, summary: "Take a child's first payment by face back", headers: idempotencyHeaders, params: ofPayment, response: { 200: phoneAnswerSchema } },
  }, (request, reply) => {
    const of = ofRequest(guardianOf(request), request.params);
    const work = () => children.undo({ ...of, paymentId: request.params.payment });
    return repeatable({ idempotency, principal: `payer:${of.guardianId}`, request, reply, status: 200, schema: phoneAnswerSchema, work });
  });
  app.post('/me/children/:id/payments/:payment/not-me', {
    config, schema: { tags, summary: 'That was not this child: money back, face at rest, a case', headers: idempotencyHeaders, params: ofPayment, response: { 201: myCaseSchema } },
  }, (request, reply) => {
    const of = ofRequest(guardianOf(request), request.params);
    const work = () => children.notMe({ ...of, paymentId: request.params.payment });
    return repeatable({ idempotency, principal: `payer:${of.guardianId}`, request, reply, status: 201, schema: myCaseSchema, work });
  });
};
