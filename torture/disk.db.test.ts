// A failing flush, and the control that never finds a key again.
import { expect, it } from 'vitest';
import { runDisk, straceProgram } from './disk.ts';
import type { RackOptions } from './options.ts';

const run = (control: boolean) => {
  const options: RackOptions = { name: 'disk', seed: 1, numbers: { cycles: 1, clients: 8, workers: 1 }, control, record: false };
  return runDisk(options, () => undefined);
};

// Where strace may not trace there is no way to make a disk fail.
const canFail = straceProgram() !== undefined;

it.runIf(canFail)('a flush that fails at COMMIT: callers are told to ask again, and the books have it once', async () => {
  expect((await run(false)).findings).toEqual([]);
});

it.runIf(canFail)('control: without the look-up of keys the same failures are seen', async () => {
  expect((await run(true)).findings.join('\n')).toMatch(/^doubled: /m);
});
