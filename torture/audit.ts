// Real books, their audit log exported as an operator would, then falsified again and again in the file: `sonrisa audit verify`
// must find every falsification. Half are done by somebody who knows the format and every hash, half are damaged bytes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogCheck } from '@sonrisa/ledger/audit-log.ts';
import { createLogVerifier, logChecks } from '@sonrisa/ledger/audit-log.ts';
import { parseKey } from '@sonrisa/ledger/checkpoint.ts';
import { hashBytes, type MadeUpLog, newSigner, verifierTools } from '@sonrisa/ledger/testing/made-up-log.ts';
import { tamper } from '@sonrisa/ledger/testing/tamper.ts';
import { exportAuditLog } from '../apps/cli/src/audit/export.ts';
import { logFormat, parseLine, renderLine, renderTransfer } from '../apps/cli/src/audit/log-file.ts';
import { verifyLogFile } from '../apps/cli/src/audit/verify.ts';
import { loadAuditKey } from '../apps/server/src/adapters/audit-key.ts';
import { untilJournalMay } from '../apps/server/src/books/books.fixture.ts';
import { assertBooksCoherent, createAuditLog, createBooks } from '../apps/server/src/books/index.ts';
import { createPool } from '../apps/server/src/db/pool.ts';
import { addPayers } from './books-database.ts';
import { authorise, capture, firstAtMs, refund, topUp } from './movements.ts';
import type { Seeded } from './seeded.ts';

export type AuditOptions = {
  readonly url: string;
  readonly rounds: number;
  readonly random: Seeded;
  /** For the control: without this guard. */
  readonly without?: LogCheck;
  readonly onRound?: (round: number) => void;
};
export type AuditReport = { readonly rounds: number; readonly damaged: number; readonly transfers: number; readonly checkpoints: number; readonly findings: readonly string[] };

const batches = 5;
const payersPerBatch = 3;
const findingsMax = 20;

export async function falsify(options: AuditOptions): Promise<AuditReport> {
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-torture-audit-'));
  try {
    const file = join(folder, 'audit-log.jsonl');
    const { publicKey, counted } = await exportRealLog(options.url, { folder, file });
    const text = readFileSync(file, 'utf8');
    const log = logIn(text);
    const known = log.notes.slice(-1);
    const whole = await verifyLogFile({ file, publicKey, known });
    const findings = whole.findings.map(({ sentence }) => `the log as it was exported: ${sentence}`);
    const stranger = newSigner('sonrisa-audit/stranger');
    const dice = (below: number) => options.random.int(below);
    let damaged = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      const isDamage = round % 2 === 1;
      const { what, changed } = isDamage ? damage(text, dice) : falsified(log, { publicKey, dice, stranger });
      damaged += isDamage ? 1 : 0;
      const found = options.without ? countWithout(options.without, { changed, publicKey, known }) : await countIn(file, { changed, publicKey, known });
      if (found === 0) findings.push(`round ${round}: not found: ${what}`);
      options.onRound?.(round);
    }
    return { rounds: options.rounds, damaged, ...counted, findings: findings.slice(0, findingsMax) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function exportRealLog(url: string, { folder, file }: { folder: string; file: string }) {
  const pool = createPool({ url, connectionsMax: 2 });
  try {
    let made = 0;
    const books = createBooks({ pool, newTransferId: (kind) => `${kind}_${(made += 1)}` });
    const key = loadAuditKey({ keysDir: folder });
    const auditLog = createAuditLog({ pool, signer: key, publicKeyText: key.text });
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < payersPerBatch; index += 1) {
        const payerId = `payer-${batch}-${index}`;
        const keyed = (name: string) => ({ principal: payerId, key: name });
        await addPayers(pool, [payerId]);
        await books.post(topUp(keyed('top-up'), payerId, 1_000n));
        await books.post(authorise(keyed('authorise'), { payerId, merchantId: 'shop', holdId: `pay-${payerId}`, amountMinor: 300n }));
        await books.post(capture(keyed('capture'), `pay-${payerId}`));
        if (index === 0) await books.post(refund(keyed('refund'), `pay-${payerId}`, 100n));
      }
      // What else runs on the same cluster holds the journal back for as long as it runs.
      await untilJournalMay(pool);
      await auditLog.extend(firstAtMs + batch * 60_000);
    }
    await assertBooksCoherent(pool);
    const counted = await exportAuditLog({ databaseUrl: url, publicKey: key.text, file });
    return { publicKey: key.text, counted };
  } finally {
    await pool.end();
  }
}

function logIn(text: string): MadeUpLog {
  const lines = text.trimEnd().split('\n').flatMap((line) => parseLine(line) ?? []);
  return {
    notes: lines.flatMap((line) => (line.is === 'checkpoint' ? [line.note] : [])),
    entries: lines.flatMap((line) => (line.is === 'transfer' ? [line.logged] : [])),
  };
}

function falsified(log: MadeUpLog, { publicKey, ...tools }: { publicKey: string; dice: (below: number) => number; stranger: ReturnType<typeof newSigner> }) {
  const { what, log: tampered } = tamper(log, tools);
  const head = renderLine({ format: logFormat, publicKey });
  return { what, changed: [head, ...tampered.notes.map((checkpoint) => renderLine({ checkpoint })), ...tampered.entries.map(renderTransfer)].join('') };
}

// One byte becomes another; a change that means the same (a letter written as an escape) would be no falsification.
function damage(text: string, dice: (below: number) => number) {
  for (;;) {
    const bytes = Buffer.from(text, 'utf8');
    const at = dice(bytes.length);
    bytes[at] = (bytes[at]! + 1 + dice(255)) % 256;
    const changed = bytes.toString('utf8');
    if (meaningOf(changed) !== meaningOf(text)) return { what: `byte ${at} became ${bytes[at]}`, changed };
  }
}

function meaningOf(text: string): string {
  const plain = (_name: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
  return JSON.stringify(text.split(/\r?\n/).map((line) => parseLine(line) ?? line), plain);
}

type Changed = { readonly changed: string; readonly publicKey: string; readonly known: readonly string[] };

async function countIn(file: string, { changed, publicKey, known }: Changed): Promise<number> {
  writeFileSync(file, changed);
  return (await verifyLogFile({ file, publicKey, known })).findings.length;
}

function countWithout(check: LogCheck, { changed, publicKey, known }: Changed): number {
  const { entries, notes } = logIn(changed);
  const verifier = createLogVerifier({ ...verifierTools(parseKey(hashBytes, publicKey)!), notes, known, checks: logChecks.filter((each) => each !== check) });
  for (const entry of entries) verifier.take(entry);
  return verifier.end().findings.length;
}
