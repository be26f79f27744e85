// `torture -- model`: random histories by seed against the naive model of the books' own tests. A failing one is shrunk to its
// shortest form and told with the seed that replays it.
import fc from 'fast-check';
import { createBooks } from '../apps/server/src/books/index.ts';
import { type Act, forgetfulModelSays, histories, modelSays, play } from '../apps/server/src/books/model.fixture.ts';
import { createPool } from '../apps/server/src/db/pool.ts';
import { addPayers, createBooksDatabase } from './books-database.ts';
import { firstAtMs } from './movements.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import type { Report } from './report.ts';

const actsMax = 120;
const reportEvery = 50;
/** Shrinking audits the whole books for every try: enough is enough. */
const shrinkTimeoutMs = 1_800_000;

export async function runModel({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const rounds = numbers['rounds'] ?? (control ? 50 : 100);
  const postgres = await openRackPostgres();
  try {
    const pool = createPool({ url: await createBooksDatabase(postgres, 'model') });
    let made = 0;
    let acted = 0;
    const books = createBooks({ pool, newTransferId: (kind) => `${kind}_${(made += 1)}` });
    let played = 0;
    const playOne = async (acts: readonly Act[]) => {
      played += 1;
      acted += acts.length;
      await play({ books, pool, run: `run-${played}`, atMs: firstAtMs, addPayer: (id) => addPayers(pool, [id]) }, acts, control ? forgetfulModelSays : modelSays);
      if (played % reportEvery === 0) progress(`${played} of ${rounds} histories`);
    };
    const outcome = await fc.check(fc.asyncProperty(histories(actsMax), playOne), { seed, numRuns: rounds, endOnFailure: control, interruptAfterTimeLimit: shrinkTimeoutMs, markInterruptAsFailure: false });
    await pool.end();
    return {
      title: control ? 'model, control: a model that forgets what was not captured' : 'model',
      control,
      findings: outcome.failed ? [`a history of ${outcome.counterexample?.[0].length} acts ends otherwise than the model (seed ${outcome.seed}, path ${outcome.counterexamplePath}): ${textOf(outcome.counterexample?.[0])}`] : [],
      facts: [`seed ${seed}, ${played} histories of up to ${actsMax} acts, ${acted} acts in all, each third asked twice`],
    };
  } finally {
    await postgres.remove();
  }
}

const textOf = (acts: readonly Act[] | undefined): string => JSON.stringify(acts, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
