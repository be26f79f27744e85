// What clients asked and what they were told, kept outside the system under test, and compared with what the books say.
import type { Pool } from '../apps/server/src/db/pool.ts';
import type { Command } from '@sonrisa/ledger/transfer.ts';
import type { PostResult } from '../apps/server/src/books/index.ts';
import { type Asked, currency, keyOf } from './movements.ts';
import { bytesOf } from './wire.ts';

export type Told = {
  asked(request: Asked): void;
  /** `then`: of what was to follow, up to and with the first refusal. */
  heard(request: Asked, answer: PostResult, then?: readonly PostResult[]): void;
  /** What no caller should ever hear. */
  broken(request: Asked, message: string): void;
  /** How many answers were heard so far. */
  readonly answers: number;
  readonly counts: { readonly keys: number; readonly moved: number; readonly refused: number; readonly brokenAnswers: number };
  compare(pool: Pool): Promise<string[]>;
};

/** Of one movement. */
type Entry = { readonly key: string; readonly command: Command; bytes: string | null; answer: PostResult | null; otherBytes: number };
type Moved = { reason: string; count: bigint; id: string; kind: string; amount_minor: bigint };

export function createTold(): Told {
  const entries = new Map<string, Entry>();
  const brokenMessages = new Map<string, number>();
  let answers = 0;
  const all = () => [...entries.values()];
  return {
    asked: (request) => {
      for (const { key, command } of movementsIn(request)) {
        if (!entries.has(key)) entries.set(key, { key, command, bytes: null, answer: null, otherBytes: 0 });
      }
    },
    heard: (request, first, then = []) => {
      const heard = [first, ...then];
      answers += 1;
      for (const [place, { key }] of movementsIn(request).entries()) {
        // What a refusal stands before was refused with it.
        const answer = heard[place] ?? heard.at(-1)!;
        const entry = entries.get(key)!;
        const bytes = bytesOf(answer);
        if (entry.bytes === null) Object.assign(entry, { bytes, answer });
        else if (entry.bytes !== bytes) entry.otherBytes += 1;
      }
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

// A movement's reason carries its key.
function movementsIn(request: Asked): { key: string; command: Command }[] {
  return [{ key: keyOf(request), command: request.command }, ...(request.then ?? []).map(({ reason, command }) => ({ key: reason ?? '', command }))];
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

function differingBytes({ key, otherBytes }: Entry): string[] {
  return otherBytes === 0 ? [] : [`changed: ${key} was answered otherwise ${otherBytes} times`];
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
  for (const { command, answer } of entries) {
    if (command.kind === 'authorise' && answer?.ok) holds.set(command.holdId, { payerId: command.payerId, amountMinor: BigInt(answer.amountMinor) });
  }
  for (const { command, answer } of entries) {
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
