// Emits /models/detector.onnx: the small face detector that guides the shopper in the browser, converted at build time
// from the weights inside @vladmandic/human.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
// By path, not by package name: vite bundles what it finds by path, and Node 20 cannot run the source as it is.
import { convertGraphModel, type GraphModel } from '../../../packages/face/src/models/convert/tfjs.ts';

const detectorFileName = 'models/detector.onnx';

export function models(): Plugin {
  return {
    name: 'sonrisa-models',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: detectorFileName, source: await convertDetector() });
    },
    configureServer(server) {
      server.middlewares.use(`/${detectorFileName}`, (_request, response, next) => {
        convertDetector().then((bytes) => {
          response.setHeader('content-type', 'application/octet-stream');
          response.end(bytes);
        }, next);
      });
    },
  };
}

async function convertDetector(): Promise<Uint8Array> {
  // The package's exports hide its model files, so they are found beside its entry file.
  const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/human')), '..', 'models');
  const [structure, weights] = await Promise.all([readFile(join(folder, 'blazeface.json'), 'utf8'), readFile(join(folder, 'blazeface.bin'))]);
  return convertGraphModel(JSON.parse(structure) as GraphModel, weights, { anySize: true });
}
