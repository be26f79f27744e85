// What the server is told of a live capture that was refused. Fake: the marks of frames seen before; what they are is said in frame-marks.ts.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { expect, it } from 'vitest';
import { createLiveness } from './liveness.ts';
import type { Look } from './looks.ts';

const nowMs = 1_000_000;
const look = { mintedAtMs: nowMs - 5_000, challenge: ['smile'], terms: { purpose: 'payment' } } as unknown as Look;
const manifest = { version: 1 as const, signer: { kty: 'EC' as const, crv: 'P-256' as const, x: '', y: '' }, capturedAtMs: nowMs - 2_000, challenge: { kind: 'smile' as const, promptedAtMs: 0 }, frames: [{ bytes: 1, atMs: 0, sha256: 'x' }] };
const report = { frames: [], identities: [] } as never;

async function refusal(seen: { bytes?: boolean; looks?: boolean }, capturedAtMs = manifest.capturedAtMs): Promise<unknown> {
  const marks = { seenBytes: async () => seen.bytes ?? false, seenLooks: async () => seen.looks ?? false, sweep: async () => undefined };
  const liveness = createLiveness({ marks, clock: { nowMs: () => nowMs }, sameFaceScoreMin: 0.9, log: { info: () => undefined } });
  try {
    await liveness.beforeLooking({ look, manifest: { ...manifest, capturedAtMs } });
    await liveness.afterLooking({ look, manifest, report });
  } catch (error) {
    if (error instanceof ProblemError) return [error.code, error.facts];
    throw error;
  }
  return 'passed';
}

it.each([
  ['frames sent before', { bytes: true }, nowMs - 2_000, { framesSeen: true }],
  ['frames that look like those of before', { looks: true }, nowMs - 2_000, { framesSeen: true }],
  ['made before its look', {}, nowMs - 60_000, undefined],
  ['nothing of what was asked', {}, nowMs - 2_000, undefined],
])('%s', async (_, seen, capturedAtMs, facts) => {
  expect(await refusal(seen, capturedAtMs)).toEqual(['liveness_failed', facts]);
});
