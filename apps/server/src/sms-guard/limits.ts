// The guard on the database, as the rest of the server knows it.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { sinceOf, type Slice } from './counts.ts';
import { databaseCounts, forgetOldCounts } from './database-counts.ts';
import { createSmsGuard, type Asked } from './guard.ts';
import { watchedMs, type Policy } from './policy.ts';
import type { SmsAsk } from './subjects.ts';

export type SmsLimits = {
  /** In the caller's transaction; holds a lock until it ends when the answer is `send`. */
  ask(transaction: Database, ask: SmsAsk, expects?: { readonly expectsCode: boolean }): Promise<Asked>;
  /** The code of this message was typed in. */
  entered(transaction: Database, messageId: string): Promise<void>;
  state(): Promise<SmsState['budget']>;
  forgetOld(): Promise<void>;
};

export type SmsLimitsDeps = { db: Database; clock: Clock; policy: Policy; mark: (text: string) => string };

export function createSmsLimits({ db, clock, policy, mark }: SmsLimitsDeps): SmsLimits {
  const guard = createSmsGuard({ policy, nowMs: () => clock.nowMs(), mark });
  return {
    ask: (transaction, ask, expects) => guard.ask(databaseCounts(transaction), ask, expects),
    entered: async (transaction, messageId) => {
      const message = await transaction.selectFrom('sms_outbox').select('counted').where('id', '=', messageId).executeTakeFirst();
      if (message?.counted) await guard.entered(databaseCounts(transaction), message.counted as Slice[]);
    },
    state: async () => {
      const nowMs = clock.nowMs();
      const [hour, day] = await databaseCounts(db).read(Object.values(watchedMs).map((windowMs) => ({ scope: 'installation', subject: 'all', sinceMs: sinceOf({ scope: 'installation', windowMs, nowMs }) })));
      const none = { sent: 0, entered: 0 };
      return { hour: { ...(hour ?? none), max: policy.perHourMax }, day: { ...(day ?? none), max: policy.perDayMax } };
    },
    forgetOld: () => forgetOldCounts({ db, clock }),
  };
}
