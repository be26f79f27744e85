// Twenty kills, and the control on a PostgreSQL that forgets.
import { expect, it } from 'vitest';
import { crash } from './crash.ts';

it('20 kills of PostgreSQL and of two processes: nothing told is lost, nothing happened twice', async () => {
  const { findings, struck, told } = await crash({ seed: 1, cycles: 20, clients: 8, workers: 2 });
  expect(findings).toEqual([]);
  expect(Object.values(struck).reduce((sum, times) => sum + times, 0)).toBe(20);
  expect(told.moved).toBeGreaterThan(400 / 4);
});

it('control: with synchronous_commit off the same kills lose what clients were told', async () => {
  // A kill right after PostgreSQL's writer woke up finds nothing to lose; several in a row do not.
  const { findings } = await crash({ seed: 1, cycles: 8, clients: 8, workers: 1, forgetful: true });
  expect(findings.join('\n')).toMatch(/^lost: /m);
});
