// The server as a process: configuration, database, vault, then HTTP. It drains when it is told to stop, and also when its
// supervisor is gone, so that no server outlives the one who started it. `server.mjs migrate` runs the migrations and ends.
import { systemClock } from './adapters/clock.ts';
import { createLog } from './adapters/log.ts';
import { systemRandom } from './adapters/random.ts';
import { createVaultClient } from './adapters/vault-client.ts';
import { configFromEnvironment, ConfigError, migrationConfigFromEnvironment } from './config.ts';
import { migrate } from './db/migrate.ts';
import { createPool } from './db/pool.ts';
import { SchemaError } from './db/schema-error.ts';
import { startRounds } from './rounds.ts';
import { createServer } from './server.ts';
import { compareBudgets } from './vault-budget.ts';

/** Below the supervisor's own patience. */
const drainTimeoutMs = 25_000;

async function main(): Promise<void> {
  const config = configFromEnvironment();
  const log = createLog({ level: config.logLevel });
  const pool = createPool({ url: config.databaseUrl, onIdleError: (error) => log.warn({ err: error }, 'A database connection broke') });
  await migrate({ pool, migrationsDir: config.migrationsDir });
  const vault = createVaultClient({ url: config.vaultUrl, secret: config.vaultSecret, clock: systemClock });
  const { app, rounds } = await createServer({ config, pool, clock: systemClock, random: systemRandom, vault, log });
  await app.listen({ host: config.host, port: config.port });
  void compareBudgets({ vault, errorBudget: config.errorBudget, log });
  const stopRounds = startRounds(rounds, log);

  let draining = false;
  const drain = async (reason: string) => {
    if (draining) return;
    draining = true;
    log.info({ reason }, 'Draining: no new requests, those under way are finished');
    setTimeout(() => process.exit(1), drainTimeoutMs).unref();
    await app.close();
    await stopRounds();
    await pool.end();
    process.exit(0);
  };
  process.once('SIGTERM', () => void drain('SIGTERM'));
  process.once('SIGINT', () => void drain('SIGINT'));
  process.once('disconnect', () => void drain('the supervisor is gone'));
}

/** As the owner of the tables, whose address the server itself is never told. */
async function migrateAsOwner(): Promise<void> {
  const { databaseUrl, migrationsDir, serverRole } = migrationConfigFromEnvironment();
  const pool = createPool({ url: databaseUrl, connectionsMax: 1 });
  try {
    const ran = await migrate({ pool, migrationsDir, serverRole });
    process.stdout.write(`Migrations run: ${ran.length}; the role "${serverRole}" has been granted what the server needs.\n`);
  } finally {
    await pool.end();
  }
}

(process.argv[2] === 'migrate' ? migrateAsOwner() : main()).catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exit(1);
});

// Whoever starts the server gets a sentence for what they can mend, and the whole story for what only we can.
function sentenceOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof SchemaError) return `${error.name}: ${error.message}`;
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'EADDRINUSE') return 'ConfigError: SONRISA_PORT is in use by another program.';
  if (code === 'EACCES') return `ConfigError: ${(error as Error).message}: there is no permission for it.`;
  if (code === 'ECONNREFUSED') return 'ConfigError: SONRISA_DATABASE_URL names a database that does not answer.';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
