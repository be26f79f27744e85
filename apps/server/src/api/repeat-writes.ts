// Every write of every API takes an Idempotency-Key: the routes that need one ask for it themselves (repeatable.ts), all others
// are wrapped here as they are registered, so that no new route can be left out. Without a key they do what they always do.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';
import { z } from 'zod';
import { createHash } from 'node:crypto';
import type { Idempotency } from '../idempotency/index.ts';
import { idempotencyHeaders, inputOf, keyOf, sendStored } from './repeatable.ts';

/** Somebody without credentials is known by the key alone: it must be as hard to guess as credentials are. */
const anonymousKeyLengthMin = 22;
const writeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
// Loose: a handler may read other headers too.
const optionalKeyHeaders = z.looseObject({ 'idempotency-key': idempotencyHeaders.shape['idempotency-key'] });

export type WriteRoute = { readonly method: string; readonly url: string; readonly key: 'needed' | 'taken' };

/** From here on. Returns the list of write routes, which grows as routes are registered. */
export function repeatWrites(app: FastifyInstance, { idempotency }: { idempotency: Idempotency }): WriteRoute[] {
  const routes: WriteRoute[] = [];
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat().filter((method) => writeMethods.has(method));
    if (methods.length === 0) return;
    const isOwn = route.schema?.headers === idempotencyHeaders;
    routes.push(...methods.map((method) => ({ method, url: route.url, key: isOwn ? ('needed' as const) : ('taken' as const) })));
    if (isOwn) return;
    route.schema = { ...route.schema, headers: optionalKeyHeaders };
    route.handler = wrapped(route, idempotency);
  });
  return routes;
}

function wrapped(route: RouteOptions, idempotency: Idempotency): RouteHandlerMethod {
  const { handler } = route;
  return async function (request, reply) {
    if (request.headers['idempotency-key'] === undefined) return handler.call(this, request, reply);
    const key = keyOf(request);
    const principal = principalOf(request, key);
    const answer = await idempotency.once({ principal, key, input: inputOf(request) }, async () => {
      const caught = catchAnswer();
      const returned = await handler.call(this, request, caught.reply);
      const { status, body = returned } = caught.answer();
      return { status, body: status === 204 ? '' : JSON.stringify(responseSchema(route, status).parse(body)) };
    });
    return sendStored(reply, answer);
  };
}

// Handlers answer by returning a body, or by a status and a body.
function catchAnswer() {
  let status = 200;
  let body: unknown;
  const reply = {
    status: (code: number) => {
      status = code;
      return reply;
    },
    send: (sent: unknown) => {
      body = sent;
      return undefined;
    },
  };
  return { reply: reply as unknown as FastifyReply, answer: () => ({ status, body }) };
}

function responseSchema(route: RouteOptions, status: number): z.ZodType {
  const schema = (route.schema?.response as Record<number, z.ZodType> | undefined)?.[status];
  if (!schema) throw new Error(`${route.url} describes no answer of status ${status}`);
  return schema;
}

// By their credentials, which were checked before; a hash, because the table of keys is no place for them.
function principalOf(request: FastifyRequest, key: string): string {
  const { authorization } = request.headers;
  if (authorization !== undefined) return `credentials:${createHash('sha256').update(authorization).digest('base64url')}`;
  if (key.length >= anonymousKeyLengthMin) return 'anonymous';
  const message = `without credentials a key needs at least ${anonymousKeyLengthMin} random characters`;
  throw new ProblemError('input_invalid', { errors: [{ path: 'headers.idempotency-key', message }] });
}
