// A till may only invite: a link that an unknown face's owner opens on their own phone. The account opens there.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { createInviteSchema, Invite } from '@sonrisa/protocol/terminal-api.ts';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Database, InviteTable } from '../db/database.ts';
import type { Messages } from '../messages/index.ts';
import { mayMessage } from '../sms-codes/index.ts';
import type { SmsLimits } from '../sms-guard/index.ts';
import { readPhone } from './phone.ts';
import { inviteText } from './texts.ts';

export const inviteLifetimeMs = 15 * 60_000;
const invitesPerPaymentMax = 5;

export type Invites = {
  create(input: { terminalId: string; storeId: string; paymentId: string; invite: z.output<typeof createInviteSchema> }): Promise<Invite>;
  read(input: { terminalId: string; paymentId: string; inviteId: string }): Promise<Invite>;
};

export type InviteDeps = { db: Database; clock: Clock; ids: Ids; messages: Messages; smsLimits: SmsLimits; publicUrl: string };

export function createInvites(deps: InviteDeps): Invites {
  return {
    create: async (input) => {
      const invite = await deps.db.transaction().execute((transaction) => create(deps, transaction, input));
      deps.messages.nudge();
      return invite;
    },
    read: async ({ terminalId, paymentId, inviteId }) => {
      const row = await deps.db
        .selectFrom('invite')
        .selectAll()
        .where('id', '=', inviteId)
        .where('payment_id', '=', paymentId)
        .where('terminal_id', '=', terminalId)
        .executeTakeFirst();
      if (!row) throw new ProblemError('not_found');
      return viewOf(deps, row);
    },
  };
}

async function create(deps: InviteDeps, transaction: Database, input: Parameters<Invites['create']>[0]): Promise<Invite> {
  const { terminalId, storeId, paymentId, invite } = input;
  // The payment's row lock also keeps the count below honest when two requests arrive together.
  const payment = await transaction
    .selectFrom('payment')
    .select('id')
    .where('id', '=', paymentId)
    .where('terminal_id', '=', terminalId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!payment) throw new ProblemError('payment_not_found');
  const phone = invite.phone === undefined ? undefined : readPhone(invite.phone);
  if (invite.phone !== undefined && phone === undefined) throw new ProblemError('phone_invalid');
  const made = await transaction.selectFrom('invite').select('id').where('payment_id', '=', paymentId).execute();
  if (made.length >= invitesPerPaymentMax) throw new ProblemError('rate_limited', { facts: { retryAfterS: inviteLifetimeMs / 1000 } });
  const nowMs = deps.clock.nowMs();
  const row = await transaction
    .insertInto('invite')
    .values({
      id: deps.ids.make('invite'),
      payment_id: paymentId,
      terminal_id: terminalId,
      store_id: storeId,
      phone_e164: phone ?? null,
      locale: invite.locale,
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + inviteLifetimeMs),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const view = viewOf(deps, row);
  // Past a limit or without a sender nothing is sent and the till is told the same: its answer says nothing about the
  // number, and its QR code works all the same.
  const may = phone === undefined ? undefined : await mayMessage(deps, transaction, { phone, from: { terminalId }, expectsCode: false });
  if (phone !== undefined && may?.is === 'send') {
    const minutes = inviteLifetimeMs / 60_000;
    const template = { name: 'invite', locale: invite.locale, params: { url: view.url, minutes: String(minutes) } } as const;
    await deps.messages.queue(transaction, { to: phone, purpose: 'invite', text: inviteText(invite.locale, view.url, minutes), template, giveUpAfterMs: inviteLifetimeMs });
  }
  return view;
}

function viewOf(deps: InviteDeps, row: Selectable<InviteTable>): Invite {
  const expiresAtMs = row.expires_at.getTime();
  const over = row.state !== 'enrolled' && expiresAtMs <= deps.clock.nowMs();
  return { id: row.id, url: `${deps.publicUrl}/phone/?invite=${row.id}`, state: over ? 'expired' : row.state, expiresAtMs };
}
