// The money side of the operator (contract: packages/protocol/src/money-api.ts).
import { type Currency, isCurrency } from '@sonrisa/ledger/money.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import * as api from '@sonrisa/protocol/money-api.ts';
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Adjustments } from '../adjustments/index.ts';
import type { Disputes } from '../disputes/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { OperatorPrincipal, Operators } from '../operators/index.ts';
import type { Payouts } from '../payouts/index.ts';
import type { Proposals } from '../proposals/index.ts';
import type { Settlements } from '../settlements/index.ts';
import type { Statements } from '../statements/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorMoneyRoutes = {
  operators: Operators;
  settlements: Settlements;
  payouts: Payouts;
  proposals: Proposals;
  disputes: Pick<Disputes, 'list'>;
  adjustments: Adjustments;
  statements: Statements;
  idempotency: Idempotency;
};

/** A day's statement of a busy account. */
const statementBytesMax = 8 * 1024 * 1024;
const tags = ['operator'];
const headers = idempotencyHeaders;
const of = (kind: Parameters<typeof idSchema>[0]) => z.object({ id: idSchema(kind) });
const config = ordinary;

export const operatorMoneyRoutes: FastifyPluginAsyncZod<OperatorMoneyRoutes> = async (app, deps) => {
  const { operators, idempotency } = deps;
  const principalOf = guardOperator(app, operators, { keepsBody: true });
  const once: Once = ({ request, reply, schema, status = 200, work }) =>
    repeatable({ idempotency, principal: `operator:${principalOf(request).personId ?? 'token'}`, request, reply, status, schema, work });
  // The options carry the prefix of this group, which would count twice.
  const personOf = (request: FastifyRequest): string => {
    const { personId } = principalOf(request);
    // The installation's own token is nobody in particular: two people could not be told apart.
    if (personId === null) throw new ProblemError('person_needed');
    return personId;
  };
  const proposed: ByPeople['proposed'] = ({ request, reply, work }) =>
    once({ request, reply, status: 202, schema: api.proposalSchema, work: (key) => work({ makerId: personOf(request), key }) });
  const inner = { ...deps, once, principalOf, personOf, proposed, prefix: '' };
  await app.register(moneyOutRoutes, inner);
  await app.register(proposalRoutes, inner);
  await app.register(disputeRoutes, inner);
  await app.register(correctionRoutes, inner);
  await app.register(reconciliationRoutes, inner);
};

type Once = <Answer extends z.ZodType>(input: {
  request: FastifyRequest;
  reply: FastifyReply;
  schema: Answer;
  status?: number;
  work: (key: string) => Promise<z.input<Answer>>;
}) => Promise<void>;
type ByPeople = OperatorMoneyRoutes & {
  once: Once;
  principalOf: (request: FastifyRequest) => OperatorPrincipal;
  /** Throws `person_needed` for a token that is nobody in particular. */
  personOf: (request: FastifyRequest) => string;
  /** Answers with what somebody else has to approve. */
  proposed: (input: { request: FastifyRequest; reply: FastifyReply; work: (by: { makerId: string; key: string }) => Promise<Proposal> }) => Promise<void>;
};

const moneyOutRoutes: FastifyPluginAsyncZod<ByPeople> = async (app, { settlements, payouts, proposals, once, proposed }) => {
  app.get('/settlements', {
    config, schema: { tags, summary: 'Settlements, newest day first', querystring: listQuery, response: { 200: api.settlementsSchema } },
  }, async (request) => ({ settlements: await settlements.list(request.query) }));
  app.get('/payouts', {
    config, schema: { tags, summary: 'Payouts and withdrawals, newest first', querystring: listQuery, response: { 200: api.payoutsSchema } },
  }, async (request) => ({ payouts: await payouts.list(request.query) }));
  app.put('/merchants/:id/fees', {
    config, schema: { tags, summary: 'What payments cost a merchant from then on, once somebody else approves it', headers, params: of('merchant'), body: api.proposeFeesSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => {
    const { reason, ...fees } = request.body;
    return proposed({ request, reply, work: (by) => proposals.proposeFees({ merchantId: request.params.id, fees, reason, ...by }) });
  });
  app.put('/merchants/:id/bank-account', {
    config, schema: { tags, summary: 'Where payouts to a merchant go, once somebody else approves it', headers, params: of('merchant'), body: api.setBankAccountSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => proposed({ request, reply, work: (by) => proposals.proposeBankAccount({ owner: 'merchant', ownerId: request.params.id, ...request.body, ...by }) }));
  app.put('/bank-account', {
    config, schema: { tags, summary: 'Where payouts come from, once somebody else approves it', headers, body: api.setBankAccountSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => proposed({ request, reply, work: (by) => proposals.proposeBankAccount({ owner: 'platform', ownerId: 'platform', ...request.body, ...by }) }));
  app.post('/payout-files', {
    config, schema: { tags, summary: 'Pay what is settled: a pain.001 file', headers, body: api.makePayoutFileSchema, response: { 201: api.payoutFileSchema } },
  }, (request, reply) => once({ request, reply, schema: api.payoutFileSchema, status: 201, work: async (key) => ({ file: await payouts.makeFile({ currency: currencyOf(request.body.currency), key }) }) }));
  app.get('/payout-files/:id', {
    config, schema: { tags, summary: 'The file as the bank takes it', params: of('payoutFile') },
  }, async (request, reply) => sendFile(reply, { content: await payouts.file(request.params.id), type: 'application/xml', name: `${request.params.id}.xml` }));
  app.post('/payouts/:id/confirm', {
    config, schema: { tags, summary: 'The bank has paid', headers, params: of('payout'), body: api.bankWordSchema, response: { 200: api.payoutSchema } },
  }, (request, reply) => once({ request, reply, schema: api.payoutSchema, work: () => payouts.confirm({ payoutId: request.params.id, ...request.body }) }));
  app.post('/payouts/:id/return', {
    config, schema: { tags, summary: 'The bank sent it back: what is paid again once somebody else approves it', headers, params: of('payout'), body: api.bankWordSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => proposed({ request, reply, work: (by) => proposals.proposeReturn({ payoutId: request.params.id, ...request.body, ...by }) }));
};

const proposalRoutes: FastifyPluginAsyncZod<ByPeople> = async (app, { proposals, once, personOf }) => {
  const proposalsQuery = listQuery.extend({ state: z.enum(['waiting', 'decided']).default('waiting') });
  app.get('/proposals', {
    config, schema: { tags, summary: 'Bank accounts, fees, returned payouts and disputes that two people decide on, newest first', querystring: proposalsQuery, response: { 200: api.proposalsSchema } },
  }, async ({ query: { state, limit } }) => ({ proposals: await proposals.list({ waiting: state === 'waiting', limit }) }));
  for (const decide of ['approve', 'refuse'] as const) {
    app.post(`/proposals/:id/${decide}`, {
      config, schema: { tags, summary: decide === 'approve' ? 'Approve what somebody else proposed' : 'Refuse it', headers, params: of('proposal'), response: { 200: api.proposalSchema } },
    }, (request, reply) => once({ request, reply, schema: api.proposalSchema, work: () => proposals[decide]({ proposalId: request.params.id, checkerId: personOf(request) }) }));
  }
};

const disputeRoutes: FastifyPluginAsyncZod<ByPeople> = async (app, { disputes, proposals, proposed }) => {
  app.get('/disputes', {
    config, schema: { tags, summary: 'Disputes, newest first', querystring: listQuery, response: { 200: api.disputesSchema } },
  }, async (request) => ({ disputes: await disputes.list(request.query.limit) }));
  app.post('/disputes', {
    config, schema: { tags, summary: 'The shopper has the money back, once somebody else approves it; what they report on their own phone goes on by itself', headers, body: api.openDisputeSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => proposed({ request, reply, work: (by) => proposals.proposeDispute({ ...request.body, ...by }) }));
  app.post('/disputes/:id/recoveries', {
    config, schema: { tags, summary: 'Somebody pays for it, once somebody else approves it', headers, params: of('dispute'), body: api.recoverDisputeSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => proposed({ request, reply, work: (by) => proposals.proposeRecovery({ disputeId: request.params.id, ...request.body, ...by }) }));
  app.post('/disputes/:id/loss', {
    config, schema: { tags, summary: 'Nobody pays the rest, once somebody else approves it', headers, params: of('dispute'), body: api.loseDisputeSchema, response: { 202: api.proposalSchema } },
  }, (request, reply) => proposed({ request, reply, work: (by) => proposals.proposeLoss({ disputeId: request.params.id, ...request.body, ...by }) }));
};

const correctionRoutes: FastifyPluginAsyncZod<ByPeople> = async (app, { operators, adjustments, once, principalOf, personOf }) => {
  app.post('/people', {
    config, schema: { tags, summary: 'A person with a token of their own; in production people are added on the machine (sonrisa person add)', body: api.addPersonSchema, response: { 201: api.personSchema } },
  }, async (request, reply) => {
    if (principalOf(request).personId !== null) throw new ProblemError('forbidden');
    // A key is taken and not asked for (repeat-writes.ts): with one, the answer and its token are kept sealed.
    return reply.status(201).send(await operators.people.add(request.body.name));
  });
  app.get('/adjustments', {
    config, schema: { tags, summary: 'Corrections, newest first', querystring: listQuery, response: { 200: api.adjustmentsSchema } },
  }, async (request) => ({ adjustments: await adjustments.list(request.query.limit) }));
  app.post('/adjustments', {
    config, schema: { tags, summary: 'Propose a correction', headers, body: api.proposeAdjustmentSchema, response: { 201: api.adjustmentSchema } },
  }, (request, reply) => once({ request, reply, schema: api.adjustmentSchema, status: 201, work: (key) => adjustments.propose({ makerId: personOf(request), key, ...request.body }) }));
  app.post('/adjustments/:id/approve', {
    config, schema: { tags, summary: 'Approve what somebody else proposed', headers, params: of('adjustment'), response: { 200: api.adjustmentSchema } },
  }, (request, reply) => once({ request, reply, schema: api.adjustmentSchema, work: () => adjustments.approve({ adjustmentId: request.params.id, checkerId: personOf(request) }) }));
  app.post('/adjustments/:id/refuse', {
    config, schema: { tags, summary: 'Refuse it', headers, params: of('adjustment'), response: { 200: api.adjustmentSchema } },
  }, (request, reply) => once({ request, reply, schema: api.adjustmentSchema, work: () => adjustments.refuse({ adjustmentId: request.params.id, checkerId: personOf(request) }) }));
};

const reconciliationRoutes: FastifyPluginAsyncZod<ByPeople> = async (app, { statements, once, principalOf, personOf }) => {
  const breaksQuery = listQuery.extend({ state: z.enum(['open', 'resolved']).default('open') });
  const pastQuery = z.object({ atMs: z.coerce.number().int().min(0).max(8_640_000_000_000_000) });
  app.post('/bank-statements', {
    config, bodyLimit: statementBytesMax,
    schema: { tags, summary: 'What the bank says: camt.053, pain.002 or CSV', headers, body: api.importStatementSchema, response: { 201: api.importedSchema } },
  }, (request, reply) => once({ request, reply, schema: api.importedSchema, status: 201, work: () => statements.importFile({ ...request.body, importedBy: principalOf(request).personId }) }));
  app.get('/breaks', {
    config, schema: { tags, summary: 'Where bank and books differ, oldest first', querystring: breaksQuery, response: { 200: api.breaksSchema } },
  }, async (request) => ({ breaks: await statements.breaks(request.query) }));
  app.post('/breaks/:id/assign', {
    config, schema: { tags, summary: 'Who looks after it', headers, params: of('reconciliationBreak'), body: api.assignBreakSchema, response: { 200: api.breakSchema } },
  }, (request, reply) => once({ request, reply, schema: api.breakSchema, work: () => {
    personOf(request);
    return statements.assignBreak({ breakId: request.params.id, ...request.body });
  } }));
  app.post('/breaks/:id/resolve', {
    config, schema: { tags, summary: 'Why it is none', headers, params: of('reconciliationBreak'), body: api.resolveBreakSchema, response: { 200: api.breakSchema } },
  }, (request, reply) => once({ request, reply, schema: api.breakSchema, work: () => statements.resolveBreak({ breakId: request.params.id, personId: personOf(request), ...request.body }) }));
  app.get('/past-trial-balance', {
    config, schema: { tags, summary: 'The books of a past moment, the same whenever it is asked', querystring: pastQuery, response: { 200: api.pastTrialBalanceSchema } },
  }, (request) => statements.trialBalanceAt(request.query.atMs));
};

export function sendFile(reply: FastifyReply, { content, type, name }: { content: string; type: string; name: string }): FastifyReply {
  return reply.type(`${type}; charset=utf-8`).header('content-disposition', `attachment; filename="${name}"`).send(content);
}

function currencyOf(code: string): Currency {
  if (!isCurrency(code)) throw new ProblemError('currency_mismatch');
  return code;
}
