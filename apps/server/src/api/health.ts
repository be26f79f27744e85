// Is everything all right? Asked by supervisors and load balancers, without credentials.
import { faceLevelSchema, type FaceLevel } from '@sonrisa/protocol/back-office-api.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

export type HealthChecks = {
  mode: 'sandbox' | 'production';
  version: string;
  databaseIsUp: () => Promise<boolean>;
  vaultIsUp: () => Promise<boolean>;
  /** By the auditor: everything answers, and new money movement is refused. */
  booksAreStopped: () => Promise<boolean>;
  /** Undefined: no provider is configured. */
  smsIsUp: () => boolean | undefined;
  /** Whether so many faces are enrolled that some places want to know. */
  faceLevel: () => FaceLevel | 'unknown';
};

const part = z.enum(['ok', 'down']);
const healthSchema = z.object({ status: part, mode: z.enum(['sandbox', 'production']), version: z.string(), database: part, vault: part, books: z.enum(['ok', 'stopped', 'unknown']), sms: z.enum(['ok', 'down', 'none']), faces: faceLevelSchema.or(z.literal('unknown')) });

export const healthRoutes: FastifyPluginAsyncZod<HealthChecks> = async (app, { mode, version, databaseIsUp, vaultIsUp, booksAreStopped, smsIsUp, faceLevel }) => {
  app.get('/health', { schema: { tags: ['health'], summary: 'Whether every part works', response: { 200: healthSchema, 503: healthSchema } } }, async (_request, reply) => {
    const [database, vault] = await Promise.all([databaseIsUp(), vaultIsUp()]);
    const stopped = database ? await booksAreStopped().catch(() => undefined) : undefined;
    const books = stopped === undefined ? 'unknown' : stopped ? 'stopped' : 'ok';
    const word = (up: boolean) => (up ? 'ok' : 'down');
    const smsUp = smsIsUp();
    reply.header('cache-control', 'no-store');
    return reply
      .status(database && vault ? 200 : 503)
      .send({ status: word(database && vault), mode, version, database: word(database), vault: word(vault), books, sms: smsUp === undefined ? 'none' : word(smsUp), faces: faceLevel() });
  });
};
