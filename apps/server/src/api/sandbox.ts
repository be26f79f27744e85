// What a developer may ask of a sandbox (contract: packages/protocol/src/back-office-api.ts). These routes do not exist in production.
import { outboxSchema, sandboxKeysSchema } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { textSchema } from '@sonrisa/protocol/text.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Sandbox } from '../sandbox/index.ts';
import { ordinary } from './limits.ts';
import { startEventStream } from './event-stream.ts';

const tags = ['sandbox'];
const streamsMax = 50;
const outboxQuery = z.object({ phone: textSchema({ min: 0, max: 32 }).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });

export const sandboxRoutes: FastifyPluginAsyncZod<{ sandbox: Sandbox }> = async (app, { sandbox }) => {
  const config = ordinary;
  const streams = new Set<() => void>();
  app.addHook('preClose', async () => streams.forEach((close) => close()));

  app.get('/outbox', {
    config,
    schema: { tags, summary: 'SMS that would have been sent', querystring: outboxQuery, response: { 200: outboxSchema } },
  }, async (request) => ({
    messages: await sandbox.messages(request.query),
  }));
  app.get('/outbox/live', {
    config,
    schema: { tags, summary: 'The same as server-sent events', produces: ['text/event-stream'] },
  }, (request, reply) => {
    if (streams.size >= streamsMax) throw new ProblemError('busy');
    const stream = startEventStream(reply, () => streams.delete(close));
    const stop = sandbox.follow((message) => stream.send({ id: message.id, data: message }));
    const close = () => {
      stop();
      stream.end();
    };
    request.raw.once('close', stop);
    streams.add(close);
  });
  app.get('/keys', {
    config,
    schema: { tags, summary: 'Test merchant key, operator token, activation code, and tokens of two people', response: { 200: sandboxKeysSchema } },
  }, async () => sandbox.keys);
};
