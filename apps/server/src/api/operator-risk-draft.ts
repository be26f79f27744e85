// Risk rules that are being written: tried on recorded decisions before they are a version. Nothing is written here, so nothing
// of it stands in the trail of acts; the body is too long for a GET.
import type { Currency } from '@sonrisa/ledger/money.ts';
import * as api from '@sonrisa/protocol/risk-api.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Operators } from '../operators/index.ts';
import type { Risk } from '../risk/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';
import { rulesBytesMax } from './operator-risk.ts';

export type OperatorRiskDraftRoutes = { operators: Pick<Operators, 'authenticate'>; risk: Pick<Risk, 'backTestDraft'>; currency: Currency };

const tags = ['operator'];

export const operatorRiskDraftRoutes: FastifyPluginAsyncZod<OperatorRiskDraftRoutes> = async (app, { operators, risk, currency }) => {
  guard(app, (request) => operators.authenticate(bearerToken(request)));
  app.get('/risk/terms', {
    config: ordinary, schema: { tags, summary: 'The currency that amounts in risk rules are minor units of', response: { 200: api.riskTermsSchema } },
  }, async () => ({ currency }));
  app.post('/risk/back-test', {
    config: ordinary, bodyLimit: rulesBytesMax,
    schema: { tags, summary: 'What rules that are no version yet would have decided, newest decisions first; a page. Keeps nothing', body: api.draftBackTestSchema, response: { 200: api.outcomeDiffPageSchema } },
  }, (request) => risk.backTestDraft(request.body));
};
