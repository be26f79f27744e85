// Routes that need an Idempotency-Key: the first answer to a key is sent again, byte for byte, to every repetition.
import { createHash } from 'node:crypto';
import { idempotencyKeySchema } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Idempotency, StoredAnswer } from '../idempotency/index.ts';

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
  const answer = await idempotency.once({ principal, key, input: inputOf(request) }, async () => ({
    status,
    body: JSON.stringify(schema.parse(await work(key))),
  }));
  return sendStored(reply, answer);
}

/** What was asked, so that a key is known from a key for something else. */
export function inputOf({ method, url, body }: Pick<FastifyRequest, 'method' | 'url' | 'body'>): string {
  return JSON.stringify([method, url, Buffer.isBuffer(body) ? createHash('sha256').update(body).digest('hex') : (body ?? null)]);
}

/** Already in its final bytes: the serializer of the route must not touch it. */
export function sendStored(reply: Pick<FastifyReply, 'status'>, { status, body }: StoredAnswer): undefined {
  const type = status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8';
  const answer = reply.status(status);
  if (status === 204) answer.send();
  else answer.type(type).serializer((text: unknown) => String(text)).send(body);
  // Fastify waits for the reply it is handed; the route's type only knows bodies.
  return reply as unknown as undefined;
}

/** Throws `idempotency_key_missing`, or `input_invalid` for one of the wrong shape. */
export function keyOf(request: Pick<FastifyRequest, 'headers'>): string {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '') throw new ProblemError('idempotency_key_missing');
  const parsed = idempotencyKeySchema.safeParse(header);
  if (parsed.success) return parsed.data;
  const message = parsed.error.issues[0]?.message ?? 'not a key';
  throw new ProblemError('input_invalid', { errors: [{ path: 'headers.idempotency-key', message }] });
}
