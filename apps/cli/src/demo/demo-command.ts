// `sonrisa demo`: proves the whole way from SMS code to paid, without a camera. Its parts are loaded only when asked for.
import type { Command } from 'commander';

const defaultPeople = '8';

export function addDemoCommand(program: Command, print: (line: string) => void, exitWith: (code: number) => void): void {
  program
    .command('demo')
    .description('enrol people from real photos on a throw-away instance, pay, refuse, refund, and compare what is said with what is seen')
    .option('--json', 'print the report as JSON and nothing else')
    .option('--faces <folder>', 'your own photos: one folder a person')
    .option('--people <number>', 'how many enrol', defaultPeople)
    .option('--keep', 'keep the data folder')
    .action(async (flags: { json?: boolean; faces?: string; people: string; keep?: boolean }) => {
      const { runDemo } = await import('./run.ts');
      exitWith(await runDemo(flags, print));
    });
}
