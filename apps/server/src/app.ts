// The HTTP application: what every request passes through, and which route group is handed which capability. A group that
// is not given the vault or the payments cannot reach them.
import rateLimit from '@fastify/rate-limit';
import type { Currency } from '@sonrisa/ledger/money.ts';
import type { FaceCount, SmsState } from '@sonrisa/protocol/back-office-api.ts';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { addDocsPages, describeRoutes } from './api/docs.ts';
import { healthRoutes, type HealthChecks } from './api/health.ts';
import { limitAddresses, rateLimitOptions } from './api/limits.ts';
import { merchantRoutes, type MerchantRoutes } from './api/merchant.ts';
import { merchantMoneyRoutes } from './api/merchant-money.ts';
import { operatorRoutes } from './api/operator.ts';
import { operatorMoneyRoutes, type OperatorMoneyRoutes } from './api/operator-money.ts';
import { operatorFaceReviewsRoutes, type OperatorFaceReviewsRoutes } from './api/operator-face-reviews.ts';
import { operatorCasesRoutes, type OperatorCasesRoutes } from './api/operator-cases.ts';
import { operatorLimitsRoutes } from './api/operator-limits.ts';
import { operatorRecoveriesRoutes } from './api/operator-recoveries.ts';
import { operatorRiskDraftRoutes } from './api/operator-risk-draft.ts';
import { operatorRiskRoutes } from './api/operator-risk.ts';
import { operatorSetUpRoutes } from './api/operator-set-up.ts';
import { operatorTerminalRoutes } from './api/operator-terminals.ts';
import { operatorSmsRoutes } from './api/operator-sms.ts';
import { childrenRoutes, type ChildrenRoutes } from './api/my-children.ts';
import { addPages } from './api/pages.ts';
import { phoneRoutes, type PhoneRoutes } from './api/phone.ts';
import { phoneRequestRoutes, type PhoneRequestRoutes } from './api/phone-requests.ts';
import { answerWithProblems } from './api/problem-replies.ts';
import { repeatWrites, type WriteRoute } from './api/repeat-writes.ts';
import { sandboxRoutes } from './api/sandbox.ts';
import { addSecurityHeaders } from './api/security-headers.ts';
import { terminalRoutes, type TerminalRoutes } from './api/terminal.ts';
import type { Operators } from './operators/index.ts';
import type { Shops } from './merchants/index.ts';
import type { Limits } from './limits/index.ts';
import type { Risk } from './risk/index.ts';
import type { Sandbox } from './sandbox/index.ts';

export type AppDeps = {
  log: FastifyBaseLogger;
  newRequestId: () => string;
  tls: { cert: Buffer; key: Buffer } | undefined;
  webDir: string | undefined;
  /** Proxies whose word about the client's address is taken: a number of hops or their addresses. */
  trustProxy: number | string[] | false;
  health: HealthChecks;
  terminal: TerminalRoutes;
  phone: PhoneRoutes;
  phoneRequests: PhoneRequestRoutes;
  children: ChildrenRoutes['children'];
  merchant: MerchantRoutes;
  operators: Operators;
  shops: Shops;
  money: Omit<OperatorMoneyRoutes, 'operators' | 'idempotency'>;
  risk: Risk;
  currency: Currency;
  limits: Limits;
  cases: OperatorCasesRoutes['cases'];
  faceReviews: OperatorFaceReviewsRoutes['faceReviews'];
  smsState: () => Promise<SmsState>;
  faceCount: () => Promise<FaceCount>;
  /** Undefined in production: those routes do not exist there. */
  sandbox: Sandbox | undefined;
};

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that writes, for the test that asks each of them twice. */
    writeRoutes: WriteRoute[];
  }
}

const jsonBodyBytesMax = 64 * 1024;
const requestTimeoutMs = 30_000;

export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = newFastify(deps);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  takeJsonOnly(app);
  logRequests(app);
  answerWithProblems(app);
  addSecurityHeaders(app, { httpsOnly: deps.tls !== undefined && deps.health.mode === 'production' });
  await app.register(rateLimit, rateLimitOptions);
  limitAddresses(app);
  await describeRoutes(app, { version: deps.health.version });

  const writeRoutes = repeatWrites(app, deps.terminal);
  app.decorate('writeRoutes', writeRoutes);
  await app.register(healthRoutes, deps.health);
  await app.register(terminalRoutes, { prefix: '/api/terminal', ...deps.terminal });
  await app.register(phoneRoutes, { prefix: '/api/phone', ...deps.phone });
  await app.register(phoneRequestRoutes, { prefix: '/api/phone', ...deps.phoneRequests });
  await app.register(childrenRoutes, { prefix: '/api/phone', children: deps.children, owners: deps.phone.owners, idempotency: deps.phone.idempotency });
  await app.register(merchantRoutes, { prefix: '/api/merchant', ...deps.merchant });
  await app.register(operatorRoutes, { prefix: '/api/operator', operators: deps.operators });
  await app.register(merchantMoneyRoutes, { prefix: '/api/merchant', ...deps.money, merchants: deps.merchant.merchants });
  await app.register(operatorMoneyRoutes, { prefix: '/api/operator', ...deps.money, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorTerminalRoutes, { prefix: '/api/operator', operators: deps.operators, terminals: deps.terminal.terminals, idempotency: deps.merchant.idempotency });
  await app.register(operatorSetUpRoutes, { prefix: '/api/operator', shops: deps.shops, terminals: deps.merchant.terminals, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorRiskRoutes, { prefix: '/api/operator', risk: deps.risk, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorRiskDraftRoutes, { prefix: '/api/operator', risk: deps.risk, operators: deps.operators, currency: deps.currency });
  await app.register(operatorCasesRoutes, { prefix: '/api/operator', cases: deps.cases, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorFaceReviewsRoutes, { prefix: '/api/operator', faceReviews: deps.faceReviews, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorLimitsRoutes, { prefix: '/api/operator', limits: deps.limits, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorRecoveriesRoutes, { prefix: '/api/operator', recoveries: deps.phone.recoveries, operators: deps.operators, idempotency: deps.merchant.idempotency });
  await app.register(operatorSmsRoutes, { prefix: '/api/operator', operators: deps.operators, smsState: deps.smsState, faceCount: deps.faceCount });
  if (deps.sandbox) await app.register(sandboxRoutes, { prefix: '/api/sandbox', sandbox: deps.sandbox });

  await addDocsPages(app);
  const served = await addPages(app, deps);
  if (!served) deps.log.warn({ webDir: deps.webDir }, 'There is no built web app to serve: the API works, the pages answer 404');
  return app;
}

function newFastify({ log, newRequestId, tls, trustProxy }: AppDeps): FastifyInstance {
  const options = {
    loggerInstance: log,
    genReqId: newRequestId,
    // One line a request, written when it is over.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: jsonBodyBytesMax,
    requestTimeout: requestTimeoutMs,
    // Fastify's types know no number of hops.
    trustProxy: typeof trustProxy === 'number' ? (_address: string, hop: number) => hop < trustProxy : trustProxy,
    forceCloseConnections: 'idle' as const,
    // Ids and nonces are long; anything longer is no route of ours.
    routerOptions: { maxParamLength: 128 },
  };
  return tls ? (Fastify({ ...options, https: tls }) as unknown as FastifyInstance) : Fastify(options);
}

// An empty body with a JSON content type is no body; everything that is neither is refused before it is read.
function takeJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
}

// Health is asked several times a second: only an answer that is not "ok" is worth a line.
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    if (request.url === '/health' && reply.statusCode === 200) return;
    request.log.info({ req: request, status: reply.statusCode, tookMs: Math.round(reply.elapsedTime) }, 'answered');
  });
}
