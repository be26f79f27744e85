// `sonrisa audit …`: the audit log as a file, and whether such a file is whole.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { repositoryRoot } from '../repository.ts';

type ExportFlags = { readonly data: string; readonly databaseUrl?: string; readonly keys?: string; readonly out: string };
type VerifyFlags = { readonly publicKey?: string; readonly known?: string };

const findingsShownMax = 50;

export function addAuditCommand(program: Command, print: (line: string) => void, exitWith: (code: number) => void): void {
  const audit = program.command('audit').description('take the audit log out, and verify it anywhere');
  audit
    .command('export')
    .description('write checkpoints and journal of a running instance into a file')
    .addOption(new Option('--data <folder>', 'the folder of the instance').default(join(repositoryRoot(), '.data'), '.data in the clone'))
    .addOption(new Option('--database-url <url>', "the server's database, when it is your own PostgreSQL").env('SONRISA_DATABASE_URL'))
    .option('--keys <folder>', 'where the server keeps its keys, when not in the data folder')
    .option('--out <file>', 'the file to write', 'audit-log.jsonl')
    .action(async ({ data, databaseUrl, keys, out }: ExportFlags) => {
      const { databaseOf, exportAuditLog, publicKeyOf } = await import('./export.ts');
      const publicKey = publicKeyOf(keys ?? join(data, 'keys', 'server'));
      const { transfers, checkpoints } = await exportAuditLog({ databaseUrl: databaseUrl ?? databaseOf(data), publicKey, file: out });
      print(`${transfers} transfers and ${checkpoints} checkpoints are in ${out}. Its public key: ${publicKey}`);
    });
  audit
    .command('verify')
    .description('verify an exported audit log, or the receipt of an erased face or a closed account, with no database and no network')
    .argument('<file>', 'what `sonrisa audit export` wrote, or a receipt as the phone gave it')
    .option('--public-key <key>', 'the key, or a file that holds it; from another place than the log')
    .option('--known <file>', 'a checkpoint you kept earlier: shows a log that was cut short with its checkpoints')
    .action(async (file: string, { publicKey, known }: VerifyFlags) => {
      const { isErasureReceipt, sentencesOf, verifyErasureReceipt } = await import('./verify-erasure.ts');
      const key = publicKey !== undefined && existsSync(publicKey) ? readFileSync(publicKey, 'utf8') : publicKey;
      if (isErasureReceipt(file)) {
        const receipt = verifyErasureReceipt({ file, publicKey: key });
        for (const sentence of sentencesOf(receipt)) print(sentence);
        return exitWith(receipt.isGenuine ? 0 : 1);
      }
      const { verifyLogFile } = await import('./verify.ts');
      const verified = await verifyLogFile({
        file,
        ...(key === undefined ? {} : { publicKey: key }),
        known: known === undefined ? [] : [readFileSync(known, 'utf8')],
      });
      for (const { sentence } of verified.findings.slice(0, findingsShownMax)) print(`- ${sentence}`);
      if (verified.findings.length > findingsShownMax) print(`- … and ${verified.findings.length - findingsShownMax} more`);
      const counted = `${verified.transfers} transfers, ${verified.checkpoints} checkpoints, ${verified.unsigned} transfers after the last checkpoint`;
      print(verified.findings.length === 0 ? `The audit log is whole: ${counted}.` : `The audit log is NOT whole: ${verified.findings.length} findings in ${counted}.`);
      if (publicKey === undefined) print(`The key was taken from the file itself. Compare it with the one you were given: ${verified.keyFromFile ?? 'none'}`);
      exitWith(verified.findings.length === 0 ? 0 : 1);
    });
}
