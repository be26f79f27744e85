// `npm run sim -- budget`: who is served how, and who would be charged wrongly, at any gallery size; writes sim/RESULTS.md.
//   --data DIR           labelled photos, one folder a person (default: the shared ones)
//   --pack-profile FILE  a second pack beside the embedded one; may be given several times
//   --name TEXT          what the photos are called in the results (default: the folder's name)
//   --budget P           default 1e-6
//   --keep               leave the embeddings under .cache/sim for the next run
// `npm run sim -- sms`: abusive requests for text messages (sms/command.ts).
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readPeople } from './photos.ts';
import { writeResults } from './report.ts';
import { findings, simulatePack } from './run-budget.ts';
import { smsCommand } from './sms/command.ts';

const sizes = [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

const [, , name, ...rest] = process.argv;
if (name === 'sms') process.exit(await smsCommand(rest));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: fileURLToPath(new URL('../../shared/faces/lfw', import.meta.url)) },
    'pack-profile': { type: 'string', multiple: true, default: [] },
    name: { type: 'string' },
    budget: { type: 'string', default: '1e-6' },
    keep: { type: 'boolean', default: false },
  },
});

if (positionals[0] !== 'budget' || !(Number(values.budget) > 0)) {
  console.error('usage: npm run sim -- budget [--data DIR] [--name TEXT] [--pack-profile FILE] [--budget P] [--keep]');
  process.exitCode = 2;
} else if (!existsSync(values.data)) {
  console.error(`There are no photos at ${values.data}: name a folder with --data, one folder a person inside.`);
  process.exitCode = 2;
} else {
  const packs = [];
  for (const pack of ['embedded', ...values['pack-profile']]) {
    const people = await readPeople({ folder: values.data, pack, keep: values.keep, tell: (line) => console.error(line) });
    packs.push(simulatePack({ ...people, budget: Number(values.budget), sizes, seed: 1 }));
    people.set.vectors.fill(0);
  }
  const wrong = packs.flatMap(findings);
  const dataSet = values.name ?? basename(values.data);
  const verdict = wrong.length === 0 ? 'The budget is kept at every size; without it, it is not.' : wrong.join('\n');
  console.log(writeResults(new URL('./RESULTS.md', import.meta.url), { dataSet, packs, verdict }));
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
