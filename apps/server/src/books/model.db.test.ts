// Random histories end as the naive model says. Longer ones, by seed: `npm run torture -- model`.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestBooks, testAtMs, type TestBooks } from './books.fixture.ts';
import { forgetfulModelSays, histories, modelSays, type ModelStage, play } from './model.fixture.ts';

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

it('control: a model that forgets to give back what was not captured is found out', async () => {
  const wrong = fc.assert(fc.asyncProperty(histories(actsMax), (acts) => play(stage(), acts, forgetfulModelSays)), { numRuns: 100, endOnFailure: true });
  await expect(wrong).rejects.toThrow(/Property failed/);
});
