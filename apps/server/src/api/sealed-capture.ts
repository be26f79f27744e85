// The body of a capture route: bytes sealed for the vault, taken whole, never looked into.
import { captureLimits } from '@sonrisa/protocol/capture.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export const captureNonceMaxLength = 64;
/** For the API description. */
export const captureConsumes = ['application/octet-stream'];

/** To be called in a plugin of the capture routes alone: there no other content type is read. */
export function takeSealedBodies(app: Pick<FastifyInstance, 'addContentTypeParser' | 'removeAllContentTypeParsers'>): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer', bodyLimit: captureLimits.captureBytesMax }, (_request, body, done) => done(null, body));
}

export function sealedBody(request: FastifyRequest): Uint8Array {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) throw new ProblemError('media_type_unsupported');
  return body;
}
