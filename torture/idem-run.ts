// `torture -- idem` and `torture -- net` on a PostgreSQL of their own. idem also kills it and the posting processes while clients
// retry; net only cuts. The control looks no key up.
import { createBooksDatabase } from './books-database.ts';
import { addShoppers, victimsOf } from './crash.ts';
import { batchKeys, idem } from './idem.ts';
import { strikeAgainAndAgain } from './kills.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import type { Report } from './report.ts';
import { createSeeded } from './seeded.ts';

type Progress = (line: string) => void;

export const runIdem = (options: RackOptions, progress: Progress): Promise<Report> => run(options, { progress, kills: !options.control });
export const runNet = (options: RackOptions, progress: Progress): Promise<Report> => run(options, { progress, kills: false });

const reportEveryKeys = 250;
const answersBetweenMin = 500;
/** A kill costs seconds whatever the number of keys: a long run spreads these. */
const killsMax = 100;

async function run({ name, seed, numbers, control }: RackOptions, how: { progress: Progress; kills: boolean }): Promise<Report> {
  const keys = numbers['keys'] ?? (control ? 50 : 500);
  const retries = numbers['retries'] ?? 20;
  const workers = numbers['workers'] ?? 2;
  const clients = numbers['clients'] ?? 64;
  const random = createSeeded(seed);
  const postgres = await openRackPostgres();
  const begunMs = performance.now();
  let kills = 0;
  try {
    const url = await createBooksDatabase(postgres, 'idem');
    const { told, answers, cuts, findings } = await idem({
      url, keys, retries, workers, clients, random,
      payerIds: await addShoppers(url),
      sabotage: control ? 'no_keys' : 'none',
      onBatch: (done) => void (done % reportEveryKeys < batchKeys && how.progress(`${done} of ${keys} keys, ${kills} kills`)),
      meanwhile: async (running) => {
        const victims = victimsOf(postgres, running.workers);
        const kill = { victims, random: random.fork('kills'), progress: () => running.told.answers, answersBetween: Math.max(answersBetweenMin, (keys * retries) / killsMax), isOver: running.isDone };
        if (how.kills) await strikeAgainAndAgain({ ...kill, cycles: Number.POSITIVE_INFINITY, onCycle: () => void (kills += 1) });
      },
    });
    return {
      title: control ? `${name}, control: keys are not looked up` : name,
      control,
      findings,
      facts: [
        `seed ${seed}, ${keys} keys × ${retries} retries by ${clients} clients to ${workers} processes in ${((performance.now() - begunMs) / 60_000).toFixed(1)} minutes`,
        `${cuts.before} connections cut before COMMIT reached PostgreSQL, ${cuts.after} after it was done and before anybody heard; ${kills} kills with -9`,
        `${answers} answers; ${told.moved} keys moved money, ${told.brokenAnswers} errors heard`,
      ],
    };
  } finally {
    await postgres.remove();
  }
}
