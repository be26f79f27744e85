// The vault's routes, as protocol/vault-api.ts describes them. No answer holds a template or an image.
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { lookTicketSchema } from '@sonrisa/protocol/capture.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import {
  activatedSchema,
  activateSchema,
  captureOutcomeSchema,
  digitsOutcomeSchema,
  digitsSchema,
  faceStateSchema,
  forgetSchema,
  forgottenSchema,
  lookAlikesSchema,
  type LookAlikes,
  lookOfSchema,
  tellApartSchema,
  toldApartSchema,
  mintLookSchema,
  vaultHealthSchema,
  vaultKeysSchema,
  vaultPaths,
  vaultStatsSchema,
} from '@sonrisa/protocol/vault-api.ts';
import type { FaceState, VaultKeys, VaultStats } from '@sonrisa/protocol/vault-api.ts';
import type { Captures } from './captures.ts';
import type { Enroller } from './enrol.ts';
import type { Looks } from './looks.ts';
import type { Matcher } from './match.ts';

export interface RouteDeps {
  readonly keys: VaultKeys;
  readonly looks: Looks;
  readonly captures: Captures;
  readonly matcher: Matcher;
  readonly enroller: Enroller;
  readonly stats: () => Promise<VaultStats>;
  readonly lookAlikesOf: (payerRef: string) => Promise<LookAlikes['alikes']>;
  readonly tellApart: (pair: { payerRef: string; otherRef: string }) => Promise<boolean>;
  readonly faceState: (payerRef: string) => Promise<FaceState>;
  /** Throws when the vault cannot work. */
  readonly checkHealth: () => Promise<Omit<z.infer<typeof vaultHealthSchema>, 'status'>>;
}

export type VaultFastify = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const pathTextMax = 64;
const nonceParams = z.object({ nonce: z.string().max(pathTextMax) });
const payerParams = z.object({ payerRef: z.string().min(1).max(pathTextMax) });

export function addRoutes(app: VaultFastify, deps: RouteDeps): void {
  const { looks, captures, matcher, enroller } = deps;

  app.get(vaultPaths.health, { schema: { response: { 200: vaultHealthSchema } } }, async () => {
    const facts = await deps.checkHealth().catch((cause: unknown) => {
      throw cause instanceof ProblemError ? cause : new ProblemError('vault_unavailable', { cause });
    });
    return { status: 'ok' as const, ...facts };
  });

  app.get(vaultPaths.keys, { schema: { response: { 200: vaultKeysSchema } } }, () => deps.keys);

  app.get(vaultPaths.stats, { schema: { response: { 200: vaultStatsSchema } } }, () => deps.stats());

  app.post(vaultPaths.looks, { schema: { body: mintLookSchema, response: { 201: lookTicketSchema } } }, async (request, reply) => {
    const ticket = await looks.mint(request.body);
    return reply.status(201).send(ticket);
  });

  app.put(vaultPaths.capture(':nonce'), { schema: { params: nonceParams, querystring: lookOfSchema, response: { 200: captureOutcomeSchema } } }, (request) => {
    if (!Buffer.isBuffer(request.body)) throw new ProblemError('media_type_unsupported');
    return captures.take({ nonce: request.params.nonce, of: request.query, sealed: ownBytes(request.body) });
  });

  app.post(
    vaultPaths.digits(':nonce'),
    { schema: { params: nonceParams, body: digitsSchema, response: { 200: digitsOutcomeSchema } } },
    (request) => matcher.digits({ nonce: request.params.nonce, digits: request.body.digits }),
  );

  app.get(vaultPaths.face(':payerRef'), { schema: { params: payerParams, response: { 200: faceStateSchema } } }, (request) =>
    deps.faceState(request.params.payerRef),
  );

  app.get(vaultPaths.lookAlikes(':payerRef'), { schema: { params: payerParams, response: { 200: lookAlikesSchema } } }, async (request) => ({
    alikes: await deps.lookAlikesOf(request.params.payerRef),
  }));

  app.post(
    vaultPaths.tellApart(':payerRef'),
    { schema: { params: payerParams, body: tellApartSchema, response: { 200: toldApartSchema } } },
    async (request) => ({ toldApart: await deps.tellApart({ payerRef: request.params.payerRef, otherRef: request.body.otherRef }) }),
  );

  app.post(
    vaultPaths.activate(':payerRef'),
    { schema: { params: payerParams, body: activateSchema, response: { 200: activatedSchema } } },
    (request) => enroller.activate({ payerRef: request.params.payerRef, faceEpoch: request.body.faceEpoch }),
  );

  app.post(
    vaultPaths.forget(':payerRef'),
    { schema: { params: payerParams, body: forgetSchema, response: { 200: forgottenSchema } } },
    (request) => enroller.forget({ payerRef: request.params.payerRef, faceEpoch: request.body.faceEpoch }),
  );
}

// WebCrypto wants bytes over a plain ArrayBuffer; what came in is cleared at once.
function ownBytes(body: Buffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(body);
  body.fill(0);
  return bytes;
}
