// `sonrisa start`: the instance in a terminal, with progress, addresses, and an orderly end on Ctrl-C.
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { Listr } from 'listr2';
import { startInstance } from './instance.ts';
import type { Instance } from './instance.ts';
import { defaultHost, defaultPort } from './instance-options.ts';
import type { InstanceOptions, Mode, Step } from './instance-options.ts';
import { PlainError } from './plain-error.ts';
import { repositoryRoot } from './repository.ts';

export type Output = (line: string) => void;

type Flags = Omit<InstanceOptions, 'dataDir' | 'port' | 'log' | 'step'> & { readonly data: string; readonly port: string };

export function addStartCommand(program: Command, print: Output): void {
  program
    .command('start')
    .description('start Sonrisa on this machine: databases, vault, server and web pages')
    .addOption(new Option('--port <number>', 'port of the web pages and the API').default(String(defaultPort)))
    .addOption(new Option('--data <folder>', 'folder for databases, keys and logs').default(join(repositoryRoot(), '.data'), '.data in the clone'))
    .addOption(new Option('--host <address>', 'address to listen on; 0.0.0.0 for every one').default(defaultHost))
    .addOption(new Option('--public-url <url>', 'address browsers use, when it is not localhost'))
    .addOption(new Option('--mode <mode>').choices(['sandbox', 'production']).default('sandbox' satisfies Mode))
    // By environment too: an argument is visible to every user of the machine, and these hold passwords.
    .addOption(new Option('--database-url <url>', "your own PostgreSQL for the server's database").env('SONRISA_DATABASE_URL'))
    .addOption(new Option('--owner-database-url <url>', 'the same database as the owner of its tables, to run migrations with').env('SONRISA_OWNER_DATABASE_URL'))
    .addOption(new Option('--vault-database-url <url>', "your own PostgreSQL for the vault's database").env('SONRISA_VAULT_DATABASE_URL'))
    .addOption(new Option('--error-budget <chance>', 'how often at most a payment may name the wrong person by accident (sandbox 1e-3, else 1e-6)').env('SONRISA_ERROR_BUDGET'))
    .addOption(new Option('--pack <pack>', 'face models: embedded, recommended, or a profile file; default: what "models use" chose, else embedded').env('SONRISA_PACK'))
    .addOption(new Option('--cert <file>', 'TLS certificate (PEM) to serve HTTPS with'))
    .addOption(new Option('--key <file>', 'its private key (PEM)'))
    .addOption(new Option('--log-level <level>').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .action(async (flags: Flags) => {
      const instance = await startInterruptible(flags, print);
      if (!instance) return;
      print(banner(instance));
      await untilStopped(instance, print);
    });
}

/** What a person needs next: where to look, and what this installation must not be used for. */
export function banner({ url, activationCode, dataDir, logFiles, adopted }: Pick<Instance, 'url' | 'activationCode' | 'dataDir' | 'logFiles' | 'adopted'>): string {
  const activation = activationCode === undefined ? '' : `#activate=${activationCode}`;
  const rows: [string, string][] = [
    ['Kiosk', `${url}/kiosk/${activation}`],
    ['Phone', `${url}/phone/`],
    ['Back office', `${url}/operator/`],
    ...(activationCode === undefined ? [] : ([['SMS outbox', `${url}/sandbox/outbox/`]] satisfies [string, string][])),
    ['API docs', `${url}/docs`],
    ['Health', `${url}/health`],
    ['Data', dataDir],
    ['Logs', logFiles.server.replace(/[^/]+$/, '')],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(13)}${value}`);
  const ribbon = activationCode === undefined ? [] : ['', '  SANDBOX: test money, no liveness check, a looser error budget. Never for real payments.'];
  const next = activationCode === undefined ? ['', '  Who runs it, and who is paid: sonrisa person add, sonrisa merchant add (docs/production.md).'] : [];
  const found = adopted ? ['', '  The database of an earlier, killed run was still up and has been taken over.'] : [];
  return ['', '  Sonrisa is running.', '', ...lines, ...ribbon, ...next, ...found, '', '  Ctrl-C stops it; everything is kept.', ''].join('\n');
}

// Ctrl-C while it is still starting: the step under way ends, then what has been started is stopped again.
async function startInterruptible(flags: Flags, print: Output): Promise<Instance | undefined> {
  let interrupted = false;
  const stopListening = onStopSignal({
    first: () => {
      interrupted = true;
      print('Stopping as soon as this step has ended.');
    },
    // The processes notice that the supervisor is gone; the next start takes over the database.
    again: () => process.exit(forcedExitCode),
  });
  const port = Number(flags.port);
  const step: Step = (title, work) => {
    if (interrupted) throw new PlainError('Stopped before it was up.');
    return withProgress(title, work);
  };
  try {
    const instance = await startInstance({ ...flags, port: Number.isNaN(port) ? 0 : port, dataDir: flags.data, log: print, step });
    if (!interrupted) return instance;
    await instance.stop();
    return undefined;
  } finally {
    stopListening();
  }
}

async function withProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  const done: { value?: T } = {};
  const task = async (): Promise<void> => {
    done.value = await work();
  };
  // Ctrl-C is ours to handle, and the error's one sentence is printed by whoever catches it.
  await new Listr([{ title, task }], { registerSignalListeners: false, rendererOptions: { showErrorMessage: false }, fallbackRendererCondition: !process.stdout.isTTY }).run();
  return done.value as T;
}

function untilStopped(instance: Instance, print: Output): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = onStopSignal({
      first: () => {
        print('Stopping: payments under way are finished first. Ctrl-C again to force.');
        instance.stop().then(() => {
          stopListening();
          print('Stopped.');
          resolve();
        }, reject);
      },
      again: () => {
        print('Forced.');
        instance.forceStop().then(() => process.exit(forcedExitCode), reject);
      },
    });
  });
}

const forcedExitCode = 130;
// One Ctrl-C arrives twice under npm, from the terminal and passed on by npm itself.
const sameKeyPressMs = 1_000;

function onStopSignal({ first, again }: { first: () => void; again: () => void }): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let firstAtMs: number | undefined;
  const listener = () => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      first();
    } else if (performance.now() - firstAtMs > sameKeyPressMs) again();
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
