// The payment state machine, pure: which event leads from which state to which. A pair that is not in the table is refused.
// Events that move money (authorised, captured, voided, hold_lapsed, refunded_*) are only ever written with the transfer.
import type { PaymentState } from '@sonrisa/protocol/terminal-api.ts';

export const paymentEvents = [
  'look_opened',
  'look_failed',
  'matched',
  'digits_asked',
  'digits_wrong',
  'digits_over',
  'digits_matched',
  'phone_asked',
  'phone_approved',
  'phone_lapsed',
  'code_shown',
  'code_refused',
  'pin_refused',
  'receipt_lapsed',
  'over_limit',
  'not_me',
  'authorised',
  'declined',
  'captured',
  'voided',
  'hold_lapsed',
  'refunded_in_part',
  'refunded_in_full',
  'disputed',
  'cancelled',
  'expired',
] as const;
export type PaymentEvent = (typeof paymentEvents)[number];

type Moves = Readonly<Partial<Record<PaymentState, PaymentState>>>;

const fromEveryOpenState = <To extends PaymentState>(to: To) =>
  ({ created: to, capturing: to, identified: to, awaiting_digits: to, awaiting_phone: to }) as const;

export const paymentMoves: Readonly<Record<PaymentEvent, Moves>> = {
  look_opened: { created: 'capturing', capturing: 'capturing', awaiting_digits: 'capturing' },
  look_failed: { capturing: 'capturing' },
  matched: { capturing: 'identified' },
  digits_asked: { capturing: 'awaiting_digits' },
  digits_wrong: { awaiting_digits: 'awaiting_digits' },
  digits_over: { awaiting_digits: 'created' },
  digits_matched: { awaiting_digits: 'identified' },
  phone_asked: { identified: 'awaiting_phone' },
  phone_approved: { awaiting_phone: 'identified' },
  phone_lapsed: { awaiting_phone: 'created' },
  // A payment code says who pays, whatever was tried before.
  code_shown: fromEveryOpenState('identified'),
  code_refused: { identified: 'created' },
  pin_refused: { identified: 'identified' },
  receipt_lapsed: { identified: 'created' },
  // More than the payer, the platform or the merchant allows: another way or another person may pay.
  over_limit: { identified: 'created' },
  not_me: { identified: 'created', awaiting_phone: 'created' },
  authorised: { identified: 'authorised' },
  declined: { identified: 'declined', awaiting_phone: 'declined' },
  captured: { authorised: 'captured' },
  // The hold was released because somebody cancelled, or because nobody came back for it.
  voided: { authorised: 'cancelled' },
  hold_lapsed: { authorised: 'expired' },
  refunded_in_part: { captured: 'partially_refunded', partially_refunded: 'partially_refunded' },
  refunded_in_full: { captured: 'refunded', partially_refunded: 'refunded' },
  disputed: { captured: 'disputed', partially_refunded: 'disputed' },
  cancelled: fromEveryOpenState('cancelled'),
  expired: fromEveryOpenState('expired'),
};

export type Transition = { readonly ok: true; readonly state: PaymentState } | { readonly ok: false; readonly code: 'payment_state_conflict' };

export function transition(state: PaymentState, event: PaymentEvent): Transition {
  const to = paymentMoves[event][state];
  return to === undefined ? { ok: false, code: 'payment_state_conflict' } : { ok: true, state: to };
}

/** The same moves as data, for a posting that takes the payment along. */
export function moveOf(event: PaymentEvent): { event: PaymentEvent; moves: Moves } {
  return { event, moves: paymentMoves[event] };
}

export type StatePhase = 'open' | 'held' | 'paid' | 'over';

/** `open`: no money has moved. `held`: set aside. `paid`: the merchant has it, or had. `over`: never charged. */
export function phaseOf(state: PaymentState): StatePhase {
  switch (state) {
    case 'created':
    case 'capturing':
    case 'identified':
    case 'awaiting_digits':
    case 'awaiting_phone':
      return 'open';
    case 'authorised':
      return 'held';
    case 'captured':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
      return 'paid';
    case 'declined':
    case 'cancelled':
    case 'expired':
      return 'over';
  }
}
