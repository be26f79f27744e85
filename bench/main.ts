// `npm run bench -- NAME`: runs one benchmark and writes its section of bench/RESULTS.md.
import { captureToPaidRows } from './capture-to-paid.ts';
import { runPipelineBench } from './pipeline.ts';
import { runSearchBench } from './search.ts';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  pipeline: () => runPipelineBench({ extraRows: captureToPaidRows }),
  search: () => runSearchBench({ huge: process.argv.includes('--huge') }),
};

const name = process.argv[2] ?? '';
const run = benchmarks[name];
if (run) {
  await run();
} else {
  console.error(`Name one of: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 1;
}
