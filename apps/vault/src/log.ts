// The vault's log: what happened, never what was in it. No body, no frame, no template, no database row.
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export function createLog(input: { level: string; destination?: DestinationStream }): Logger {
  const options = {
    name: 'vault',
    level: input.level,
    serializers: {
      err: describeError,
      req: (request: { method: string; url: string }) => ({ method: request.method, url: request.url }),
      res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
    },
  };
  return input.destination ? pino(options, input.destination) : pino(options);
}

// A database error carries the row it stumbled over in fields of its own: only these four go out.
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack } = error;
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}) };
}
