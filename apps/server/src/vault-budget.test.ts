import { expect, it } from 'vitest';
import { compareBudgets } from './vault-budget.ts';

async function loggedFor(budget: number | Error): Promise<string[]> {
  const logged: string[] = [];
  const log = { error: (_fields: object, message: string) => logged.push(`error: ${message}`), warn: (_fields: object, message: string) => logged.push(`warn: ${message}`) };
  const stats = async () => {
    if (budget instanceof Error) throw budget;
    return { packId: 'p', curveId: 'c', faces: 0, templates: 0, waitingForNewLook: 0, lookAlikes: 0, budget, workers: 1 };
  };
  await compareBudgets({ vault: { stats }, errorBudget: 1e-6, log });
  return logged;
}

it('equal budgets are nothing to talk about', async () => {
  expect(await loggedFor(1e-6)).toEqual([]);
});

it.each([
  [1e-3, /^error: SONRISA_ERROR_BUDGET differs .*nobody can pay/],
  [1e-9, /^error: SONRISA_ERROR_BUDGET differs .*more than this server needs/],
  [new Error('away'), /^warn: .*could not be asked/],
])('a vault with %s is told of', async (budget, sentence) => {
  expect(await loggedFor(budget)).toEqual([expect.stringMatching(sentence)]);
});
