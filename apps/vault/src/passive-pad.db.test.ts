// A pack's spoof nets in the way of a capture: they refuse on live terminals alone, and only where the pack has them. The
// active challenge is taken as passed here; liveness.db.test.ts is about that one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { recogniseRule } from './gate.ts';
import type { Liveness } from './liveness.ts';
import { padFramesMin } from './passive-pad.ts';
import { createFakeEngine, encodeFrame, personFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';

const keys = temporaryKeys();
let database: TestDatabase;
beforeAll(async () => {
  database = await createVaultDatabase('passive_pad');
});
afterAll(async () => {
  await database.drop();
  keys.remove();
});

const passed: Liveness = { beforeLooking: async () => undefined, afterLooking: async () => ({}) };
const frames = (padScores: readonly number[]) => padScores.map((padScore) => encodeFrame({ ...personFrame(1), padScore }));
const person = [0.99, 0.98, 0.97];
const picture = [0.9, 0.1, 0.2];

describe.each([
  ['with nets', { scoreMin: 0.5 }],
  ['without', null],
] as const)('a pack %s', (_name, pad) => {
  test.each([
    ['live', person, true],
    ['live', picture, pad === null],
    ['sandbox', picture, true],
  ] as const)('on a %s terminal, scores %j', async (mode, scores, identified) => {
    const vault = await startTestVault({ url: database.url, keysDir: keys.dir, engine: { ...createFakeEngine(), pad }, liveness: passed });
    try {
      await vault.enrol(vault.enrolment('pyr_one'), frames(person));
      const { body } = await vault.take(vault.payment(`pay_${pad ? 'nets' : 'none'}_${mode}_${scores[1]}`, mode), frames(scores));
      expect(body).toMatchObject(identified ? { outcome: 'identified' } : { code: 'liveness_failed' });
      if (!identified) return;
      const { scene } = decodeJwt(body.receipt as string) as { scene?: { padScore?: number } };
      const scored = scores.slice(0, pad ? padFramesMin : recogniseRule.embedMax);
      expect(scene?.padScore).toBeCloseTo(scored.reduce((a, b) => a + b, 0) / scored.length, 6);
    } finally {
      await vault.stop();
    }
  });
});
