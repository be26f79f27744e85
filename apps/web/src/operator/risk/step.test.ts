import type { RiskCandidate } from '@sonrisa/protocol/risk-api.ts';
import { expect, it } from 'vitest';
import { changeOf, stageOf, type Stage } from './step.ts';

const shadow: RiskCandidate = { stage: 'shadow', version: 2 };
const pilot: RiskCandidate = { stage: 'stores', version: 2, storeIds: ['sto_1'] };

it.each<[number, RiskCandidate | null, Stage]>([
  [1, null, 'Active'],
  [1, shadow, 'Active'],
  [1, pilot, 'ActiveElsewhere'],
  [2, shadow, 'Shadow'],
  [2, pilot, 'Stores'],
  [2, null, 'Nowhere'],
  [3, pilot, 'Nowhere'],
])('version %i beside %j: %s', (version, candidate, stage) => expect(stageOf({ version, rollOut: { active: 1, candidate } })).toBe(stage));

it('only the last step changes what is in charge', () => {
  const input = { version: 2, active: 1, storeIds: ['sto_1'] };
  expect(changeOf({ ...input, step: 'shadow' })).toEqual({ active: 1, candidate: shadow });
  expect(changeOf({ ...input, step: 'stores' })).toEqual({ active: 1, candidate: pilot });
  expect(changeOf({ ...input, step: 'everywhere' })).toEqual({ active: 2, candidate: null });
});
