// A client that wants to know: asks any of the processes, and again with the same key until somebody answers.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostResult } from '../apps/server/src/books/index.ts';
import type { Asked } from './movements.ts';
import type { Seeded } from './seeded.ts';
import type { Told } from './told.ts';
import type { Worker } from './workers.ts';

export type Asking = { readonly workers: readonly Worker[]; readonly told: Told; readonly random: Seeded };

const pauseMs = 25;
/** At `pauseMs` and more a try: minutes of nobody answering. */
const triesMax = 5_000;

export async function askUntilAnswered({ workers, told, random }: Asking, request: Asked): Promise<PostResult> {
  told.asked(request);
  for (let tryNumber = 1; tryNumber <= triesMax; tryNumber += 1) {
    const [outcome] = (await random.pick(workers).ask([request])) ?? [];
    if (outcome?.is === 'answered') {
      told.heard(request, outcome.answer, outcome.then);
      return outcome.answer;
    }
    if (outcome?.is === 'broken') told.broken(request, outcome.message);
    await sleep(pauseMs);
  }
  throw new Error(`nobody answered ${JSON.stringify(request.idempotency)} in ${triesMax} tries`);
}
