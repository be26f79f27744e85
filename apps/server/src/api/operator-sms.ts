// Text messages for the operator (contract: packages/protocol/src/back-office-api.ts).
import { smsStateSchema, type SmsState } from '@sonrisa/protocol/back-office-api.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Operators } from '../operators/index.ts';
import { bearerToken, guard } from './credentials.ts';
import { ordinary } from './limits.ts';

export type OperatorSmsRoutes = { operators: Operators; smsState: () => Promise<SmsState> };

export const operatorSmsRoutes: FastifyPluginAsyncZod<OperatorSmsRoutes> = async (app, { operators, smsState }) => {
  guard(app, (request) => operators.authenticate(bearerToken(request)));
  app.get('/sms', {
    config: ordinary,
    schema: { tags: ['operator'], summary: 'Text messages of the last day: providers, receipts, the last failures, and what is left of the budget', response: { 200: smsStateSchema } },
  }, () => smsState());
};
