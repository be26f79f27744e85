// The steps of an enrolment as a pure function: what may follow what. Wrong codes and opened looks change counters,
// not the state; every other step is one row of the table below.
import type { enrolmentStateSchema } from '@sonrisa/protocol/phone-api.ts';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { z } from 'zod';

export type EnrolmentState = z.infer<typeof enrolmentStateSchema>;

export const enrolmentEvents = [
  'code_entered',
  'code_resent',
  'owner_proved',
  'number_proved',
  'consented',
  'look_opened',
  'face_enrolled',
  'pin_set',
  'timed_out',
] as const;
export type EnrolmentEvent = (typeof enrolmentEvents)[number];

export type EnrolmentStep = { ok: true; state: EnrolmentState } | { ok: false; code: ProblemCode };

export function stepEnrolment(state: EnrolmentState, event: EnrolmentEvent): EnrolmentStep {
  const next = table[state][event];
  if (next) return { ok: true, state: next };
  return { ok: false, code: state === 'expired' ? 'enrolment_not_found' : 'enrolment_state_conflict' };
}

const table: Record<EnrolmentState, Partial<Record<EnrolmentEvent, EnrolmentState>>> = {
  code_sent: {
    code_entered: 'code_sent',
    code_resent: 'code_sent',
    // The number has an account: its owner is signed in, and nothing of the account is overwritten.
    owner_proved: 'complete',
    number_proved: 'code_verified',
    timed_out: 'expired',
  },
  code_verified: { consented: 'consented', timed_out: 'expired' },
  consented: { look_opened: 'consented', face_enrolled: 'face_captured', timed_out: 'expired' },
  face_captured: { pin_set: 'complete', timed_out: 'expired' },
  complete: {},
  expired: {},
};
