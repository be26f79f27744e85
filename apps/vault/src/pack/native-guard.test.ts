import { describe, expect, it } from 'vitest';
import { createGuard, createGuardCells, forbidCalls } from './native-guard.ts';

describe('the native guard', () => {
  it('lets calls through and counts them out again, also when they fail', async () => {
    const cells = createGuardCells();
    const guard = createGuard(cells);
    expect(await guard(async () => 7)).toBe(7);
    await expect(guard(() => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
    expect(await forbidCalls(cells, { graceMs: 0 })).toBe(true);
  });

  it('waits for the call under way and starts no other', async () => {
    const cells = createGuardCells();
    const guard = createGuard(cells);
    let finish = (): void => undefined;
    const call = guard(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(await forbidCalls(cells, { graceMs: 20 })).toBe(false);
    await expect(guard(async () => 'late')).rejects.toThrow('being ended');
    const waiting = forbidCalls(cells, { graceMs: 5_000 });
    finish();
    await call;
    expect(await waiting).toBe(true);
  });
});
