// Routes that take an Idempotency-Key: the first answer to a key is sent again, byte for byte, to every repetition.
import { idempotencyKeySchema } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Idempotency } from '../idempotency/index.ts';

/** For the API description; presence and shape are checked by `repeatable`, with codes of their own. */
export const idempotencyHeaders = z.object({ 'idempotency-key': z.string().optional().describe('8 to 128 visible ASCII characters, fresh for each new write') });

export async function repeatable<Answer extends z.ZodType>(input: {
  idempotency: Idempotency;
  principal: string;
  request: Pick<FastifyRequest, 'method' | 'url' | 'body' | 'headers'>;
  reply: Pick<FastifyReply, 'status'>;
  status: number;
  schema: Answer;
  work: (key: string) => Promise<z.input<Answer>>;
}): Promise<void> {
  const { idempotency, principal, request, reply, status, schema, work } = input;
  const key = keyOf(request);
  const what = JSON.stringify([request.method, request.url, request.body ?? null]);
  const answer = await idempotency.once({ principal, key, input: what }, async () => ({
    status,
    body: JSON.stringify(schema.parse(await work(key))),
  }));
  const type = answer.status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8';
  // Already in its final bytes: the serializer of the route must not touch it.
  reply.status(answer.status).type(type).serializer((body: unknown) => String(body)).send(answer.body);
  // Fastify waits for the reply it is handed; the route's type only knows bodies.
  return reply as unknown as undefined;
}

function keyOf(request: Pick<FastifyRequest, 'headers'>): string {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '') throw new ProblemError('idempotency_key_missing');
  const parsed = idempotencyKeySchema.safeParse(header);
  if (parsed.success) return parsed.data;
  const message = parsed.error.issues[0]?.message ?? 'not a key';
  throw new ProblemError('input_invalid', { errors: [{ path: 'headers.idempotency-key', message }] });
}
