// `torture -- audit`: falsified audit logs by the thousand. The control verifies without the Merkle roots.
import { falsify } from './audit.ts';
import { createBooksDatabase } from './books-database.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import type { Report } from './report.ts';
import { createSeeded } from './seeded.ts';

const reportEvery = 500;

export async function runAudit({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const rounds = numbers['rounds'] ?? (control ? 200 : 10_000);
  const postgres = await openRackPostgres();
  const begunMs = performance.now();
  try {
    const url = await createBooksDatabase(postgres, 'audit');
    const { damaged, transfers, checkpoints, findings } = await falsify({
      url, rounds,
      random: createSeeded(seed),
      onRound: (round) => void ((round + 1) % reportEvery === 0 && progress(`${round + 1} of ${rounds} falsified logs`)),
      ...(control ? { without: 'root' as const } : {}),
    });
    return {
      title: control ? 'audit, control: roots are not compared' : 'audit',
      control,
      findings,
      facts: [
        `seed ${seed}, a log of ${transfers} transfers and ${checkpoints} checkpoints falsified ${rounds} times in ${((performance.now() - begunMs) / 60_000).toFixed(1)} minutes: ${rounds - damaged} by hand, ${damaged} by a damaged byte`,
        `${rounds - findings.length} of ${rounds} found`,
      ],
    };
  } finally {
    await postgres.remove();
  }
}
