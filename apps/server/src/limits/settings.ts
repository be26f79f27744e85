// What the operator sets: the platform's limits by currency, each merchant's category and maxima, how well an identity is known.
// Every version is kept with who set it and why.
import { isCurrency } from '@sonrisa/ledger/money.ts';
import { type IdentityLevel, type LimitSettings, limitSettingsSchema, type MerchantLimits, type PlatformLimits } from '@sonrisa/protocol/limits-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { isTimeZone } from '@sonrisa/protocol/set-up-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { defaultSettings } from './defaults.ts';

type Row = { version: number; settings: unknown; set_by: string; at: Date };

export async function platformLimits(db: Database, currency: string): Promise<PlatformLimits> {
  const { rows } = await sql<Row>`SELECT version, settings, set_by, at FROM limit_setting WHERE currency = ${currency} ORDER BY version DESC LIMIT 1`.execute(db);
  const [row] = rows;
  if (!row) return { currency, version: null, settings: defaultSettings(currency), setBy: null, atMs: null };
  return { currency, version: row.version, settings: { ...standard(currency), ...limitSettingsSchema.parse(row.settings) }, setBy: row.set_by, atMs: row.at.getTime() };
}

// What older versions of the settings did not have.
function standard(currency: string): Pick<LimitSettings, 'recovering' | 'smsFromMinor' | 'smsCode'> {
  const { recovering, smsFromMinor, smsCode } = defaultSettings(currency);
  return { recovering, smsFromMinor, smsCode };
}

/** Throws `input_invalid` for a time zone that is none and `currency_mismatch` for a currency that is none. */
export async function setPlatformLimits(db: Database, input: { currency: string; settings: LimitSettings; reason: string; setBy: string; nowMs: number }): Promise<PlatformLimits> {
  const { currency, settings } = input;
  if (!isCurrency(currency)) throw new ProblemError('currency_mismatch');
  if (!isTimeZone(settings.timeZone)) throw new ProblemError('input_invalid', { errors: [{ path: 'settings.timeZone', message: 'not a time zone of the IANA database' }] });
  await sql`
    INSERT INTO limit_setting (currency, settings, reason, set_by, at)
    VALUES (${currency}, ${JSON.stringify(settings)}, ${input.reason}, ${input.setBy}, ${new Date(input.nowMs)})`.execute(db);
  return platformLimits(db, currency);
}

/** Throws `not_found`. */
export async function setMerchantLimits(db: Database, { merchantId, limits }: { merchantId: string; limits: MerchantLimits }): Promise<MerchantLimits> {
  const changed = await sql`
    UPDATE merchant SET category_code = ${limits.categoryCode}, payment_max_minor = ${limits.paymentMaxMinor}, payer_day_max_minor = ${limits.dayMaxMinor}
     WHERE id = ${merchantId}`.execute(db);
  if (changed.numAffectedRows !== 1n) throw new ProblemError('not_found');
  return limits;
}

/** Throws `not_found`. */
export async function setIdentityLevel(db: Database, input: { payerId: string; level: IdentityLevel; note: string; setBy: string; nowMs: number }): Promise<void> {
  const added = await sql`
    INSERT INTO identity_level (payer_id, level, note, set_by, at)
    SELECT id, ${input.level}, ${input.note}, ${input.setBy}, ${new Date(input.nowMs)} FROM payer WHERE id = ${input.payerId}`.execute(db);
  if (added.numAffectedRows !== 1n) throw new ProblemError('not_found');
}

export async function identityLevelOf(db: Database, payerId: string): Promise<IdentityLevel> {
  const { rows } = await sql<{ level: IdentityLevel }>`SELECT level FROM identity_level WHERE payer_id = ${payerId} ORDER BY id DESC LIMIT 1`.execute(db);
  return rows[0]?.level ?? 'phone';
}

/** While an account is being recovered, and for a while after (../recovery). */
export async function isRecovering(db: Database, { payerId, nowMs }: { payerId: string; nowMs: number }): Promise<boolean> {
  const { rows } = await sql`SELECT FROM recovery WHERE payer_id = ${payerId} AND guarded_until > ${new Date(nowMs)} LIMIT 1`.execute(db);
  return rows.length > 0;
}
