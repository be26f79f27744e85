// A failing flush and a full disk, and the control that never finds a key again.
import { describe, expect, it } from 'vitest';
import { type DiskFailures, diskFailures, runDisk } from './disk.ts';
import type { RackOptions } from './options.ts';

const here = diskFailures();
const run = (failures: DiskFailures, control: boolean) => {
  const options: RackOptions = { name: 'disk', seed: 1, numbers: { cycles: 1, clients: 8, workers: 1 }, control, record: false };
  return runDisk(options, () => undefined, failures);
};

// Where strace may not trace there is no way to make a flush fail; only root may mount a disk small enough to fill.
describe.each([
  ['a flush that fails at COMMIT', here.strace !== undefined, { ...here, mayFill: false }],
  ['a full disk', here.mayFill, { ...here, strace: undefined }],
] as const)('%s', (_name, canFail, failures) => {
  it.runIf(canFail)('callers are told to ask again, and the books have it once', async () => {
    expect((await run(failures, false)).findings).toEqual([]);
  });

  it.runIf(canFail)('control: without the look-up of keys it is seen', async () => {
    expect((await run(failures, true)).findings.join('\n')).toMatch(/^doubled: /m);
  });
});
