// Guards the routes of an operator, and writes down who did what before it is done (../operators/acts.ts).
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperatorPrincipal, Operators } from '../operators/index.ts';
import { bearerToken, guard } from './credentials.ts';

/** `keepsBody`: what was asked for is kept with the act. Not where it says something of a shopper's person. */
export function guardOperator(app: FastifyInstance, operators: Pick<Operators, 'authenticate' | 'acts'>, { keepsBody }: { keepsBody: boolean }): (request: FastifyRequest) => OperatorPrincipal {
  const principalOf = guard(app, (request) => operators.authenticate(bearerToken(request)));
  const numbers = new WeakMap<FastifyRequest, string>();
  // After validation: what no route takes was no act.
  app.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const { personId } = principalOf(request);
    const subject = (request.params as { id?: string } | undefined)?.id ?? null;
    const act = `${request.method} ${request.routeOptions.url ?? request.url}`;
    numbers.set(request, await operators.acts.begin({ by: personId === null ? 'token' : 'person', personId, act, subject, body: keepsBody ? request.body : null }));
  });
  app.addHook('onSend', async (request, reply) => {
    const number = numbers.get(request);
    if (number !== undefined) await operators.acts.end(number, reply.statusCode);
  });
  return principalOf;
}
