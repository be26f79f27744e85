// The steps of an enrolment as a pure function: what may follow what. Wrong codes and opened looks change counters,
// not the state; every other step is one row of the table below.
import type { enrolmentStateSchema } from '@sonrisa/protocol/phone-api.ts';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { z } from 'zod';

export type EnrolmentState = z.infer<typeof enrolmentStateSchema>;

export const enrolmentEvents = [
  'code_entered',
  'code_resent',
  'owner_found',
  'owner_proved',
  'number_released',
  'number_used',
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
    owner_found: 'number_known',
    number_proved: 'code_verified',
    timed_out: 'expired',
  },
  // The number has an account: more is asked before anybody is signed in, and nothing of the account is overwritten.
  number_known: { owner_proved: 'complete', number_released: 'code_verified', number_used: 'expired', timed_out: 'expired' },
  code_verified: { consented: 'consented', number_used: 'expired', timed_out: 'expired' },
  consented: { look_opened: 'consented', face_enrolled: 'face_captured', timed_out: 'expired' },
  face_captured: { pin_set: 'complete', owner_found: 'number_known', timed_out: 'expired' },
  complete: {},
  expired: {},
};
