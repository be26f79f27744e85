// The API's own pages: OpenAPI 3.1 with a try-it page at /docs (everything served from here), and the error catalogue at
// /docs/problems, where the `type` of each problem points.
import { problemCatalogue, problemSchema } from '@sonrisa/protocol/problem.ts';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { docsPolicy } from './security-headers.ts';

/** Before any route that should be described. */
export async function describeRoutes(app: FastifyInstance, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sonrisa',
        version,
        description: 'Amounts are strings of minor units. Terminals sign every request with the key of their activation (RFC 9421; packages/protocol/src/request-signature.ts). Every refusal is application/problem+json with a code listed at /docs/problems.',
      },
      servers: [{ url: '/', description: 'this server' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      addProblems(document.openapiObject.paths ?? {});
      return document.openapiObject;
    },
  });
}

// Any route may refuse: said once for all of them.
function addProblems(paths: object): void {
  const schema = z.toJSONSchema(problemSchema);
  const refusal = { description: 'A refusal, see /docs/problems', content: { 'application/problem+json': { schema } } };
  for (const path of Object.values(paths) as object[]) {
    for (const operation of Object.values(path) as { responses?: object }[]) Object.assign(operation.responses ?? {}, { default: refusal });
  }
}

const smile =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" height="40"><circle cx="20" cy="20" r="18" fill="#e8833a"/><path d="M11 22c3 8 15 8 18 0" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>';

export async function addDocsPages(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    logo: { type: 'image/svg+xml', content: Buffer.from(smile), href: '/', target: '_self' },
    staticCSP: docsPolicy,
    // By default the page asks a validator on the internet about the document.
    uiConfig: { validatorUrl: null, docExpansion: 'list', deepLinking: true },
  });
  const page = problemsPage();
  app.get('/docs/problems', { schema: { hide: true } }, (_request, reply) =>
    reply.header('content-security-policy', docsPolicy).type('text/html; charset=utf-8').send(page),
  );
}

/** Exported for its test. */
export function problemsPage(): string {
  const rows = Object.entries(problemCatalogue).map(
    ([code, { status, transient, title, next }]) =>
      `<tr id="${code}"><td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title)}</td><td>${escapeHtml(next)}</td><td>${transient ? 'yes' : 'no'}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sonrisa: problem codes</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#2b2118;background:#fffaf4}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #eadfd2}tr:target{background:#ffe9cf}a{color:inherit}</style>
<h1>Problem codes</h1>
<p>Every refusal of the API is an RFC 9457 problem whose <code>code</code> is one of these. “Again” says whether the same request may succeed later, unchanged; wait as long as <code>Retry-After</code> says.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>What happened</th><th>What to do</th><th>Again</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
