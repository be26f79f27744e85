// Entry point of the `sonrisa` command.
import { runCommandLine } from './program.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), console.log, console.error);
