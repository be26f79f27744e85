// Requests that carry a signature: what of them was signed, and that the body is the one.
import { createHash, type Hash } from 'node:crypto';
import { Transform } from 'node:stream';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { RequestHead } from '@sonrisa/protocol/request-signature.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type SignedCall = RequestHead & { readonly hasBody: boolean };

export function signedCall({ raw }: FastifyRequest): SignedCall {
  const headers = Object.fromEntries(Object.entries(raw.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
  return { method: raw.method ?? '', target: raw.url ?? '', headers, hasBody: hasBody(raw) };
}

const hasBody = ({ headers }: FastifyRequest['raw']): boolean => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** To be called where a guard has checked the signature, which covers the digest; whoever reads the body gets it only whole and right. */
export function holdBodiesToTheirDigest(app: Pick<FastifyInstance, 'addHook'>): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    const wanted = request.headers['content-digest'];
    if (!hasBody(request.raw)) {
      if (wanted !== undefined && wanted !== digestHeader(createHash('sha256'))) throw new ProblemError('signature_invalid');
      return payload;
    }
    const hash = createHash('sha256');
    const checked = new Transform({
      transform: (chunk: Buffer, _encoding, done) => (hash.update(chunk), done(null, chunk)),
      flush: (done) => done(wanted === digestHeader(hash) ? null : new ProblemError('signature_invalid')),
    });
    payload.on('error', (error) => checked.destroy(error));
    // A body that was refused unread would stay in the pipe, and with it the next request on this connection.
    reply.raw.once('finish', () => {
      payload.unpipe(checked);
      payload.resume();
    });
    return payload.pipe(checked);
  });
}

const digestHeader = (hash: Hash): string => `sha-256=:${hash.digest('base64')}:`;
