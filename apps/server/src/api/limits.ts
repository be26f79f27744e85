// How often a route may be asked, by address, or by credentials where there are any. Generous for tills: a queue at lunch
// must not look like an attack. Counted in each process; the limits that protect a number or a PIN are in the database.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyRequest } from 'fastify';

const minuteMs = 60_000;

/** A code that is guessed or a number that is farmed. */
export const sensitivePerMinuteMax = 60;
/** Everything a till or a signed-in phone does. */
export const ordinaryPerMinuteMax = 1_200;

export const sensitive = { rateLimit: { max: sensitivePerMinuteMax, timeWindow: minuteMs } };
export const ordinary = { rateLimit: { max: ordinaryPerMinuteMax, timeWindow: minuteMs, keyGenerator: callerOf } };

export const rateLimitOptions = {
  global: false,
  errorResponseBuilder: (_request: FastifyRequest, { ttl }: { ttl: number }) =>
    new ProblemError('rate_limited', { facts: { retryAfterS: Math.ceil(ttl / 1000) } }),
};

// Shops share one address: their tills are told apart by their tokens.
function callerOf(request: FastifyRequest): string {
  return request.headers.authorization ?? request.ip;
}
