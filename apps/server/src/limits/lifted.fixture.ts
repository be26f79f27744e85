// FOR TESTS: a platform whose limits nobody reaches, for tests that pay more often than any person does.
import type { LimitSettings } from '@sonrisa/protocol/limits-api.ts';
import type { Pool } from '../db/pool.ts';
import { defaultSettings } from './defaults.ts';

const far = '99999999999999';
export const lifted: LimitSettings = {
  ...defaultSettings('CNY'),
  levels: { phone: { payment: far, day: far, month: far }, attested: { payment: far, day: far, month: far } },
  categories: {},
  unconfirmed: { paymentsMax: 1_000, sumMaxMinor: far },
  first: { payments: 0, maxMinor: far, undoMs: 0 },
};

export async function liftLimits(pool: Pool): Promise<void> {
  await setLimits(pool, lifted);
}

export async function setLimits(pool: Pool, settings: LimitSettings): Promise<void> {
  await pool.query(`INSERT INTO limit_setting (currency, settings, reason, set_by, at) VALUES ('CNY', $1, 'a test', 'a test', now())`, [JSON.stringify(settings)]);
}
