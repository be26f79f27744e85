// Takes risk rules and limits out of a test instance, as an operator would: for tests that pay more often than any person does.
import { randomUUID } from 'node:crypto';
import { platformLimitsSchema } from '@sonrisa/protocol/limits-api.ts';
import { riskRollOutSchema, ruleSetSchema } from '@sonrisa/protocol/risk-api.ts';
import type { OfficeClient } from '../../apps/cli/src/demo/office-client.ts';

export async function takeRulesAway({ api, keys }: OfficeClient): Promise<void> {
  const asked = { token: keys.operatorToken, idempotencyKey: randomUUID() };
  const { version } = await api.ask({ ...asked, path: '/api/operator/risk/rule-sets', json: { rules: [], note: 'no rules' } }, ruleSetSchema);
  await api.ask({ ...asked, idempotencyKey: randomUUID(), path: '/api/operator/risk/roll-out', method: 'PUT', json: { active: version, candidate: null, reason: 'a test that pays often' } }, riskRollOutSchema);
}

/** To amounts no test reaches, and that a page can show. */
export async function liftLimits({ api, keys }: OfficeClient): Promise<void> {
  const token = keys.operatorToken;
  const { settings } = await api.ask({ token, path: '/api/operator/limits?currency=CNY' }, platformLimitsSchema);
  const far = '5000000000';
  const level = { payment: far, day: far, month: far };
  const lifted = { ...settings, levels: { phone: level, attested: level }, unconfirmed: { paymentsMax: 1_000, sumMaxMinor: '50000000' }, first: { ...settings.first, payments: 0 } };
  await api.ask({ token, idempotencyKey: randomUUID(), path: '/api/operator/limits', method: 'PUT', json: { currency: 'CNY', settings: lifted, reason: 'a test that pays often' } }, platformLimitsSchema);
}
