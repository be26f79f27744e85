// Takes the risk rules out of a test instance, as an operator would: for tests that pay more often than any person does.
import { randomUUID } from 'node:crypto';
import { riskRollOutSchema, ruleSetSchema } from '@sonrisa/protocol/risk-api.ts';
import type { OfficeClient } from '../../apps/cli/src/demo/office-client.ts';

export async function takeRulesAway({ api, keys }: OfficeClient): Promise<void> {
  const asked = { token: keys.operatorToken, idempotencyKey: randomUUID() };
  const { version } = await api.ask({ ...asked, path: '/api/operator/risk/rule-sets', json: { rules: [], note: 'no rules' } }, ruleSetSchema);
  await api.ask({ ...asked, idempotencyKey: randomUUID(), path: '/api/operator/risk/roll-out', method: 'PUT', json: { active: version, candidate: null, reason: 'a test that pays often' } }, riskRollOutSchema);
}
