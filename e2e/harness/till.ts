// A till that never gives up on its own: what it sent and got no answer to, it asks again, with the same key.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefusal, NoAnswer } from '../../apps/cli/src/demo/api.ts';
import { isProblemCode, isTransient } from '@sonrisa/protocol/problem.ts';

const patienceMs = 60_000;
const pauseMs = 100;

/** Repeats `ask` until there is a final answer, be it a refusal. */
export async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  return error instanceof ApiRefusal && isProblemCode(error.code) && isTransient(error.code);
}

/** The answer, or undefined when none came. Refusals count as answers and are thrown. */
export async function answerIfAny<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}
