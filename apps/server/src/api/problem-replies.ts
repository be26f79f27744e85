// Every failure leaves as application/problem+json with a code of the catalogue. What broke on our side is logged, not told.
import { ProblemError, isTransient, problemCatalogue, renderProblem } from '@sonrisa/protocol/problem.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isPassing } from '../books/index.ts';

const retryAfterDefaultS = 1;

export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem({ error: problemOf(error), request, reply }));
  app.setNotFoundHandler((request, reply) => sendProblem({ error: new ProblemError('not_found'), request, reply }));
}

function sendProblem({ error, request, reply }: { error: ProblemError; request: FastifyRequest; reply: FastifyReply }) {
  const { status } = problemCatalogue[error.code];
  if (status >= 500) request.log.error({ err: error, problem: error.code }, error.message);
  if (isTransient(error.code)) reply.header('retry-after', String(error.facts?.['retryAfterS'] ?? retryAfterDefaultS));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  const body = JSON.stringify(renderProblem(error, request.id));
  return reply.status(status).type('application/problem+json; charset=utf-8').serializer((text: unknown) => String(text)).send(body);
}

/** Exported for its table test. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidInput(error.validation);
  const code = (error as { code?: unknown } | null)?.code;
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ProblemError('body_too_large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ProblemError('media_type_unsupported');
  if (isPassing(error) || (typeof code === 'string' && databaseAway.test(code))) return new ProblemError('busy', { cause: error });
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ProblemError('input_invalid', { errors: [{ path: 'body', message: 'not readable as this content type' }] });
  }
  return new ProblemError('internal', { cause: error });
}

// Connection failures of Node and SQLSTATE classes 08 (connection), 53 (resources), 57P (shutdown), 57014 and 55P03 (waited too long).
const databaseAway = /^(ECONNREFUSED|ECONNRESET|EPIPE|08...|53...|57P..|57014|55P03)$/;

type Issue = { instancePath: string; message?: string | undefined };

function invalidInput(issues: readonly Issue[]): ProblemError {
  const errors = issues.map(({ instancePath, message }) => ({
    path: instancePath.split('/').filter(Boolean).join('.') || 'body',
    message: message ?? 'not as described',
  }));
  // An amount that is no whole number of minor units has a code of its own.
  const aboutAmounts = errors.every(({ path }) => /amountMinor$/i.test(path));
  return new ProblemError(aboutAmounts ? 'amount_invalid' : 'input_invalid', { errors });
}
