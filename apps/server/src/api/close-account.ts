// Closing an account, outside the guard of sessions: the closing ends every session, so that one sent again, or whoever asks for the
// receipt afterwards, has none (contract: packages/protocol/src/close-account-api.ts).
import { closeAccountSchema, closedReceiptSchema } from '@sonrisa/protocol/close-account-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Owners } from '../owners/index.ts';
import { bearerToken } from './credentials.ts';
import { sensitive } from './limits.ts';

export type CloseAccountRoutes = { owners: Pick<Owners, 'authenticate' | 'close' | 'closedReceipt'> };

const tags = ['phone'];
const config = sensitive;

export const closeAccountRoutes: FastifyPluginAsyncZod<CloseAccountRoutes> = async (app, { owners }) => {
  app.post('/me/close', {
    config,
    schema: { tags, summary: 'Close the account: everything goes but the books; a signed receipt', body: closeAccountSchema, response: { 200: closedReceiptSchema } },
  }, async (request) => {
    const { payerId } = await owners.authenticate(bearerToken(request));
    const closed = await owners.close({ payerId, ...request.body });
    request.log.info({ payerId }, 'An owner closed their account');
    return closed;
  });
  app.get('/closings/:id', {
    config,
    schema: { tags, summary: 'The receipt of a closed account, for whoever knows its id', params: z.object({ id: idSchema('erasure') }), response: { 200: closedReceiptSchema } },
  }, (request) => owners.closedReceipt(request.params.id));
};
