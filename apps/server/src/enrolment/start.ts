// The first step: a number and a name, answered by a code on that number. Known and unknown numbers take the same path.
import type { startEnrolmentSchema, startedEnrolmentSchema } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { z } from 'zod';
import { sendCode, sendCodeAgain } from './code.ts';
import { deviceOf } from './device.ts';
import { markInviteStarted } from './invite-row.ts';
import { readName } from './name.ts';
import { readPhone } from './phone.ts';
import type { EnrolmentDeps } from './ports.ts';
import type { CodePurpose } from './texts.ts';
import { lockEnrolment, stepOf, updateEnrolment, viewOf } from './view.ts';

/** A new PIN is asked for by an owner who is signed in. */
export type StartEnrolment = Omit<z.output<typeof startEnrolmentSchema>, 'purpose'> & { readonly purpose: CodePurpose };

export const enrolmentLifetimeMs = 30 * 60_000;

export async function startEnrolment(
  deps: EnrolmentDeps,
  input: StartEnrolment,
  { address }: { address: string },
): Promise<z.infer<typeof startedEnrolmentSchema>> {
  const phone = readPhone(input.phone);
  if (phone === undefined) throw new ProblemError('phone_invalid');
  const name = readName(input.name);
  if (name === undefined) throw new ProblemError('name_invalid');
  const { token, hash } = deps.tokens.mint();
  const device = deviceOf(deps, input.device);
  const from = { address, deviceId: device.id, inviteId: input.inviteId };
  const row = await deps.db.transaction().execute(async (transaction) => {
    const id = deps.ids.make('enrolment');
    if (input.inviteId !== undefined) await markInviteStarted(deps, transaction, input.inviteId);
    const code = await sendCode(deps, transaction, { enrolmentId: id, phone, locale: input.locale, purpose: input.purpose, from });
    const nowMs = deps.clock.nowMs();
    return transaction
      .insertInto('enrolment')
      .values({
        ...code,
        id,
        token_hash: hash,
        phone_e164: phone,
        name,
        locale: input.locale,
        purpose: input.purpose,
        state: 'code_sent',
        invite_id: input.inviteId ?? null,
        device_id: device.id,
        created_at: new Date(nowMs),
        expires_at: new Date(nowMs + enrolmentLifetimeMs),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  deps.messages.nudge();
  return { ...viewOf(row, { smsState: 'waiting' }), token, device: device.token };
}

export async function resendCode(deps: EnrolmentDeps, { id, address }: { id: string; address: string }) {
  const row = await deps.db.transaction().execute(async (transaction) => {
    const enrolment = await lockEnrolment(transaction, id);
    const nowMs = deps.clock.nowMs();
    const state = stepOf(enrolment, 'code_resent', nowMs);
    const waitMs = enrolment.resend_at.getTime() - nowMs;
    if (waitMs > 0) throw new ProblemError('code_resend_too_soon', { facts: { retryAfterS: Math.ceil(waitMs / 1000) } });
    const { phone_e164: phone, locale, purpose, message_id: earlierMessageId } = enrolment;
    const from = { address, deviceId: enrolment.device_id ?? undefined, inviteId: enrolment.invite_id ?? undefined };
    const code = await sendCodeAgain(deps, transaction, { enrolmentId: id, phone, locale, purpose, from, earlierMessageId });
    return updateEnrolment(transaction, id, { ...code, state, codes_sent: enrolment.codes_sent + 1 });
  });
  deps.messages.nudge();
  return viewOf(row, { smsState: 'waiting' });
}
