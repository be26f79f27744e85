// The owner's account on their own phone: number, PIN, who they are, and what happened to it (contract:
// packages/protocol/src/recovery-api.ts).
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { startedEnrolmentSchema } from '@sonrisa/protocol/phone-api.ts';
import * as api from '@sonrisa/protocol/recovery-api.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Enrolments, SignedIn } from '../enrolment/index.ts';
import type { Owners } from '../owners/index.ts';
import type { Recoveries } from '../recovery/index.ts';
import { bearerToken } from './credentials.ts';
import { ordinary, sensitive } from './limits.ts';

export type MyAccountRoutes = {
  recoveries: Pick<Recoveries, 'account' | 'askOwn' | 'finishOwn' | 'cancelOwn' | 'askReference' | 'checkByProvider' | 'beginVisit' | 'finishVisit'>;
  enrolments: Pick<Enrolments, 'startForOwner' | 'authenticate'>;
  owners: Pick<Owners, 'sessionHash'>;
  ownerOf: (request: FastifyRequest) => SignedIn;
};

const tags = ['phone'];
const ofRecovery = z.object({ id: idSchema('recovery') });
const answer = { 200: api.accountSchema };

export const myAccountRoutes: FastifyPluginAsyncZod<MyAccountRoutes> = async (app, { recoveries, enrolments, owners, ownerOf }) => {
  const ofOwner = (request: FastifyRequest) => ({ payerId: ownerOf(request).payerId, sessionHash: owners.sessionHash(bearerToken(request)) });
  app.get('/me/account', {
    config: ordinary, schema: { tags, summary: 'Number, identity level, changes under way, what happened', response: answer },
  }, (request) => recoveries.account(ofOwner(request)));
  app.post('/me/number-code', {
    config: sensitive, schema: { tags, summary: 'A code on the number of this account, as a proof', response: { 201: startedEnrolmentSchema } },
  }, async (request, reply) =>
    reply.status(201).send(await enrolments.startForOwner({ payerId: ownerOf(request).payerId, address: request.ip })),
  );
  app.post('/me/recoveries', {
    config: sensitive, schema: { tags, summary: 'A new PIN or number: asked for with a second proof, made after a cool-down', body: api.ownRecoverySchema, response: answer },
  }, async (request) => {
    const { body } = request;
    const enrolment = body.kind === 'number' ? body.enrolment : 'enrolment' in body.proof ? body.proof.enrolment : null;
    if (enrolment !== null) await enrolments.authenticate(enrolment);
    await recoveries.askOwn({ ...ofOwner(request), wanted: body });
    return recoveries.account(ofOwner(request));
  });
  app.post('/me/recoveries/:id/finish', {
    config: sensitive, schema: { tags, summary: 'Make the change, on the phone that asked for it', params: ofRecovery, body: api.finishRecoverySchema, response: answer },
  }, async (request) => {
    await recoveries.finishOwn({ ...ofOwner(request), id: request.params.id, sealedPin: request.body.pin });
    return recoveries.account(ofOwner(request));
  });
  app.post('/me/recoveries/:id/cancel', {
    config: ordinary, schema: { tags, summary: 'Stop it at once, from any phone that is signed in', params: ofRecovery, response: answer },
  }, async (request) => {
    await recoveries.cancelOwn({ payerId: ownerOf(request).payerId, id: request.params.id });
    return recoveries.account(ofOwner(request));
  });
  app.post('/me/identity/reference', {
    config: sensitive, schema: { tags, summary: 'A reference for staff who attest name and date of birth', body: api.identityReferenceSchema, response: { 201: api.askedReferenceSchema } },
  }, async (request, reply) => reply.status(201).send(await recoveries.askReference({ payerId: ownerOf(request).payerId, proof: request.body.proof })));
  app.post('/me/identity', {
    config: sensitive, schema: { tags, summary: 'Name and date of birth, confirmed by an identity provider', body: api.checkIdentitySchema, response: answer },
  }, async (request) => {
    const { proof, name, bornOn, documentNumber } = request.body;
    await recoveries.checkByProvider({ payerId: ownerOf(request).payerId, proof, document: { name, bornOn }, documentNumber });
    return recoveries.account(ofOwner(request));
  });
  app.post('/me/identity/visits', {
    config: sensitive, schema: { tags, summary: 'Where to go to an identity provider and sign in', body: api.identityReferenceSchema, response: { 201: api.begunIdentitySchema } },
  }, async (request, reply) => reply.status(201).send(await recoveries.beginVisit({ payerId: ownerOf(request).payerId, proof: request.body.proof })));
  app.post('/me/identity/visits/finish', {
    config: sensitive, schema: { tags, summary: 'What the identity provider sent back', body: api.finishIdentitySchema, response: answer },
  }, async (request) => {
    await recoveries.finishVisit({ payerId: ownerOf(request).payerId, answer: request.body });
    return recoveries.account(ofOwner(request));
  });
};
