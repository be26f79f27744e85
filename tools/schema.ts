// `npm run schema`: migrates two fresh databases and writes what came of it to docs/schema. A test compares the files.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDataFolder } from '../apps/cli/src/postgres/cluster.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { ensureDatabases } from '../apps/cli/src/postgres/databases.ts';
import { startPostgres } from '../apps/cli/src/postgres/start.ts';
import { kept } from './schema/databases.ts';
import { dumpSchema } from './schema/dump.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-schema-'));
const postgres = await startPostgres({ dataDir, log: () => undefined });
try {
  for (const { name, file, migrate } of kept) {
    const account = { database: name, role: `sonrisa_${name}`, owner: `sonrisa_${name}_owner`, scopedRole: `sonrisa_${name}_merchant`, password: 'of a database that is thrown away' };
    await ensureDatabases(postgres.adminUrl, [account]);
    const url = postgres.urlAs(name, account.owner);
    await migrate(url);
    writeFileSync(file, await withConnection(url, dumpSchema));
    console.log(`wrote docs/schema/${name}.sql`);
  }
} finally {
  await postgres.stop();
  removeDataFolder(dataDir);
}
