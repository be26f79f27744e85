// How often the server may be asked: by address before anybody knows who it is, by credentials once they are known to be
// good. Generous for tills: a queue at lunch must not look like an attack. Counted in each process; the limits that protect
// a number or a PIN are in the database.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A code that is guessed or a number that is farmed. */
export const sensitivePerMinuteMax = 60;
/** Everything a till or a signed-in phone does. */
export const ordinaryPerMinuteMax = 1_200;
/** Everything that comes from one address: a shop with several busy tills. */
export const addressPerMinuteMax = 6_000;
/** Credentials from one address that are none. Above what a till with an old token asks before somebody looks at it. */
export const badCredentialsPerMinuteMax = 300;
/** Enrolments of one number from one address: fewer than the number may have from everywhere (../enrolment/code.ts). */
export const codesPerNumberMax = 6;
const addressesMax = 20_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Its credentials were checked and are good. */
    isKnown: boolean;
  }
}

export const sensitive = { rateLimit: { max: sensitivePerMinuteMax, timeWindow: minuteMs } };
export const ordinary = { rateLimit: { max: ordinaryPerMinuteMax, timeWindow: minuteMs, keyGenerator: callerOf } };

export const rateLimitOptions = {
  global: false,
  cache: addressesMax,
  errorResponseBuilder: (_request: FastifyRequest, { ttl }: { ttl: number }) => tooMany(ttl),
};

/** Before every guard: whoever is not known yet is counted by address. Needs the rate limiter registered. */
export function limitAddresses(app: FastifyInstance): void {
  const byAddress = { timeWindow: minuteMs, keyGenerator: (request: FastifyRequest) => request.ip };
  const all = app.createRateLimit({ ...byAddress, max: addressPerMinuteMax });
  const bad = app.createRateLimit({ ...byAddress, max: badCredentialsPerMinuteMax });
  app.decorateRequest('isKnown', false);
  app.addHook('onRequest', async (request) => {
    const counted = await all(request);
    if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttl);
    const refused = await bad(request, { increment: false });
    if (!refused.isAllowed && refused.remaining === 0) throw tooMany(refused.ttl);
  });
  app.addHook('onError', async (request, _reply, error) => {
    if (error instanceof ProblemError && badCredentials.has(error.code)) await bad(request);
  });
}

const badCredentials: ReadonlySet<string> = new Set(['unauthorised', 'signature_invalid']);

/** Counts one enrolment of this number from this address; throws `rate_limited`, which tells no more than what was asked from here. */
export function createNumberLimit(app: FastifyInstance): (request: FastifyRequest, phone: string) => Promise<void> {
  const phones = new WeakMap<FastifyRequest, string>();
  const limit = app.createRateLimit({
    max: codesPerNumberMax,
    timeWindow: dayMs,
    keyGenerator: (request: FastifyRequest) => `${request.ip} ${phones.get(request) ?? ''}`,
  });
  return async (request, phone) => {
    phones.set(request, phone);
    const counted = await limit(request);
    if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttl);
  };
}

const tooMany = (ttlMs: number): ProblemError => new ProblemError('rate_limited', { facts: { retryAfterS: Math.max(1, Math.ceil(ttlMs / 1000)) } });

// Shops share one address: their tills are told apart by their tokens, which count only once they are known to be good.
function callerOf(request: FastifyRequest): string {
  return request.isKnown ? (request.headers.authorization ?? request.ip) : request.ip;
}
