// The built web pages. Files with a hash in their name never change and may be kept for a year; pages are asked for each time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const hashedForS = 31_536_000;

/** False when there is no build to serve: the API works without. */
export async function addPages(app: FastifyInstance, { webDir }: { webDir: string | undefined }): Promise<boolean> {
  if (webDir === undefined || !existsSync(join(webDir, 'index.html'))) return false;
  await app.register(fastifyStatic, {
    root: webDir,
    redirect: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.setHeader('cache-control', isHashed(path) ? `public, max-age=${hashedForS}, immutable` : 'no-cache');
      if (path.endsWith('.onnx')) reply.setHeader('content-type', 'application/octet-stream');
    },
  });
  return true;
}

// Vite writes `assets/name-Hash8chr.ext`.
const isHashed = (path: string): boolean => /[\\/]assets[\\/].+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/.test(path);
