// What clients asked and what they were told, kept outside the system under test, and compared with what the books say.
import type { Pool } from '../apps/server/src/db/pool.ts';
import type { PostRequest, PostResult } from '../apps/server/src/books/index.ts';
import { currency, keyOf } from './movements.ts';
import { bytesOf } from './wire.ts';

export type Told = {
  asked(request: PostRequest): void;
  heard(request: PostRequest, answer: PostResult): void;
  /** What no caller should ever hear. */
  broken(request: PostRequest, message: string): void;
  /** How many answers were heard so far. */
  readonly answers: number;
  readonly counts: { readonly keys: number; readonly moved: number; readonly refused: number; readonly brokenAnswers: number };
  compare(pool: Pool): Promise<string[]>;
};

type Entry = { readonly request: PostRequest; bytes: string | null; answer: PostResult | null; otherBytes: number };
type Moved = { reason: string; count: bigint; id: string; kind: string; amount_minor: bigint };

export function createTold(): Told {
  const entries = new Map<string, Entry>();
  const brokenMessages = new Map<string, number>();
  let answers = 0;
  const all = () => [...entries.values()];
  return {
    asked: (request) => void (entries.has(keyOf(request)) || entries.set(keyOf(request), { request, bytes: null, answer: null, otherBytes: 0 })),
    heard: (request, answer) => {
      const entry = entries.get(keyOf(request))!;
      const bytes = bytesOf(answer);
      answers += 1;
      if (entry.bytes === null) Object.assign(entry, { bytes, answer });
      else if (entry.bytes !== bytes) entry.otherBytes += 1;
    },
    broken: (_request, message) => void brokenMessages.set(message, (brokenMessages.get(message) ?? 0) + 1),
    get answers() {
      return answers;
    },
    get counts() {
      const told = all().flatMap(({ answer }) => answer ?? []);
      const moved = told.filter(({ ok }) => ok).length;
      const brokenAnswers = [...brokenMessages.values()].reduce((sum, count) => sum + count, 0);
      return { keys: entries.size, moved, refused: told.length - moved, brokenAnswers };
    },
    compare: async (pool) => [
      ...[...brokenMessages].map(([message, count]) => `${count} callers heard an error: ${message}`),
      ...all().flatMap(differingBytes),
      ...compareMovements(entries, await movementsOf(pool)),
      ...compareWallets(all(), await walletsOf(pool)),
    ],
  };
}

async function movementsOf(pool: Pool): Promise<Map<string, Moved>> {
  const { rows } = await pool.query<Moved>(
    `SELECT reason, count(*) AS count, min(id) AS id, min(kind) AS kind, min(amount_minor) AS amount_minor FROM transfer GROUP BY reason`,
  );
  return new Map(rows.map((row) => [row.reason, row]));
}

async function walletsOf(pool: Pool): Promise<Map<string, bigint>> {
  const { rows } = await pool.query<{ owner_id: string; balance_minor: bigint }>(
    `SELECT owner_id, balance_minor FROM account WHERE class = 'payer_wallet' AND currency = $1`,
    [currency],
  );
  return new Map(rows.map((row) => [row.owner_id, row.balance_minor]));
}

function differingBytes({ request, otherBytes }: Entry): string[] {
  return otherBytes === 0 ? [] : [`changed: ${keyOf(request)} was answered otherwise ${otherBytes} times`];
}

function compareMovements(entries: ReadonlyMap<string, Entry>, moved: ReadonlyMap<string, Moved>): string[] {
  const findings: string[] = [];
  for (const [key, { answer }] of entries) {
    const inBooks = moved.get(key);
    if (inBooks && inBooks.count > 1n) findings.push(`doubled: ${key} moved money ${inBooks.count} times`);
    if (!answer) continue;
    if (!answer.ok && inBooks) findings.push(`untold: ${key} was refused with ${answer.code} and moved money`);
    if (answer.ok && !inBooks) findings.push(`lost: ${key} was acknowledged as ${answer.transferId} and is not in the books`);
    const isOther = answer.ok && inBooks && (inBooks.id !== answer.transferId || String(inBooks.amount_minor) !== answer.amountMinor);
    if (isOther) findings.push(`changed: ${key} was acknowledged as ${answer.transferId} over ${answer.amountMinor}, the books have ${inBooks.id} over ${inBooks.amount_minor}`);
  }
  for (const key of moved.keys()) if (!entries.has(key)) findings.push(`unasked: ${key} moved money and nobody asked for it`);
  return findings;
}

// Wallets by what callers were told alone. Says something only when every request was answered.
function compareWallets(entries: readonly Entry[], wallets: ReadonlyMap<string, bigint>): string[] {
  if (entries.some(({ answer }) => answer === null)) return [];
  const holds = new Map<string, { payerId: string; amountMinor: bigint }>();
  const expected = new Map<string, bigint>();
  const add = (payerId: string, minor: bigint) => void expected.set(payerId, (expected.get(payerId) ?? 0n) + minor);
  for (const { request: { command }, answer } of entries) {
    if (command.kind === 'authorise' && answer?.ok) holds.set(command.holdId, { payerId: command.payerId, amountMinor: BigInt(answer.amountMinor) });
  }
  for (const { request: { command }, answer } of entries) {
    if (!answer?.ok) continue;
    const minor = BigInt(answer.amountMinor);
    if (command.kind === 'top_up') add(command.payerId, minor);
    else if (command.kind === 'authorise') add(command.payerId, -minor);
    else if ('holdId' in command) {
      const hold = holds.get(command.holdId);
      if (hold) add(hold.payerId, command.kind === 'capture' ? hold.amountMinor - minor : minor);
    }
  }
  return [...expected].flatMap(([payerId, minor]) => {
    const found = wallets.get(payerId) ?? 0n;
    return found === minor ? [] : [`wallet: ${payerId} was told of ${minor} in all and has ${found}`];
  });
}
