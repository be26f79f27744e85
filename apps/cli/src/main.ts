// Entry point of the `sonrisa` command.
import { runCommandLine } from './program.ts';

// A terminal that was closed must not turn an orderly stop into a crash.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exitCode = await runCommandLine(process.argv.slice(2), console.log, console.error);
