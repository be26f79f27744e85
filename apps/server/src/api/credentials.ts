// Who is asking: a bearer token from the Authorization header, checked before a body is read.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const tokenLengthMax = 200;

/** Throws `unauthorised` when there is none. */
export function bearerToken(request: FastifyRequest): string {
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || token.length > tokenLengthMax) throw new ProblemError('unauthorised');
  return token;
}

/** Guards every route registered on `app` after this, and returns how a handler asks who it was. */
export function guard<Principal>(
  app: Pick<FastifyInstance, 'addHook'>,
  authenticate: (request: FastifyRequest) => Promise<Principal> | Principal,
): (request: FastifyRequest) => Principal {
  const principals = new WeakMap<FastifyRequest, { principal: Principal }>();
  app.addHook('onRequest', async (request) => {
    principals.set(request, { principal: await authenticate(request) });
    request.isKnown = true;
  });
  return (request) => {
    const known = principals.get(request);
    if (!known) throw new ProblemError('unauthorised');
    return known.principal;
  };
}
