// Structured logs that name no person: no credentials, PINs, codes, digits, numbers or bodies, and of an error only what
// the program itself said. A database error's detail quotes rows, so it stays out.
import pino, { type DestinationStream } from 'pino';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

const secretFields = ['authorization', 'pin', 'code', 'digits', 'phone', 'token', 'session', 'body', 'text', 'to'];

export function createLog({ level, destination }: { level: string; destination?: DestinationStream }): FastifyBaseLogger {
  const options = {
    level,
    base: { name: 'server' },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[hidden]' },
    serializers: { err: describeError, req: describeRequest },
  };
  return destination ? pino(options, destination) : pino(options);
}

// Queries may hold a phone number.
function describeRequest(request: FastifyRequest) {
  return { method: request.method, path: request.url.split('?')[0], remoteAddress: request.ip };
}

type Described = { type: string; message: string; reason?: string; stack?: string; cause?: Described };
const causesMax = 4;

function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { reason: code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause !== undefined && depth < causesMax ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
