// `torture -- race` on a database of its own. The control takes the locks and the database's sign rule away.
import { createPool } from '../apps/server/src/db/pool.ts';
import { createBooksDatabase } from './books-database.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import { race } from './race.ts';
import type { Report } from './report.ts';
import { takeLocksAway } from './sabotage.ts';
import { startWorkers, type Worker } from './workers.ts';

const connectionsMax = 16;

export async function runRace({ numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const rounds = numbers['rounds'] ?? (control ? 4 : 20);
  const racers = numbers['racers'] ?? 200;
  const processes = numbers['workers'] ?? 3;
  const postgres = await openRackPostgres();
  let workers: Worker[] = [];
  try {
    const url = await createBooksDatabase(postgres, 'race');
    if (control) await spoil(url);
    workers = await startWorkers(processes, { url, connectionsMax, sabotage: 'none' });
    const onRound = (round: number) => progress(`round ${round + 1} of ${rounds}`);
    const { winners, posts, findings } = await race({ url, workers, racers, rounds, onRound });
    return {
      title: control ? 'race, control: neither locks nor sign rule' : 'race',
      control,
      findings,
      facts: [`${rounds} rounds of ${racers} racers in ${processes} processes with ${connectionsMax} connections each: ${posts} posts, ${winners} winners`],
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await postgres.remove();
  }
}

async function spoil(url: string): Promise<void> {
  const pool = createPool({ url, connectionsMax: 1 });
  await pool.query('ALTER TABLE account DROP CONSTRAINT account_sign');
  await takeLocksAway(pool);
  await pool.end();
}
