// Replayed, spliced, still and stale captures on a live terminal, beside genuine ones; and the same attacks with the checks
// taken away, which pass. The thousand-seed run is `npm run torture -- liveness`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createFaceEngine } from './face-engine.ts';
import type { FaceEngine } from './face-engine.ts';
import { loadPack } from './pack/load-pack.ts';
import { createOrtRunner } from './pack/ort-runner.ts';
import { createFacePool } from './pack/worker-pool.ts';
import { createLiveStage, seededBytes } from './testing/live-attacks.ts';
import type { LiveStage } from './testing/live-attacks.ts';
import { peopleInMotion } from './testing/people-in-motion.ts';
import type { ActorOnStage } from './testing/people-in-motion.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-live-'));
const keys = temporaryKeys();
let database: TestDatabase;
let engine: FaceEngine;
let actors: ActorOnStage[];
let vault: TestVault;
let stage: LiveStage;

beforeAll(async () => {
  const { profile, files } = await loadPack({ cacheFolder });
  const runner = await createOrtRunner(files);
  actors = await peopleInMotion(runner, 3);
  await runner.close();
  const workerFile = fileURLToPath(new URL('./pack/face-worker.ts', import.meta.url));
  const pool = await createFacePool({ workerFile, files, size: 1, jobTimeoutMs: 60_000 });
  const { curve, embeddingLength: dimensions, sameBurstScoreMin } = profile;
  engine = createFaceEngine({ pool, packId: profile.id, curve, dimensions, sameBurstScoreMin, workers: 1, pad: null });
  database = await createVaultDatabase('liveness');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir, engine, random: seededBytes(1) });
  for (const [i, actor] of actors.entries()) {
    const enrolled = await vault.enrol(vault.enrolment(actor.name), await actor.sit(9000 + i));
    expect(enrolled.status, JSON.stringify(enrolled.body)).toBe(200);
  }
  stage = createLiveStage({ vault, actors, name: 'live' });
});
afterAll(async () => {
  await vault.stop();
  await engine.close();
  await database.drop();
  keys.remove();
  rmSync(cacheFolder, { recursive: true });
});

const answers = async (on: LiveStage, kind: Parameters<LiveStage['attempt']>[0], seeds: readonly number[]) => {
  const found: { status: number; answer: string }[] = [];
  for (const seed of seeds) found.push(await on.attempt(kind, seed));
  return found;
};

test('a living person passes, and the receipt says how that was seen', async () => {
  const passed = await answers(stage, 'genuine', [11, 12, 13]);
  expect(passed.filter(({ status }) => status === 200).length, JSON.stringify(passed)).toBeGreaterThanOrEqual(2);
});

const controlSeeds = { replayed: 101, spliced: 102, still: 103, stale: 104 };

describe.each(['replayed', 'spliced', 'still', 'stale'] as const)('%s', (kind) => {
  test('is refused, without a word of what gave it away', async () => {
    for (const { status, answer } of await answers(stage, kind, [21, 22])) {
      expect(status, answer).toBe(422);
      expect(answer).toMatch(/^(liveness_failed|face_)/);
    }
  });

  test('control: without the checks it passes', async () => {
    const unchecked = await startTestVault({
      url: database.url,
      keysDir: keys.dir,
      engine,
      // A stream of its own: looks of one database may not share a nonce.
      random: seededBytes(controlSeeds[kind]),
      liveness: { beforeLooking: async () => undefined, afterLooking: async () => ({}) },
    });
    const found = await answers(createLiveStage({ vault: unchecked, actors, name: `unchecked_${kind}` }), kind, [31, 33]);
    await unchecked.app.close();
    await unchecked.db.close();
    // Two people cut together are refused by the gate already, as more than one person.
    if (kind === 'spliced') expect(found.every(({ answer }) => answer === 'face_not_one_person' || answer === 'identified')).toBe(true);
    else expect(found.some(({ status }) => status === 200), JSON.stringify(found)).toBe(true);
  });
});
