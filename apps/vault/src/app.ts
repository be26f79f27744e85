// The vault's HTTP surface: who may call, how bodies come in, how refusals go out. Loopback or private network only.
import { createHash, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { captureLimits } from '@sonrisa/protocol/capture.ts';
import { ProblemError, problemCatalogue, renderProblem } from '@sonrisa/protocol/problem.ts';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import { KeyServiceError, keyServiceProblem } from './key-service.ts';
import { addOperationRoutes, isOperation } from './operation-routes.ts';
import type { OperationDeps } from './operation-routes.ts';
import { addRoutes } from './routes.ts';
import type { RouteDeps } from './routes.ts';

const jsonBytesMax = 16 * 1024;
const requestTimeoutMs = 30_000;
const retryAfterDrainingS = 2;

export type VaultApp = ReturnType<typeof buildApp>;

/** `refuseUnlessDone` throws while the gallery is still being read: nobody is compared with half of it. */
export function buildApp(deps: RouteDeps & OperationDeps & { secret: string; operationsToken: string; log: FastifyBaseLogger; refuseUnlessDone: () => void }) {
  const app = fastify({
    loggerInstance: deps.log,
    bodyLimit: jsonBytesMax,
    requestTimeout: requestTimeoutMs,
    // Draining is answered by the hook below, as a problem like every other.
    return503OnClosing: false,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer', bodyLimit: captureLimits.captureBytesMax }, (_request, body, done) =>
    done(null, body),
  );
  let draining = false;
  app.addHook('preClose', async () => void (draining = true));
  // A connection kept alive after its last answer would hold the drain up for over a minute.
  app.addHook('onSend', async (_request, reply) => void (draining && reply.header('connection', 'close')));
  app.addHook('onRequest', async (request) => {
    if (draining) throw new ProblemError('vault_unavailable', { facts: { retryAfterS: retryAfterDrainingS } });
    if (request.routeOptions.url === vaultPaths.health) return;
    requireSecret(request, isOperation(request.routeOptions.url) ? deps.operationsToken : deps.secret);
    deps.refuseUnlessDone();
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = error instanceof KeyServiceError ? keyServiceProblem(error, { isOperation: isOperation(request.routeOptions.url) }) : asProblem(error);
    return sendProblem(problem, { error, request, reply });
  });
  app.setNotFoundHandler((request, reply) => {
    const problem = new ProblemError('not_found');
    return sendProblem(problem, { error: problem, request, reply });
  });
  addRoutes(app, deps);
  addOperationRoutes(app, deps);
  return app;
}

// Digests are of one length, so the comparison takes the same time whatever was sent.
function requireSecret(request: FastifyRequest, secret: string): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const sent = request.headers.authorization ?? '';
  if (!timingSafeEqual(digest(sent), digest(`Bearer ${secret}`))) throw new ProblemError('unauthorised');
}

function sendProblem(problem: ProblemError, input: { error: Error; request: FastifyRequest; reply: FastifyReply }): FastifyReply {
  const { error, request, reply } = input;
  const { status } = problemCatalogue[problem.code];
  if (status >= 500) request.log.error({ err: error.cause ?? error, problem: problem.code }, 'a request failed');
  else request.log.info({ problem: problem.code }, 'a request was refused');
  const { retryAfterS } = problem.facts ?? {};
  if (typeof retryAfterS === 'number') reply.header('retry-after', String(retryAfterS));
  return reply.status(status).type('application/problem+json').send(JSON.stringify(renderProblem(problem, request.id)));
}

function asProblem(error: FastifyError): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({ path: issue.instancePath, message: issue.message ?? 'is not valid' }));
    return new ProblemError('input_invalid', { errors });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ProblemError('body_too_large');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ProblemError('media_type_unsupported');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) return new ProblemError('input_invalid');
  return new ProblemError('internal', { cause: error });
}
