// What is tried on a live terminal in tests, each under a fresh nonce and signed with the terminal's own key, so that only
// the liveness checks stand in its way.
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import { planChallenge } from '@sonrisa/face/liveness/challenge.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { Random } from '../adapters/system.ts';
import { compressAnew } from './people-in-motion.ts';
import type { ActorOnStage, Frames } from './people-in-motion.ts';
import type { LiveTiming } from './terminal.ts';
import type { TestVault } from './test-vault.ts';

export const tries = ['genuine', 'replayed', 'spliced', 'still', 'stale'] as const;
export type Try = (typeof tries)[number];

/** The vault's random source in tests that must not depend on chance: the challenges follow from the seed. */
export function seededBytes(seed: number): Random & { reseed(seed: number): void } {
  let random = createSeededRandom(seed);
  return {
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    reseed: (anew) => {
      random = createSeededRandom(anew);
    },
  };
}

// Nobody moves twice in the same way: frames of another attempt would be known by their bytes already.
const motionOf = (kind: Try, seed: number): number => tries.indexOf(kind) * 1_000_003 + seed * 2;

export interface TryResult {
  readonly status: number;
  /** Problem code, or outcome. */
  readonly answer: string;
}

export interface LiveStage {
  /** One capture of one kind; everything about it follows from the seed and the challenge, which the vault chooses. */
  attempt(kind: Try, seed: number): Promise<TryResult>;
}

/** `name`: apart from that of every other stage over the same database. */
export function createLiveStage(input: { vault: TestVault; actors: readonly ActorOnStage[]; name: string }): LiveStage {
  const { vault, actors, name } = input;
  let subjects = 0;

  async function mint(): Promise<LookTicket & { subjectId: string }> {
    const subjectId = `pay_${name}_${(subjects += 1)}`;
    const minted = await vault.mint(vault.payment(subjectId, 'live'));
    if (minted.status !== 201) throw new Error(`no look: ${JSON.stringify(minted.body)}`);
    return { ...(minted.body as unknown as LookTicket), subjectId };
  }

  async function submit(ticket: Awaited<ReturnType<typeof mint>>, frames: Frames, change: Partial<LiveTiming> = {}): Promise<TryResult> {
    const plan = planChallenge(ticket.challenge.prompts);
    const timing = { capturedAtMs: ticket.issuedAtMs + 400, framesAtMs: plan.framesAtMs, shown: [...plan.shown], ...change };
    const vaultKey = vault.keys.exported.sealing.jwk;
    const bound = { nonce: ticket.nonce, purpose: 'payment' as const, subjectId: ticket.subjectId };
    const sealed = await vault.terminal.seal({ bound, frames, vaultKey, timing });
    vault.time.nowMs = Math.max(vault.time.nowMs, ticket.issuedAtMs + 500 + plan.endsAtMs);
    const { status, body } = await vault.submit(bound, sealed);
    return { status, answer: String(body.code ?? body.outcome) };
  }

  const actorFor = (seed: number): ActorOnStage => actors[seed % actors.length] ?? actors[0]!;
  const prompts = (ticket: LookTicket) => ticket.challenge.prompts;

  const kinds: Record<Try, (seed: number, random: () => number) => Promise<TryResult>> = {
    async genuine(seed) {
      const ticket = await mint();
      return submit(ticket, await actorFor(seed).perform({ challenge: prompts(ticket), kind: 'alive', seed: motionOf('genuine', seed) }));
    },
    // What was shown once, under a new nonce: the same bytes, or the same pictures compressed anew.
    async replayed(seed, random) {
      const first = await mint();
      const frames = await actorFor(seed).perform({ challenge: prompts(first), kind: 'alive', seed: motionOf('replayed', seed) });
      await submit(first, frames);
      const again = await mint();
      const wanted = planChallenge(prompts(again)).framesAtMs.length;
      const shown = await Promise.all(Array.from({ length: wanted }, (_, i) => frames[Math.min(i, frames.length - 1)] ?? frames[0]!));
      const sameBytes = seed % 2 === 0 && wanted <= frames.length;
      return submit(again, sameBytes ? shown : await Promise.all(shown.map((frame) => compressAnew(frame, random))));
    },
    // Two people answer the challenge, and their frames are cut together: at a prompt, in turns, or one frame alone.
    async spliced(seed, random) {
      const ticket = await mint();
      const count = planChallenge(prompts(ticket)).framesAtMs.length;
      const cut = 1 + Math.floor(random() * (count - 1));
      const ofOther = [(i: number) => i >= cut, (i: number) => i % 2 === 1, (i: number) => i === cut][seed % 3]!;
      const acted = { challenge: prompts(ticket), kind: 'alive', seed: motionOf('spliced', seed) } as const;
      const one = await actorFor(seed).perform({ ...acted, wants: (i) => !ofOther(i) });
      const other = await actorFor(seed + 1 + Math.floor(random() * (actors.length - 1))).perform({ ...acted, seed: acted.seed + 1, wants: ofOther });
      return submit(ticket, one.map((frame, i) => (ofOther(i) ? (other[i] ?? frame) : frame)));
    },
    // A photo held before the camera and moved along as a person would move; sometimes the screen's light falls on it.
    async still(seed, random) {
      const ticket = await mint();
      return submit(ticket, await actorFor(seed).perform({ challenge: prompts(ticket), kind: 'flat', seed: motionOf('still', seed), screenLight: seed % 2 === 0 ? 0 : 0.08 + 0.12 * random() }));
    },
    // A genuine answer, made before its look was minted, or left lying before it was sent.
    async stale(seed, random) {
      const ticket = await mint();
      const frames = await actorFor(seed).perform({ challenge: prompts(ticket), kind: 'alive', seed: motionOf('stale', seed) });
      const awayMs = 31_000 + Math.floor(random() * 50_000);
      if (seed % 2 === 0) return submit(ticket, frames, { capturedAtMs: ticket.issuedAtMs - awayMs });
      vault.time.nowMs += awayMs + planChallenge(prompts(ticket)).endsAtMs;
      return submit(ticket, frames);
    },
  };

  return { attempt: (kind, seed) => kinds[kind](seed, createSeededRandom(seed * 7 + 3)) };
}
