// Headers of every answer: pages may run our own scripts, WebAssembly and workers, use the camera, and nothing else.
import type { FastifyInstance } from 'fastify';

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The API page styles itself from its script. */
export const docsPolicy = pagePolicy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

const hstsLifetimeS = 31_536_000;

export function addSecurityHeaders(app: FastifyInstance, { httpsOnly }: { httpsOnly: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': pagePolicy,
      'permissions-policy': 'camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-request-id': request.id,
    });
    // Never from a sandbox: browsers would refuse plain HTTP to every other program on localhost.
    if (httpsOnly) reply.header('strict-transport-security', `max-age=${hstsLifetimeS}`);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}
