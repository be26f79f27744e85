// The guard on the database, as the rest of the server knows it.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { sinceOf, type Slice } from './counts.ts';
import { databaseCounts, forgetOldCounts, readCountries } from './database-counts.ts';
import { isLow, watchOf, type Count } from './decide.ts';
import { createSmsGuard, type Asked } from './guard.ts';
import { watchedMs, type Policy } from './policy.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import type { SmsAsk } from './subjects.ts';

export type SmsLimits = {
  /** In the caller's transaction; holds a lock until it ends when the answer is `send`. */
  ask(transaction: Database, ask: SmsAsk, expects?: { readonly expectsCode: boolean }): Promise<Asked>;
  /** The code of this message was typed in. */
  entered(transaction: Database, messageId: string): Promise<void>;
  state(): Promise<Pick<SmsState, 'budget' | 'guard'>>;
  /** How many were refused for what, as this process has counted since the last time. */
  writeRefusals(): Promise<void>;
  forgetOld(): Promise<void>;
};

const countriesMax = 20;

export type SmsLimitsDeps = { db: Database; clock: Clock; policy: Policy; mark: (text: string) => string };

export function createSmsLimits({ db, clock, policy, mark }: SmsLimitsDeps): SmsLimits {
  const refusals = createRefusals({ db, nowMs: () => clock.nowMs() });
  const guard = createSmsGuard({ policy, nowMs: () => clock.nowMs(), mark });
  return {
    ask: async (transaction, ask, expects) => {
      const asked = await guard.ask(databaseCounts(transaction), ask, expects);
      if (asked.is === 'refused') refusals.note(asked.why);
      return asked;
    },
    entered: async (transaction, messageId) => {
      const message = await transaction.selectFrom('sms_outbox').select('counted').where('id', '=', messageId).executeTakeFirst();
      if (message?.counted) await guard.entered(databaseCounts(transaction), message.counted as Slice[]);
    },
    state: async () => {
      // What this very process refused a moment ago is among the figures.
      await refusals.write();
      return readState({ db, policy, refusals, nowMs: clock.nowMs() });
    },
    writeRefusals: () => refusals.write(),
    forgetOld: async () => {
      await forgetOldCounts({ db, clock });
      await refusals.forgetOld();
    },
  };
}

const none: Count = { sent: 0, entered: 0 };

async function readState({ db, policy, refusals, nowMs }: { db: Database; policy: Policy; refusals: Refusals; nowMs: number }): Promise<Pick<SmsState, 'budget' | 'guard'>> {
  const reads = Object.values(watchedMs).map((windowMs) => ({ scope: 'installation', subject: 'all', sinceMs: sinceOf({ scope: 'installation', windowMs, nowMs }) }) as const);
  const [hour = none, day = none] = await databaseCounts(db).read(reads);
  const busy = await readCountries(db, { nowMs, countriesMax });
  const quiet = [...(policy.countriesPerDayMax?.keys() ?? [])].filter((country) => !busy.some((each) => each.country === country));
  const { breaker, countriesPerDayMax } = policy;
  return {
    budget: { hour: { ...hour, max: policy.perHourMax }, day: { ...day, max: policy.perDayMax } },
    guard: {
      watch: watchOf(policy, (_scope, windowMs) => (windowMs === watchedMs.hour ? hour : day)),
      refusals: await refusals.read(),
      countries: [...busy, ...quiet.map((country) => ({ country, hour: none, day: none }))].slice(0, countriesMax).map((each) => ({
        ...each,
        dayMax: dayMaxOf(countriesPerDayMax?.get(each.country)),
        isLow: breaker !== undefined && isLow(breaker, (windowMs) => (windowMs === watchedMs.hour ? each.hour : each.day)),
      })),
    },
  };
}

/** Null: no number of its own. */
const dayMaxOf = (max: number | undefined): number | null => (max === undefined || !Number.isFinite(max) ? null : max);
