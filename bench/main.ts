// `npm run bench -- NAME`: runs one benchmark and writes its section of bench/RESULTS.md.
// `books --huge` goes on to ten million entries; `books --quick` takes two minutes and is printed only. `search` has a section for each gallery: `--only '128 dimensions'` measures some, `--huge` ten million people.
// `pipeline --stages` takes a minute: stages of one frame beside `human`, printed only.
import { ensureBuilt } from '../e2e/harness/instance.ts';
import { runBooksQuickBench } from './books-quick.ts';
import { runBooksBench } from './books.ts';
import { captureToPaidRows } from './capture-to-paid.ts';
import { runPipelineBench, runStageBench } from './pipeline.ts';
import { runSearchBench } from './search.ts';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  books: () => (process.argv.includes('--quick') ? runBooksQuickBench() : runBooksBench({ huge: process.argv.includes('--huge') })),
  pipeline: () => (process.argv.includes('--stages') ? runStageBench() : runWholePipelineBench()),
  search: () => runSearchBench({ huge: process.argv.includes('--huge'), only: process.argv.find((_, i) => process.argv[i - 1] === '--only') ?? '' }),
};

function runWholePipelineBench(): Promise<void> {
  // Its last rows come from a whole instance: better to build before the first minute than to miss it after it.
  ensureBuilt();
  return runPipelineBench({ extraRows: captureToPaidRows });
}

const name = process.argv[2] ?? '';
const run = benchmarks[name];
if (run) {
  await run();
} else {
  console.error(`Name one of: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 1;
}
