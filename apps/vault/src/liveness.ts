// Whether a live capture shows a living person who did what this look asked for, before anybody is searched for. The steps,
// in this order; each refusal is the same `liveness_failed`, so that nobody learns from it which check to work around. The server alone is told of
// frames seen before, for its risk rules:
//
//   1  made during this look: the signed times lie between its minting and now
//   2  no frame's bytes were seen before, by a unique insert
//   3  the challenge was answered (packages/face/src/liveness/judge.ts)
//   4  the frames do not look like frames seen before, by a unique insert
import { judgeLiveness } from '@sonrisa/face/liveness/judge.ts';
import type { LivenessScores, LivenessVerdict } from '@sonrisa/face/liveness/judge.ts';
import type { CaptureManifest } from '@sonrisa/protocol/capture.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { framesSeenFact } from '@sonrisa/protocol/vault-api.ts';
import type { Clock } from './adapters/system.ts';
import type { FrameMarks } from './frame-marks.ts';
import type { Look } from './looks.ts';
import type { BurstReport } from './pack/burst.ts';

/** What the terminal's clock, put right by the look's ticket, may still be off by. */
export const clockSlackMs = 2_000;
/** From the last frame to its arrival here: a slow line, not a shelf. */
export const deliveryMaxMs = 30_000;

export interface Liveness {
  /** Steps 1 and 2. Throws ProblemError `liveness_failed`. */
  beforeLooking(input: { look: Look; manifest: CaptureManifest }): Promise<void>;
  /** Steps 3 and 4; the scores go into the receipt. Throws ProblemError `liveness_failed`. */
  afterLooking(input: { look: Look; manifest: CaptureManifest; report: BurstReport }): Promise<LivenessScores>;
}

export type LivenessLog = { info(what: object, message: string): void };

export function createLiveness(deps: {
  marks: FrameMarks;
  clock: Clock;
  sameFaceScoreMin: number;
  log: LivenessLog;
}): Liveness {
  const { marks, clock, sameFaceScoreMin, log } = deps;

  function refuse(look: Look, why: { readonly failed: readonly string[]; readonly scores?: LivenessScores }): never {
    log.info({ purpose: look.terms.purpose, ...why }, 'a live capture did not pass the liveness checks');
    const wereSeen = why.failed.some((check) => check.startsWith('seen_'));
    throw new ProblemError('liveness_failed', wereSeen ? { facts: { [framesSeenFact]: true } } : {});
  }

  async function beforeLooking({ look, manifest }: { look: Look; manifest: CaptureManifest }): Promise<void> {
    if (!madeDuring(look, manifest, clock.nowMs())) refuse(look, { failed: ['stale'] });
    if (await marks.seenBytes(manifest.frames.map(({ sha256 }) => sha256))) refuse(look, { failed: ['seen_bytes'] });
  }

  async function afterLooking(input: { look: Look; manifest: CaptureManifest; report: BurstReport }): Promise<LivenessScores> {
    const { look, manifest, report } = input;
    const evidence = report.frames.map((frame) => (frame.ok ? (frame.evidence ?? null) : null));
    const verdict: LivenessVerdict = judgeLiveness(
      {
        challenge: look.challenge,
        shown: manifest.shown ?? [],
        frames: manifest.frames.map(({ atMs }, i) => ({ atMs, evidence: evidence[i] ?? null })),
        identities: report.identities ?? [],
      },
      { sameFaceScoreMin },
    );
    // Remembered even when the challenge failed: what was shown once is used up.
    const seen = await marks.seenLooks(evidence.flatMap((one) => (one ? [one.fingerprint] : [])));
    if (!verdict.alive || seen) refuse(look, { failed: [...verdict.failed, ...(seen ? ['seen_looks'] : [])], scores: verdict.scores });
    return verdict.scores;
  }

  return { beforeLooking, afterLooking };
}

function madeDuring(look: Look, { capturedAtMs, frames }: CaptureManifest, nowMs: number): boolean {
  const lastAtMs = capturedAtMs + (frames.at(-1)?.atMs ?? 0);
  return capturedAtMs >= look.mintedAtMs - clockSlackMs && lastAtMs <= nowMs + clockSlackMs && nowMs - lastAtMs <= deliveryMaxMs;
}

/** Frames at rest, and those of each prompt: an embedding of each says whether one person was there throughout. */
export function promptGroups(manifest: CaptureManifest): number[][] {
  const shown = manifest.shown ?? [];
  const bounds = [Number.NEGATIVE_INFINITY, ...shown.map(({ atMs }) => atMs), Number.POSITIVE_INFINITY];
  const groups = bounds.slice(1).map((until, i) => {
    const from = bounds[i] ?? 0;
    return manifest.frames.flatMap(({ atMs }, index) => (atMs >= from && atMs < until ? [index] : []));
  });
  // The colours of one flash count as one: they follow each other within two seconds.
  const merged = groups.filter((_, i) => i === 0 || !shown[i - 1]?.prompt.startsWith('flash') || !shown[i - 2]?.prompt.startsWith('flash'));
  return merged.filter((group) => group.length > 0);
}
