// Our own kernels against onnxruntime, on the embedded pack's files: the same answers, whatever the size of the input.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkReference } from '@sonrisa/face/models/embedded/reference.ts';
import { compileNet, UnknownOperation } from '@sonrisa/face/nets/compile.ts';
import { openNet } from '@sonrisa/face/nets/net.ts';
import { readOnnx } from '@sonrisa/face/nets/onnx-reader.ts';
import { loadPack } from './load-pack.ts';
import type { ModelFiles } from './load-pack.ts';
import { createOrtRunner } from './ort-runner.ts';
import type { OrtRunner } from './ort-runner.ts';
import { allowFusedMultiplyAdd, createPackRunner, largestDifference } from './pack-runner.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-nets-'));
let files: ModelFiles;
let native: OrtRunner;

beforeAll(async () => {
  files = (await loadPack({ cacheFolder })).files;
  native = await createOrtRunner(files);
});

afterAll(async () => {
  await native.close();
  rmSync(cacheFolder, { recursive: true });
});

function noise(dims: readonly number[], options: { readonly min: number; readonly max: number }): Float32Array {
  let seed = 11;
  return Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return options.min + ((options.max - options.min) * seed) / 4_294_967_296;
  });
}

describe('our kernels', () => {
  it('are allowed on every version of Node we support', () => {
    expect(allowFusedMultiplyAdd()).toBe(true);
  });

  it.each<['recogniser' | 'mesh' | 'detector', number[], { min: number; max: number }]>([
    ['recogniser', [1, 3, 150, 150], { min: 0, max: 255 }],
    ['recogniser', [2, 3, 150, 150], { min: 0, max: 255 }],
    ['mesh', [1, 192, 192, 3], { min: 0, max: 1 }],
    ['detector', [1, 256, 256, 3], { min: -1, max: 1 }],
    ['detector', [1, 96, 160, 3], { min: -1, max: 1 }],
  ])('answer as onnxruntime does: %s of %j', async (name, dims, range) => {
    const net = openNet(readFileSync(files[name]), dims);
    const data = noise(dims, range);
    const theirs = await native.run(name, { data, dims });
    expect(largestDifference(net.run(data), theirs)).toBeLessThan(1e-3);
    // Nothing of the first picture is left in the second's answer.
    expect(largestDifference(net.run(data), theirs)).toBeLessThan(1e-3);
    // Control: another picture has another answer.
    const other = data.map((value) => value / 2);
    expect(largestDifference(net.run(other), theirs)).toBeGreaterThan(1e-2);
  });

  it('give the reference embedding', async () => {
    const net = openNet(readFileSync(files.recogniser), [1, 3, 150, 150]);
    expect((await checkReference({ run: async (_, { data }) => net.run(data) })).differenceMax).toBeLessThan(1e-4);
  });
});

describe('createPackRunner', () => {
  it('answers as onnxruntime does, whichever runs', async () => {
    const runner = await createPackRunner(files);
    for (const dims of [[2, 3, 150, 150], [1, 3, 150, 150]]) {
      const data = noise(dims, { min: 0, max: 255 });
      expect(largestDifference(await runner.run('recogniser', { data, dims }), await native.run('recogniser', { data, dims }))).toBeLessThan(1e-3);
    }
    await runner.close();
  });

  it('leaves a model to onnxruntime that our kernels cannot run', async () => {
    // A detector in the recogniser's place takes another input.
    const runner = await createPackRunner({ ...files, recogniser: files.detector });
    expect(runner.ownNets).not.toContain('recogniser');
    await runner.close();
  });
});

describe('a model file', () => {
  it('is refused when it is cut short', () => {
    const bytes = readFileSync(files.mesh);
    expect(() => readOnnx(bytes.subarray(0, bytes.length / 2))).toThrow('ends in the middle');
  });

  it('is refused when it has an operation we have no kernel for', () => {
    const model = readOnnx(readFileSync(files.mesh));
    const nodes = model.nodes.map((node) => (node.type === 'PRelu' ? { ...node, type: 'Tanh' } : node));
    expect(() => compileNet({ ...model, nodes }, [1, 192, 192, 3])).toThrow(UnknownOperation);
  });
});
