// `sonrisa risk …`: what other rules would have decided.
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { repositoryRoot } from '../repository.ts';

type BackTestFlags = { readonly data: string; readonly databaseUrl?: string; readonly against?: number; readonly decisions: number };

const decisionsDefault = 100_000;

export function addRiskCommand(program: Command, print: (line: string) => void): void {
  program
    .command('risk')
    .description('the rules that decide what a payment asks for')
    .command('back-test')
    .description('judge recorded decisions by other rules, and print what would change; nothing is written')
    .argument('<rules>', 'a version of the rules, or a JSON file with rules')
    .addOption(new Option('--data <folder>', 'the folder of the instance').default(join(repositoryRoot(), '.data'), '.data in the clone'))
    .addOption(new Option('--database-url <url>', "the server's database, when it is your own PostgreSQL").env('SONRISA_DATABASE_URL'))
    .option('--against <version>', 'the version to compare with, instead of the one in charge', wholeNumber)
    .option('--decisions <number>', 'how many of the newest decisions', wholeNumber, decisionsDefault)
    .action(async (rules: string, { data, databaseUrl, against, decisions }: BackTestFlags) => {
      const { databaseOf } = await import('../audit/export.ts');
      const { runBackTest } = await import('./back-test.ts');
      await runBackTest({ databaseUrl: databaseUrl ?? databaseOf(data), rules, against, decisions, print });
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on');
  return value;
}
