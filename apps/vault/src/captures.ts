// One capture, from sealed bytes to an outcome: open, analyse, gate, prove a living person on a live terminal, then what
// the look was minted for. Nobody is searched for before that proof.
import type { Embedding } from '@sonrisa/face/embed.ts';
import { cameraRef } from '@sonrisa/protocol/camera.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { CaptureOutcome, LookOf } from '@sonrisa/protocol/vault-api.ts';
import type { Enroller } from './enrol.ts';
import type { FaceEngine } from './face-engine.ts';
import { enrolRule, gateBurst, recogniseRule } from './gate.ts';
import { promptGroups } from './liveness.ts';
import type { Liveness } from './liveness.ts';
import type { Look } from './looks.ts';
import type { Matcher } from './match.ts';
import { wipeReport } from './pack/burst.ts';
import type { Sighting } from './receipts.ts';
import { judgePassive, padFramesMin } from './passive-pad.ts';
import type { CaptureOpener, OpenedCapture } from './sealed.ts';
import type { Verify } from './verify.ts';

/** Beyond this many at once a capture is sent back before its look is used up. */
export const capturesInFlightMax = 24;
const retryAfterS = 1;

export interface Captures {
  /** Takes `sealed` over and clears it. Throws ProblemError. */
  take(input: { nonce: string; of: LookOf; sealed: Uint8Array<ArrayBuffer> }): Promise<CaptureOutcome>;
}

export function createCaptures(deps: {
  opener: CaptureOpener;
  engine: FaceEngine;
  matcher: Matcher;
  enroller: Enroller;
  verify: Verify;
  liveness: Liveness;
}): Captures {
  const { opener, engine, matcher, enroller, verify, liveness } = deps;
  let inFlight = 0;

  async function take(input: { nonce: string; of: LookOf; sealed: Uint8Array<ArrayBuffer> }): Promise<CaptureOutcome> {
    if (inFlight >= capturesInFlightMax) throw new ProblemError('busy', { facts: { retryAfterS } });
    inFlight += 1;
    try {
      return await opener.open(input, judge);
    } finally {
      inFlight -= 1;
    }
  }

  async function judge({ look, manifest, frames }: OpenedCapture): Promise<CaptureOutcome> {
    const rule = look.terms.purpose === 'enrolment' ? enrolRule : recogniseRule;
    const isLive = look.terms.mode === 'live';
    if (isLive) await liveness.beforeLooking({ look, manifest });
    const embedMax = engine.pad ? Math.max(rule.embedMax, padFramesMin) : rule.embedMax;
    const report = await engine.analyse({ frames, embedMax, limits: rule.limits, ...(isLive ? { liveness: { groups: promptGroups(manifest) } } : {}) });
    try {
      const verdict = gateBurst(report, { rule, sameBurstScoreMin: engine.sameBurstScoreMin });
      if (!verdict.ok) throw new ProblemError(verdict.code);
      const { embeddings, scene } = verdict;
      if (isLive && judgePassive(scene.padScore, engine.pad).kind === 'refused') throw new ProblemError('liveness_failed');
      const proof = isLive
        ? { liveness: 'active' as const, livenessScores: await liveness.afterLooking({ look, manifest, report }) }
        : { liveness: 'simulated' as const };
      const camera = manifest.camera ? { camera: await cameraRef(manifest.camera) } : {};
      return await answer(look, { embeddings, sighting: { scene, ...proof, ...camera } });
    } finally {
      wipeReport(report);
    }
  }

  function answer(look: Look, { embeddings, sighting }: { embeddings: readonly Embedding[]; sighting: Sighting }): Promise<CaptureOutcome> {
    const { terms } = look;
    switch (terms.purpose) {
      case 'payment':
        return matcher.identify({ look, embeddings, sighting });
      case 'enrolment':
        return enroller.enrol({ look, terms, embeddings });
      case 'verification':
        return verify({ look, payerRef: terms.payerRef, embeddings, sighting });
    }
  }

  return { take };
}
