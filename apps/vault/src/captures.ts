// One capture, from sealed bytes to an outcome: open, analyse, gate, then what the look was minted for.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { CaptureOutcome } from '@sonrisa/protocol/vault-api.ts';
import type { Enroller } from './enrol.ts';
import type { FaceEngine } from './face-engine.ts';
import { enrolRule, gateBurst, recogniseRule } from './gate.ts';
import type { GateVerdict } from './gate.ts';
import type { Look } from './looks.ts';
import type { Matcher } from './match.ts';
import type { BurstReport } from './pack/burst.ts';
import type { CaptureOpener, OpenedCapture } from './sealed.ts';
import type { Verify } from './verify.ts';

/** Beyond this many at once a capture is sent back before its look is used up. */
export const capturesInFlightMax = 24;
const retryAfterS = 1;

export interface Captures {
  /** Takes `sealed` over and clears it. Throws ProblemError. */
  take(input: { nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<CaptureOutcome>;
}

export function createCaptures(deps: {
  opener: CaptureOpener;
  engine: FaceEngine;
  matcher: Matcher;
  enroller: Enroller;
  verify: Verify;
}): Captures {
  const { opener, engine, matcher, enroller, verify } = deps;
  let inFlight = 0;

  async function take(input: { nonce: string; sealed: Uint8Array<ArrayBuffer> }): Promise<CaptureOutcome> {
    if (inFlight >= capturesInFlightMax) throw new ProblemError('busy', { facts: { retryAfterS } });
    inFlight += 1;
    try {
      return await opener.open(input, judge);
    } finally {
      inFlight -= 1;
    }
  }

  async function judge({ look, frames }: OpenedCapture): Promise<CaptureOutcome> {
    const rule = look.terms.purpose === 'enrolment' ? enrolRule : recogniseRule;
    const report = await engine.analyse({ frames, embedMax: rule.embedMax });
    try {
      const verdict = gateBurst(report, { rule, sameBurstScoreMin: engine.sameBurstScoreMin });
      if (!verdict.ok) throw new ProblemError(verdict.code);
      return await answer(look, verdict);
    } finally {
      wipe(report);
    }
  }

  function answer(look: Look, { embeddings, scene }: Extract<GateVerdict, { ok: true }>): Promise<CaptureOutcome> {
    const { terms } = look;
    switch (terms.purpose) {
      case 'payment':
        return matcher.identify({ look, embeddings, scene });
      case 'enrolment':
        return enroller.enrol({ look, terms, embeddings });
      case 'verification':
        return verify({ look, payerRef: terms.payerRef, embeddings, scene });
    }
  }

  return { take };
}

function wipe(report: BurstReport): void {
  for (const { embedding } of report.embedded) embedding.fill(0);
}
