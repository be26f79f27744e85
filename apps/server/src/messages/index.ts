// Text messages: queued in the same transaction as the change that causes them, handed to the sender later and elsewhere.
// No domain transaction ever waits for a network.
import type { SmsReport } from '@sonrisa/protocol/back-office-api.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { SmsMessage, SmsProvider } from '../adapters/sms/provider.ts';
import type { Database } from '../db/database.ts';
import { createDelivery, type DeliveryLog } from './deliver.ts';
import { clearBodies } from './prune.ts';
import { askForReceipts, takeReceipts } from './receipts.ts';
import { reportMessages } from './report.ts';

export { createOutbox, type Outbox } from './outbox.ts';

export type MessageState = 'sent' | 'waiting' | 'failed';

export type Messages = {
  /** False where nobody could be reached: production without a provider. */
  readonly available: boolean;
  /** Inside the caller's transaction: no message for a change that was rolled back. Returns its id. */
  queue(transaction: Database, message: Omit<SmsMessage, 'id' | 'expiresAtMs'> & { giveUpAfterMs: number; counted?: unknown }): Promise<string>;
  /** A queued message that a newer one replaces is not worth sending any more. */
  drop(transaction: Database, messageId: string): Promise<void>;
  /** After the commit: send now instead of with the next round. Never throws, waits for nothing. */
  nudge(): void;
  /** Hands over everything that is due. */
  sendDue(): Promise<{ sent: number; failed: number; later: number; unclear: number }>;
  /** From now on providers that send receipts are connected and heard; the others are asked by `askForReceipts`. */
  start(): void;
  askForReceipts(): Promise<number>;
  report(): Promise<SmsReport>;
  /** Undefined: there is none. */
  providersAreUp(): boolean | undefined;
  stateOf(messageId: string): Promise<MessageState>;
  clearBodies(): Promise<void>;
  /** Cuts off what is being sent, which stays unclear, waits until nothing is under way, and closes the providers. */
  stop(): Promise<void>;
};

export type MessagesDeps = { db: Database; clock: Clock; ids: Ids; providers: readonly SmsProvider[]; bodyKeptMs: number; log: DeliveryLog };

export function createMessages(deps: MessagesDeps): Messages {
  const { db, clock, ids } = deps;
  const delivery = createDelivery(deps);
  return {
    available: deps.providers.length > 0,
    queue: async (transaction, { to, text, purpose, template, counted, giveUpAfterMs }) => {
      const id = ids.make('message');
      const now = clock.nowMs();
      await transaction
        .insertInto('sms_outbox')
        .values({
          id, to_e164: to, body: text, purpose,
          template: template === undefined ? null : JSON.stringify(template),
          counted: counted === undefined ? null : JSON.stringify(counted),
          next_attempt_at: new Date(now), created_at: new Date(now), give_up_at: new Date(now + giveUpAfterMs),
        })
        .execute();
      return id;
    },
    drop: async (transaction, messageId) => {
      await transaction.updateTable('sms_outbox').set({ state: 'failed' }).where('id', '=', messageId).where('state', '=', 'queued').execute();
    },
    nudge: delivery.nudge,
    sendDue: delivery.sendDue,
    stateOf: async (messageId) => {
      const row = await db.selectFrom('sms_outbox').select('state').where('id', '=', messageId).executeTakeFirst();
      return row?.state === 'sent' || row?.state === 'failed' ? row.state : 'waiting';
    },
    start: () => takeReceipts(deps),
    askForReceipts: () => askForReceipts(deps),
    report: () => reportMessages(deps),
    providersAreUp: () => (deps.providers.length === 0 ? undefined : deps.providers.some((provider) => provider.isUp())),
    clearBodies: () => clearBodies(deps),
    stop: async () => {
      await delivery.stop();
      await Promise.all(deps.providers.map((provider) => provider.stop()));
    },
  };
}
