// The committed kernel is what its source compiles to, byte for byte.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernel, kernelModuleText } from './build-kernel.ts';

const committed = readFileSync(new URL('../packages/face/src/index/flat/kernel.wasm.ts', import.meta.url), 'utf8');

test('the search kernel is built from its source', async () => {
  expect(kernelModuleText(await compileKernel())).toBe(committed);
});
