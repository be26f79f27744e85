// For the command line on the machine itself: people, merchants, stores and keys, on the server's own database and with the server's
// own role. Whether the server runs does not matter.
import type { MachineAct } from '@sonrisa/protocol/operator-acts.ts';
import { ProblemError, problemCatalogue } from '@sonrisa/protocol/problem.ts';
import { createIds } from './adapters/ids.ts';
import { systemClock as clock } from './adapters/clock.ts';
import { systemRandom as random } from './adapters/random.ts';
import { createTokens } from './adapters/tokens.ts';
import { createDatabase } from './db/database.ts';
import { createPool } from './db/pool.ts';
import { createShops, type Shops } from './merchants/index.ts';
import { createActs, createPeople, type Acts, type People } from './operators/index.ts';
import { proposeBankAccount } from './proposals/index.ts';
import { issueActivationCode, type ActivationCode } from './terminals/index.ts';

export type SetUp = {
  people: People;
  shops: Shops;
  /** Nothing changes until a person approves it. Throws `not_found` and `bank_account_invalid`. */
  proposeAccount(input: { merchantId: string; holder: string; number: string; bic: string | null; key: string }): Promise<{ id: string; currency: string }>;
  /** Throws `not_found`. */
  issueCode(input: { storeId: string; kind: 'kiosk' | 'mini' }): Promise<ActivationCode>;
};

/** The database holds no installation: nothing was ever started on it. */
export class NotInstalled extends Error {}

/** As an answer of the API would have it. */
const doneStatus = 200;

/** What a command does, for the trail; null: it only reads. */
export type Command = { readonly act: MachineAct; readonly subject: string | null; readonly body: unknown } | null;

/** Throws NotInstalled, and ProblemError with a code of the catalogue. */
export async function withSetUp<Result>({ databaseUrl, command }: { databaseUrl: string; command: Command }, use: (setUp: SetUp) => Promise<Result>): Promise<Result> {
  const pool = createPool({ url: databaseUrl, connectionsMax: 2 });
  try {
    const mode = await modeOf(pool);
    const [db, tokens, nowMs] = [createDatabase(pool), createTokens({ random }), () => clock.nowMs()];
    const ids = createIds({ random, nowMs });
    const shops = createShops({ db, clock, tokens, ids, mode });
    const setUp: SetUp = {
      people: createPeople({ db, ids, clock, tokens }),
      shops,
      proposeAccount: async ({ merchantId, ...account }) => {
        const { currency } = await shops.read(merchantId);
        return proposeBankAccount({ db, nowMs, idFrom: ids.from }, { owner: 'merchant', ownerId: merchantId, currency, makerId: null, ...account });
      },
      issueCode: async ({ storeId, kind }) => issueActivationCode({ db, tokens, clock, random }, { merchantId: await shops.merchantOf(storeId), storeId, kind }),
    };
    return await written(createActs({ db, clock }), command, () => use(setUp));
  } finally {
    await pool.end();
  }
}

async function written<Result>(acts: Acts, command: Command, work: () => Promise<Result>): Promise<Result> {
  if (command === null) return work();
  const number = await acts.begin({ by: 'machine', personId: null, ...command });
  try {
    const done = await work();
    await acts.end(number, doneStatus);
    return done;
  } catch (error) {
    if (error instanceof ProblemError) await acts.end(number, problemCatalogue[error.code].status);
    throw error;
  }
}

async function modeOf(pool: ReturnType<typeof createPool>): Promise<'sandbox' | 'production'> {
  const made = await pool.query<{ made: boolean }>(`SELECT to_regclass('installation') IS NOT NULL AS made`);
  const { rows } = made.rows[0]?.made ? await pool.query<{ mode: 'sandbox' | 'production' }>('SELECT mode FROM installation') : { rows: [] };
  if (!rows[0]) throw new NotInstalled('no installation');
  return rows[0].mode;
}
