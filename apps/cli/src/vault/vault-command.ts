// `sonrisa vault …`: new template keys for everybody, and the end of every template. Both need the vault's keys folder.
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { repositoryRoot } from '../repository.ts';
import type { VaultFlags } from './operations.ts';

const options = (command: Command): Command =>
  command
    .addOption(new Option('--data <folder>', 'the folder of the instance').default(join(repositoryRoot(), '.data'), '.data in the clone'))
    .option('--vault-url <url>', 'the vault, when it is not of an instance on this machine')
    .option('--keys <folder>', 'where the vault keeps its keys, when not in the data folder');

export function addVaultCommand(program: Command, print: (line: string) => void): void {
  const vault = program.command('vault').description('template keys: renew them while the vault works, or destroy them all');
  options(vault.command('rekey'))
    .description('new keys and a new secret transform; every template is sealed anew while payments go on')
    .action(async (flags: VaultFlags) => (await import('./operations.ts')).rekey(flags, print));
  options(vault.command('destroy-templates'))
    .description('erase every template and destroy every template key: nobody can pay by face until they enrol again, and no backup brings them back')
    .option('--yes-all', 'you mean it')
    .action(async (flags: VaultFlags & { yesAll?: true }) => (await import('./operations.ts')).destroyTemplates(flags, print));
}
