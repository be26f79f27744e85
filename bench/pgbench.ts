// pgbench of the system's PostgreSQL package, against the very server the books are measured on.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RackPostgres } from '../torture/postgres.ts';

export type PgbenchScript = 'TPC-B' | 'pgbench -N' | 'one call a payment';
export type Pgbench =
  | { readonly is: 'missing'; readonly reason: string }
  | {
      readonly is: 'found';
      readonly note: string;
      readonly scripts: readonly PgbenchScript[];
      prepare(onePost: { url: string; script: string }): Promise<void>;
      run(input: { script: PgbenchScript; clients: number; seconds: number }): Promise<{ perSecond: number; medianMs: number; p99Ms: number }>;
    };

const programFolder = '/usr/lib/postgresql';
const scale = 10;
const threads = 2;
const exec = promisify(execFile);

export async function findPgbench(postgres: RackPostgres): Promise<Pgbench> {
  const program = installed();
  if (!program) return { is: 'missing', reason: `pgbench was not run: there is none under ${programFolder} (Debian's package postgresql-contrib or postgresql has it).` };
  const tpcbUrl = await postgres.createDatabase('pgbench');
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-pgbench-'));
  const scriptFile = join(folder, 'one-call.sql');
  let onePostUrl = '';
  const version = (await exec(program, ['--version'])).stdout.trim();
  return {
    is: 'found',
    note: `${version}, scale ${scale}, ${threads} threads, prepared statements; "one call a payment" is hold and capture in one stored function and one transaction on the same tables with the same constraints.`,
    scripts: ['TPC-B', 'pgbench -N', 'one call a payment'],
    prepare: async ({ url, script }) => {
      onePostUrl = url;
      writeFileSync(scriptFile, script);
      await exec(program, ['-i', '-q', '-s', String(scale), tpcbUrl]);
    },
    run: async ({ script, clients, seconds }) => {
      const what = script === 'TPC-B' ? [tpcbUrl] : script === 'pgbench -N' ? ['-N', tpcbUrl] : ['-n', '-f', scriptFile, onePostUrl];
      const prefix = join(folder, `log-${clients}`);
      const options = ['-c', String(clients), '-j', String(Math.min(threads, clients)), '-T', String(seconds), '-M', 'prepared', '-l', `--log-prefix=${prefix}`];
      const { stdout } = await exec(program, [...options, ...what], { cwd: folder });
      const tookMs = takeLatencies(folder);
      return { perSecond: Number(/tps = ([\d.]+)/.exec(stdout)?.[1]), medianMs: tookMs[tookMs.length >> 1] ?? 0, p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0 };
    },
  };
}

function installed(): string | undefined {
  if (!existsSync(programFolder)) return undefined;
  const programs = readdirSync(programFolder).map((version) => join(programFolder, version, 'bin', 'pgbench'));
  return programs.filter((program) => existsSync(program)).at(-1);
}

// One line a transaction: client, number, microseconds, …
function takeLatencies(folder: string): number[] {
  const logs = readdirSync(folder).filter((name) => name.startsWith('log-')).map((name) => join(folder, name));
  const tookMs = logs.flatMap((log) => readFileSync(log, 'utf8').trimEnd().split('\n').map((line) => Number(line.split(' ')[2]) / 1_000));
  for (const log of logs) rmSync(log);
  return tookMs.sort((a, b) => a - b);
}
