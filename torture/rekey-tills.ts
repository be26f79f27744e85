// Tills at which one person after the other pays by face, without a pause, until they are told to stop: payment, look, sealed
// capture, digits where they are asked for, Pay, each answer the first one that came.
import { setTimeout as pause } from 'node:timers/promises';
import { payByFace } from '../apps/cli/src/demo/stage.ts';
import type { Shopper, Stage } from '../apps/cli/src/demo/stage.ts';
import type { TerminalClient } from '../apps/cli/src/demo/terminal-client.ts';
import type { Paid } from './rekey-paid.ts';

export const phases = ['warming up', 'before', 'during', 'after'] as const;
export type Phase = (typeof phases)[number];

export type Payer = Shopper & { readonly payerId: string; /** Seeds of the looks they take in turn. */ readonly looks: readonly number[] };

export type Tills = {
  phase: Phase;
  readonly paid: readonly Paid[];
  /** Milliseconds of each paid payment, from its creation to paid. */
  readonly times: Readonly<Record<Phase, readonly number[]>>;
  /** Payments for which digits were asked. */
  readonly withDigits: number;
  /** Whatever else a till was answered than that it is paid. */
  readonly findings: readonly string[];
  /** Resolves once everybody has tried to pay so often from now on. */
  everybody(times: number): Promise<void>;
  stop(): Promise<void>;
};

const askEveryMs = 50;
/** One after the other, all of them below where a store asks for a PIN. */
const amountMinMinor = 100n;
const amounts = 100;

export function startTills({ stage, terminals, payers }: { stage: Stage; terminals: readonly TerminalClient[]; payers: readonly Payer[] }): Tills {
  const paid: Paid[] = [];
  const times: Record<Phase, number[]> = { 'warming up': [], before: [], during: [], after: [] };
  const findings: string[] = [];
  const tries = new Map<string, number>();
  let turns = 0;
  let withDigits = 0;
  let isStopped = false;
  let phase: Phase = 'warming up';

  async function till(terminal: TerminalClient): Promise<void> {
    while (!isStopped) {
      const turn = turns++;
      const payer = payers[turn % payers.length]!;
      const seed = payer.looks[Math.floor(turn / payers.length) % payer.looks.length]!;
      const amountMinor = amountMinMinor + BigInt(turn % amounts);
      const began = phase;
      const begunMs = performance.now();
      const failure = await pay({ terminal, payer, amountMinor, seed });
      const fell = overlapped(began, phase);
      if (failure === null) times[fell].push(performance.now() - begunMs);
      else findings.push(`${fell}: ${payer.payerId} ${failure}`);
      tries.set(payer.payerId, (tries.get(payer.payerId) ?? 0) + 1);
    }
  }

  /** Null where it is paid. */
  async function pay({ terminal, payer, amountMinor, seed }: { terminal: TerminalClient; payer: Payer; amountMinor: bigint; seed: number }): Promise<string | null> {
    try {
      const { payment, outcome, refusal, askedForDigits } = await payByFace({ ...stage, terminal }, { shopper: payer, amountMinor, seed });
      if (askedForDigits) withDigits += 1;
      if (payment.state !== 'captured') return `was answered ${refusal ?? outcome}, and the payment is ${payment.state}`;
      paid.push({ paymentId: payment.id, payerId: payer.payerId, amountMinor });
      return null;
    } catch (error) {
      return `was answered ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  const all = Promise.all(terminals.map(till));
  return {
    ...{ paid, times, findings },
    get phase() {
      return phase;
    },
    set phase(next) {
      phase = next;
    },
    get withDigits() {
      return withDigits;
    },
    everybody: async (more) => {
      const until = new Map(payers.map(({ payerId }) => [payerId, (tries.get(payerId) ?? 0) + more]));
      while ([...until].some(([payerId, wanted]) => (tries.get(payerId) ?? 0) < wanted)) await pause(askEveryMs);
    },
    stop: async () => {
      isStopped = true;
      await all;
    },
  };
}

// A payment of which any part fell into the re-keying counts as one during it.
function overlapped(began: Phase, ended: Phase): Phase {
  const during = phases.indexOf('during');
  return phases.indexOf(began) < during && phases.indexOf(ended) >= during ? 'during' : began;
}
