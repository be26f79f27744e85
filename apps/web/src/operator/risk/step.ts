// Where a version stands on its way into the stores, and what each step makes of the roll-out.
import type { RiskCandidate, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';

export const steps = ['shadow', 'stores', 'everywhere'] as const;
export type Step = (typeof steps)[number];
export type Stage = 'Active' | 'ActiveElsewhere' | 'Shadow' | 'Stores' | 'Nowhere';

export function stageOf({ version, rollOut: { active, candidate } }: { version: number; rollOut: Pick<RiskRollOut, 'active' | 'candidate'> }): Stage {
  if (version === active) return candidate?.stage === 'stores' && candidate.version !== active ? 'ActiveElsewhere' : 'Active';
  if (version !== candidate?.version) return 'Nowhere';
  return candidate.stage === 'shadow' ? 'Shadow' : 'Stores';
}

export function changeOf(input: { step: Step; version: number; active: number; storeIds: readonly string[] }): { active: number; candidate: RiskCandidate | null } {
  const { step, version, active } = input;
  if (step === 'everywhere') return { active: version, candidate: null };
  return { active, candidate: step === 'shadow' ? { stage: step, version } : { stage: step, version, storeIds: [...input.storeIds] } };
}
