// What happened to an account itself, told everywhere: written with the change that causes it, shown on every phone that is signed
// in, pushed to those that asked for notices (../push), and sent as text messages where that reaches somebody else.
import type { AccountEventKind } from '@sonrisa/protocol/recovery-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import type { Messages } from '../messages/index.ts';
import { noticeText, type NoticeKind } from './texts.ts';

export type AccountNotice = { readonly to: string; readonly kind: NoticeKind; /** What stops it; null: for whoever asked for it. */ readonly url: string | null };
export type AccountEvents = {
  /** Inside the caller's transaction. A number is told where there is somebody to send it. */
  tell(trx: Database, event: { payerId: string; kind: AccountEventKind; recoveryId?: string | undefined; notices?: readonly AccountNotice[] }): Promise<void>;
  /** Newest first. */
  list(payerId: string): Promise<{ kind: AccountEventKind; atMs: number }[]>;
};
export type AccountEventsDeps = { db: Database; clock: Clock; messages: Pick<Messages, 'available' | 'queue'> };

const shownMax = 50;
/** A notice that arrives a day late is still a notice. */
const noticeGiveUpMs = 24 * 60 * 60_000;

export function createAccountEvents({ db, clock, messages }: AccountEventsDeps): AccountEvents {
  return {
    async tell(trx, { payerId, kind, recoveryId, notices = [] }) {
      const now = new Date(clock.nowMs());
      const { rows } = await sql<{ locale: 'zh' | 'en' }>`
        WITH added AS (INSERT INTO account_event (payer_id, kind, recovery_id, at, push_next_at) VALUES (${payerId}, ${kind}, ${recoveryId ?? null}, ${now}, ${now}) RETURNING payer_id)
        SELECT locale FROM payer JOIN added ON added.payer_id = payer.id`.execute(trx);
      const locale = rows[0]?.locale ?? 'zh';
      if (!messages.available) return;
      for (const { to, kind: what, url } of notices) {
        const { text, template } = noticeText({ locale, kind: what, url });
        await messages.queue(trx, { to, purpose: 'notice', text, template, giveUpAfterMs: noticeGiveUpMs });
      }
    },
    async list(payerId) {
      const { rows } = await sql<{ kind: AccountEventKind; at: Date }>`SELECT kind, at FROM account_event WHERE payer_id = ${payerId} ORDER BY id DESC LIMIT ${shownMax}`.execute(db);
      return rows.map(({ kind, at }) => ({ kind, atMs: at.getTime() }));
    },
  };
}
