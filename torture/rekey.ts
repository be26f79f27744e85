// Re-keying under payments: a whole instance, its vault's database filled with made-up templates, and tills at which real people
// among them pay by face over HTTP while every record moves to new keys. Each of them has to be found and charged, once, before,
// meanwhile and after; in the end no record may be under the old keys, every template must be what it was, an older backup must
// open no more, and the books must hold. In the control records get the new key's number and keep what was sealed under the old one.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { embeddedPack } from '../packages/face/src/models/embedded/pack.ts';
import { vaultHealthSchema, vaultPaths } from '../packages/protocol/src/vault-api.ts';
import { balanceOf, enrolShopper } from '../apps/cli/src/demo/stage.ts';
import { activateTerminal } from '../apps/cli/src/demo/terminal-client.ts';
import type { Instance } from '../apps/cli/src/instance.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { rekey } from '../apps/cli/src/vault/operations.ts';
import { openDatabase } from '../apps/vault/src/db/database.ts';
import type { Database } from '../apps/vault/src/db/database.ts';
import { keyKeptMs } from '../apps/vault/src/rekey/rekey.ts';
import { bookFindings } from '../e2e/harness/book-findings.ts';
import { startTestInstance } from '../e2e/harness/instance.ts';
import type { TestInstance } from '../e2e/harness/instance.ts';
import { takeRulesAway } from '../e2e/harness/no-rules.ts';
import { crowdOf } from './rekey-crowd.ts';
import type { Crowd } from './rekey-crowd.ts';
import { paidFindings } from './rekey-paid.ts';
import type { Booked } from './rekey-paid.ts';
import { startTills } from './rekey-tills.ts';
import type { Payer, Tills } from './rekey-tills.ts';
import { backupOf, countUnder, keyFilesAfter, keyFilesIn, keysIn, openedOf, recordFindings } from './rekey-vault.ts';
import type { Seeded } from './seeded.ts';

export type RekeyInput = {
  readonly synthetic: number;
  /** Of the group photos. */
  readonly people: number;
  readonly tills: number;
  /** Different looks that each of them takes in turn. */
  readonly looksEach: number;
  /** Payments of each of them before it begins and after it is over, at least. */
  readonly paymentsAround: number;
  readonly random: Seeded;
  readonly control: boolean;
  readonly progress: (line: string) => void;
};

export type RekeyOutcome = Pick<Tills, 'times' | 'withDigits'> & {
  readonly records: number;
  readonly rekeyed: number;
  readonly rekeyMs: number;
  readonly payments: number;
  readonly findings: readonly string[];
};

/** Regulars would be looked for first, and among themselves. */
const everybodySearched = { SONRISA_VAULT_REGULARS: 'off' };
const topUpMinor = 500_000n;
const askEveryMs = 500;
/** A minute; the vault goes on every other second. */
const asksUntilStuck = 120;
/** How long the vault keeps the old keys, and as long again for a busy machine. */
const keysGonePatienceMs = 2 * keyKeptMs;

/** Needs the network's loopback and a build, which it makes where there is none. */
export async function rekeyUnderPayments(input: RekeyInput): Promise<RekeyOutcome> {
  const running = await startTestInstance({ people: input.people, logLevel: 'warn', settings: everybodySearched });
  const db = openDatabase({ url: running.instance.vaultDatabaseUrl, onIdleError: () => undefined });
  try {
    await takeRulesAway(running.stage.offices);
    const keysDir = join(running.instance.dataDir, 'keys', 'vault');
    const crowd = crowdOf({ db, keys: await keysIn(keysDir), packId: await packOf(running.instance), dimensions: embeddedPack.embeddingLength, random: input.random });
    const payers = await enrolAmong(input, { running, crowd });
    // Started again, it has the crowd in its memory.
    await running.instance.vault.stop();
    await running.instance.vault.start();
    input.progress('the vault has loaded everybody');
    return await run(input, { running, db, keysDir, crowd, payers });
  } finally {
    await db.close();
    await running.stop();
  }
}

async function packOf({ vaultUrl }: Instance): Promise<string> {
  return vaultHealthSchema.parse(await (await fetch(new URL(vaultPaths.health, vaultUrl))).json()).packId;
}

// Records are re-keyed in the order in which they came: real people are among the first, in the middle and among the last, and
// the last of them has some of the crowd behind them too.
async function enrolAmong({ people, synthetic, looksEach, progress }: RekeyInput, { running, crowd }: { running: TestInstance; crowd: Crowd }): Promise<Payer[]> {
  const { stage } = running;
  const payers: Payer[] = [];
  for (let index = 0; index < people; index++) {
    const shopper = await enrolShopper(stage, index, topUpMinor);
    const { payerId } = await stage.phone.me(shopper.session);
    payers.push({ ...shopper, payerId, looks: Array.from({ length: looksEach }, (_, look) => 100 * index + look + 1) });
    await crowd.add(Math.floor((synthetic * (index + 1)) / people) - crowd.size);
    progress(`${index + 1} people have enrolled, and ${crowd.size} of ${synthetic} made-up ones are there`);
  }
  return payers;
}

type Scene = { running: TestInstance; db: Database; keysDir: string; crowd: Crowd; payers: readonly Payer[] };

async function run(input: RekeyInput, scene: Scene): Promise<RekeyOutcome> {
  const { running: { stage, instance }, db, keysDir, payers } = scene;
  const records = input.synthetic + input.people;
  const findings: string[] = [];
  const more = Array.from({ length: input.tills - 1 }, () => activateTerminal({ url: instance.url, activationCode: instance.activationCode ?? '' }));
  const tills = startTills({ stage, terminals: [stage.terminal, ...(await Promise.all(more))], payers });
  try {
    // Each look once, so that cutting it out of its photo is nothing that is measured.
    await tills.everybody(input.looksEach);
    tills.phase = 'before';
    await tills.everybody(input.paymentsAround);
    const backup = await backupOf(db);
    if ((await openedOf(await keysIn(keysDir), backup)) !== backup.length) findings.push('the backup did not open to begin with');
    if (input.control) await carryHalf(db);

    tills.phase = 'during';
    const begunMs = performance.now();
    const isDone = await rekeyAll(scene, (line) => input.progress(`${line}; ${tills.paid.length} payments, ${tills.findings.length} findings`));
    const rekeyMs = performance.now() - begunMs;
    tills.phase = 'after';
    // The old keys go while people pay. What a control is for shows before.
    if (isDone && !input.control) await untilOldKeysAreGone(keysDir);
    await tills.everybody(input.paymentsAround);
    await tills.stop();
    findings.push(...tills.findings, ...(await recordFindings({ db, keysDir, recordsExpected: records, backup })), ...(await crowdFindings(scene)), ...(await moneyFindings(scene, tills)));
    return { records, rekeyed: await countUnder(db, 2), rekeyMs, payments: tills.paid.length, times: tills.times, withDigits: tills.withDigits, findings };
  } finally {
    await tills.stop();
  }
}

async function carryHalf(db: Database): Promise<void> {
  await db.rows("CREATE FUNCTION carry_half() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.ciphertext := OLD.ciphertext; RETURN NEW; END'");
  await db.rows('CREATE TRIGGER carry_half BEFORE UPDATE ON face_template FOR EACH ROW EXECUTE FUNCTION carry_half()');
}

/** As an operator does it. False when it is stuck: what is left then is found. */
async function rekeyAll({ running, db }: Scene, print: (line: string) => void): Promise<boolean> {
  let isOver = false;
  const over = rekey({ data: running.instance.dataDir }, print).finally(() => (isOver = true));
  over.catch(() => undefined);
  await Promise.race([over, untilStuck(db, () => isOver)]);
  return isOver;
}

async function untilStuck(db: Database, isOver: () => boolean): Promise<void> {
  let before = -1;
  for (let unchanged = 0; unchanged < asksUntilStuck && !isOver(); ) {
    const left = await countUnder(db, 1);
    unchanged = left === before ? unchanged + 1 : 0;
    before = left;
    await pause(askEveryMs);
  }
}

/** Or until there is no more patience: what is there then is found. */
async function untilOldKeysAreGone(keysDir: string): Promise<void> {
  const untilMs = performance.now() + keysGonePatienceMs;
  while (keyFilesIn(keysDir) !== keyFilesAfter && performance.now() < untilMs) await pause(askEveryMs);
}

async function crowdFindings({ crowd, keysDir }: Scene): Promise<string[]> {
  const { altered, unopened } = await crowd.compare(await keysIn(keysDir));
  return [...(altered > 0 ? [`${altered} templates are not what they were`] : []), ...(unopened > 0 ? [`${unopened} templates do not open`] : [])];
}

async function moneyFindings({ running, payers }: Scene, { paid }: Tills): Promise<string[]> {
  const booked = await withConnection(running.instance.databaseUrl, (query) =>
    query(
      `SELECT h.id, h.payer_id, h.amount_minor::text AS amount, h.captured_minor::text AS captured_amount,
              count(*) FILTER (WHERE t.kind = 'authorise')::int AS authorised, count(*) FILTER (WHERE t.kind = 'capture')::int AS captured
       FROM hold h LEFT JOIN transfer t ON t.hold_id = h.id GROUP BY h.id`,
    ),
  );
  const holds = booked.map((row): Booked => ({
    paymentId: String(row.id), payerId: String(row.payer_id), amountMinor: BigInt(String(row.amount)), capturedMinor: BigInt(String(row.captured_amount)),
    authorised: Number(row.authorised), captured: Number(row.captured),
  }));
  const wallets = await Promise.all(payers.map(async (payer) => ({ payerId: payer.payerId, toppedUpMinor: topUpMinor, balanceMinor: await balanceOf(running.stage, payer) })));
  return [...paidFindings({ paid, booked: holds, wallets }), ...(await bookFindings(running))];
}
