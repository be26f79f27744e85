// Terminals for the operator (contract: packages/protocol/src/networks-api.ts): which ask from a network nobody confirmed, and saying where they belong.
import { merchantTerminalSchema, movedTerminalsSchema } from '@sonrisa/protocol/back-office-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { confirmNetworkSchema, storeNetworksSchema } from '@sonrisa/protocol/networks-api.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';
import type { Operators } from '../operators/index.ts';
import type { Terminals } from '../terminals/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorTerminalRoutes = { operators: Operators; terminals: Pick<Terminals, 'moved' | 'confirmNetwork' | 'revoke' | 'places'>; idempotency: Idempotency };

const tags = ['operator'];
const headers = idempotencyHeaders;
const config = ordinary;

export const operatorTerminalRoutes: FastifyPluginAsyncZod<OperatorTerminalRoutes> = async (app, { operators, terminals, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: true });
  const once = <Answer extends z.ZodType>(input: { request: FastifyRequest; reply: FastifyReply; schema: Answer; work: () => Promise<z.input<Answer>> }) =>
    repeatable({ idempotency, principal: `operator:${principalOf(input.request).personId ?? 'token'}`, status: 200, ...input });

  app.get('/terminals/moved', {
    config, schema: { tags, summary: 'Terminals on a network nobody confirmed, latest first', querystring: listQuery, response: { 200: movedTerminalsSchema } },
  }, async (request) => ({ terminals: await terminals.moved(request.query) }));
  app.post('/terminals/:id/confirm-network', {
    config, schema: { tags, summary: 'A terminal was moved and belongs where it is', headers, params: z.object({ id: idSchema('terminal') }), body: confirmNetworkSchema, response: { 200: merchantTerminalSchema } },
  }, (request, reply) => once({ request, reply, schema: merchantTerminalSchema, work: () =>
    terminals.confirmNetwork({ terminalId: request.params.id, network: request.body.network, by: principalOf(request).personId ?? 'operator token' }) }));
  app.post('/terminals/:id/revoke', {
    config, schema: { tags, summary: 'Switch a terminal off for good', headers, params: z.object({ id: idSchema('terminal') }), response: { 200: merchantTerminalSchema } },
  }, (request, reply) => once({ request, reply, schema: merchantTerminalSchema, work: () => terminals.revoke({ terminalId: request.params.id }) }));
  app.put('/stores/:id/networks', {
    config, schema: { tags, summary: 'Check the networks of its terminals: as learned, as listed, or not', headers, params: z.object({ id: idSchema('store') }), body: storeNetworksSchema, response: { 200: storeNetworksSchema } },
  }, (request, reply) => once({ request, reply, schema: storeNetworksSchema, work: () => terminals.places.setCheck({ storeId: request.params.id, networks: request.body }) }));
};
