// `npm run torture -- crash|race|…`: does what no customer should, then compares what clients were told with what the books say.
// Ends with exit code 1 when something is found, or when a control finds nothing.
import { OptionError, readOptions } from './options.ts';
import { isPassed, recordReport, renderReport } from './report.ts';
import { runs } from './runs.ts';

try {
  const options = readOptions(process.argv.slice(2), Object.keys(runs));
  const report = await runs[options.name]!(options, (line) => console.error(line));
  console.log(`${report.title}\n${renderReport(report)}`);
  if (options.record) recordReport(report);
  process.exitCode = isPassed(report) ? 0 : 1;
} catch (error) {
  console.error(error instanceof OptionError ? error.message : error);
  process.exitCode = 1;
}
