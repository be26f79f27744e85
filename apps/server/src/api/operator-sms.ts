// Text messages and the number of faces for the operator (contract: packages/protocol/src/back-office-api.ts).
import { faceCountSchema, smsStateSchema, type FaceCount, type SmsState } from '@sonrisa/protocol/back-office-api.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Operators } from '../operators/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';

export type OperatorSmsRoutes = { operators: Operators; smsState: () => Promise<SmsState>; faceCount: () => Promise<FaceCount> };

export const operatorSmsRoutes: FastifyPluginAsyncZod<OperatorSmsRoutes> = async (app, { operators, smsState, faceCount }) => {
  guardOperator(app, operators, { keepsBody: false });
  app.get('/sms', {
    config: ordinary,
    schema: { tags: ['operator'], summary: 'Text messages of the last day: providers, receipts, the last failures, and what is left of the budget', response: { 200: smsStateSchema } },
  }, () => smsState());
  app.get('/faces', {
    config: ordinary,
    schema: { tags: ['operator'], summary: 'How many faces are enrolled, and whether that is near what some places want a filing for', response: { 200: faceCountSchema } },
  }, () => faceCount());
};
