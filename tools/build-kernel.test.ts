// The committed kernels are what their sources compile to, byte for byte.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildKernel, kernelBuilds, kernelFile } from './build-kernel.ts';

test.each(kernelBuilds)('$output is built from $source', async (build) => {
  expect(await buildKernel(build)).toBe(readFileSync(kernelFile(build), 'utf8'));
});
