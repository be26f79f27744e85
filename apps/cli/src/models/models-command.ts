// `sonrisa models …`: which face pack this installation uses. Its parts are loaded only when asked for.
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { repositoryRoot } from '../repository.ts';
import type { PullFlags, UseFlags } from './commands.ts';

const dataOption = (): Option => new Option('--data <folder>', 'data folder of the installation').default(join(repositoryRoot(), '.data'), '.data in the clone');

export function addModelsCommand(program: Command, print: (line: string) => void): void {
  const models = program.command('models').description('face packs: fetch, list, choose, check');
  models
    .command('pull')
    .description('download the recommended pack (YuNet, SFace, a spoof net; 41 MB); goes on where it was cut off')
    .addOption(dataOption())
    .option('--base <url>', 'take the files from here instead of where their authors publish them')
    .action(async (flags: PullFlags) => (await import('./commands.ts')).pull(flags, print));
  models
    .command('list')
    .description('packs that are here: origin, licence, size, error curve')
    .addOption(dataOption())
    .action(async ({ data }: { data: string }) => (await import('./commands.ts')).list(data, print));
  models
    .command('use <pack>')
    .description('embedded, recommended, or a profile file: from the next start on')
    .addOption(dataOption())
    .option('--curve <file>', 'error curve that "face calibrate" measured for this pack')
    .action(async (pack: string, flags: UseFlags) => (await import('./commands.ts')).use(pack, flags, print));
  models
    .command('verify')
    .description('hash every file of every pack that is here')
    .addOption(dataOption())
    .action(async ({ data }: { data: string }) => (await import('./commands.ts')).verify(data, print));
}
