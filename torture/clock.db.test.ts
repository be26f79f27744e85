// Clocks that jump under PostgreSQL and the posting processes, kills between, and the control on a PostgreSQL that forgets.
import { expect, it } from 'vitest';
import { crash } from './crash.ts';
import { faketimeLibrary } from './movable-clock.ts';

const faketime = faketimeLibrary();

it.runIf(faketime)('years forth and back: nothing told is lost, nothing happened twice', async () => {
  const { findings, struck } = await crash({ seed: 2, cycles: 12, clients: 8, workers: 1, faketime: faketime! });
  expect(findings).toEqual([]);
  expect(Object.keys(struck)).toEqual(expect.arrayContaining(['clock of PostgreSQL', 'clock of process 1']));
});

it.runIf(faketime)('control: with synchronous_commit off, what clients were told is lost', async () => {
  const { findings } = await crash({ seed: 1, cycles: 8, clients: 8, workers: 1, forgetful: true, faketime: faketime! });
  expect(findings.join('\n')).toMatch(/^lost: /m);
});
