// A merchant's statements, settlements and payouts (contract: packages/protocol/src/money-api.ts). A key reaches its own merchant only.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import { merchantBankAccountSchema, merchantDisputesSchema, merchantFeesSchema, payoutsSchema, settlementsSchema, statementQuerySchema } from '@sonrisa/protocol/money-api.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Merchants } from '../merchants/index.ts';
import type { Payouts } from '../payouts/index.ts';
import type { Proposals } from '../proposals/index.ts';
import type { Settlements } from '../settlements/index.ts';
import type { Statements } from '../statements/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { sendFile } from './operator-money.ts';

export type MerchantMoneyRoutes = { merchants: Merchants; settlements: Settlements; payouts: Pick<Payouts, 'list'>; proposals: Pick<Proposals, 'merchantBankAccount' | 'merchantDisputes' | 'merchantFees'>; statements: Pick<Statements, 'merchantStatement' | 'settlementFile'> };

const tags = ['merchant'];
const config = ordinary;

export const merchantMoneyRoutes: FastifyPluginAsyncZod<MerchantMoneyRoutes> = async (app, { merchants, settlements, payouts, proposals, statements }) => {
  const merchantOf = guard(app, (request) => merchants.authenticate(bearerToken(request)));

  app.get('/settlements', {
    config, schema: { tags, summary: 'Settlements, newest day first', querystring: listQuery, response: { 200: settlementsSchema } },
  }, async (request) => ({ settlements: await settlements.list({ ...merchantOf(request), ...request.query }) }));
  app.get('/settlements/:id/file', {
    config, schema: { tags, summary: 'Every line of a settlement and their sum, as CSV', params: z.object({ id: idSchema('settlement') }) },
  }, async (request, reply) => {
    const content = await statements.settlementFile({ settlementId: request.params.id, ...merchantOf(request) });
    return sendFile(reply, { content, type: 'text/csv', name: `${request.params.id}.csv` });
  });
  app.get('/statement', {
    config, schema: { tags, summary: 'Statement by the days of the stores, as CSV or camt.053', querystring: statementQuerySchema },
  }, async (request, reply) => {
    const { merchantId } = merchantOf(request);
    const { currency } = await merchants.balance(merchantId);
    const { from, to, format } = request.query;
    const content = await statements.merchantStatement({ merchantId, currency: currency as Currency, from, to, format });
    return format === 'csv'
      ? sendFile(reply, { content, type: 'text/csv', name: `statement-${from}-${to}.csv` })
      : sendFile(reply, { content, type: 'application/xml', name: `statement-${from}-${to}.xml` });
  });
  app.get('/payouts', {
    config, schema: { tags, summary: 'Payouts, newest first', querystring: listQuery, response: { 200: payoutsSchema } },
  }, async (request) => ({ payouts: await payouts.list({ ...merchantOf(request), ...request.query }) }));
  app.get('/bank-account', {
    config, schema: { tags, summary: 'Where payouts go, which account somebody proposed, and every change', response: { 200: merchantBankAccountSchema } },
  }, async (request) => {
    const { merchantId } = merchantOf(request);
    return proposals.merchantBankAccount({ merchantId, currency: (await merchants.balance(merchantId)).currency });
  });
  app.get('/disputes', {
    config, schema: { tags, summary: 'Disputes of your payments, and what somebody proposed about them, newest first', querystring: listQuery, response: { 200: merchantDisputesSchema } },
  }, (request) => proposals.merchantDisputes({ ...merchantOf(request), ...request.query }));
  app.get('/fees', {
    config, schema: { tags, summary: 'What payments cost, which fees somebody proposed, and every change', response: { 200: merchantFeesSchema } },
  }, (request) => proposals.merchantFees(merchantOf(request).merchantId));
};
