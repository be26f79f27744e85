// Random histories end as the naive model says. Longer ones, by seed: `npm run torture -- model`.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestBooks, testAtMs, type TestBooks } from './books.fixture.ts';
import { type Act, forgetfulModelSays, histories, modelSays, type ModelStage, play } from './model.fixture.ts';

let test: TestBooks;
beforeAll(async () => {
  test = await openTestBooks('model');
});
afterAll(() => test.close());

const actsMax = 40;
const stage = (): ModelStage => ({ ...test, run: test.next('run'), atMs: testAtMs });

it('random histories end as the model says', async () => {
  await fc.assert(fc.asyncProperty(histories(actsMax), (acts) => play(stage(), acts, modelSays)), { numRuns: 12 });
});

// Random acts rarely capture a part; the control must not wait for chance to do so.
const partCaptured: Act[] = [
  { do: 'topUp', payer: 0, minor: 300n },
  { do: 'authorise', payer: 0, hold: 0, minor: 200n },
  { do: 'capture', hold: 0, minor: 50n },
];

it('control: a model that forgets to give back what was not captured is found out', async () => {
  const acts = histories(actsMax).map((rest) => [...partCaptured, ...rest]);
  const wrong = fc.assert(fc.asyncProperty(acts, (history) => play(stage(), history, forgetfulModelSays)), { numRuns: 1, endOnFailure: true });
  await expect(wrong).rejects.toThrow(/Property failed/);
});
