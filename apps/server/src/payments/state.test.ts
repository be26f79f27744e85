import { paymentStateSchema, type PaymentState } from '@sonrisa/protocol/terminal-api.ts';
import { describe, expect, it } from 'vitest';
import { type PaymentEvent, moveOf, paymentEvents, phaseOf, transition } from './state.ts';

// One row an event, one column a state. "." is a refusal; anything else is where it leads.
const states = ['created', 'capturing', 'identified', 'awaiting_digits', 'awaiting_phone', 'authorised', 'captured', 'partially_refunded', 'refunded', 'disputed', 'declined', 'cancelled', 'expired'] as const;
const table: Record<PaymentEvent, string> = {
  //                 crea capt iden awdi awph auth cptd part refd disp decl canc expi
  look_opened: '     capturing capturing . capturing . . . . . . . . .',
  look_failed: '     . capturing . . . . . . . . . . .',
  matched: '         . identified . . . . . . . . . . .',
  digits_asked: '    . awaiting_digits . . . . . . . . . . .',
  digits_wrong: '    . . . awaiting_digits . . . . . . . . .',
  digits_over: '     . . . created . . . . . . . . .',
  digits_matched: '  . . . identified . . . . . . . . .',
  phone_asked: '     . . awaiting_phone . . . . . . . . . .',
  phone_approved: '  . . . . identified . . . . . . . .',
  phone_lapsed: '    . . . . created . . . . . . . .',
  code_shown: '      identified identified identified identified identified . . . . . . . .',
  code_refused: '    . . created . . . . . . . . . .',
  pin_refused: '     . . identified . . . . . . . . . .',
  receipt_lapsed: '  . . created . . . . . . . . . .',
  over_limit: '      . . created . . . . . . . . . .',
  not_me: '          . . created . created . . . . . . . .',
  authorised: '      . . authorised . . . . . . . . . .',
  declined: '        . . declined . declined . . . . . . . .',
  captured: '        . . . . . captured . . . . . . .',
  voided: '          . . . . . cancelled . . . . . . .',
  hold_lapsed: '     . . . . . expired . . . . . . .',
  refunded_in_part: '. . . . . . partially_refunded partially_refunded . . . . .',
  refunded_in_full: '. . . . . . refunded refunded . . . . .',
  disputed: '        . . . . . . disputed disputed . . . . .',
  cancelled: '       cancelled cancelled cancelled cancelled cancelled . . . . . . . .',
  expired: '         expired expired expired expired expired . . . . . . . .',
};

describe('every state × event', () => {
  it('the table has every state and every event', () => {
    expect([...states].sort()).toEqual([...paymentStateSchema.options].sort());
    expect(Object.keys(table)).toEqual([...paymentEvents]);
    for (const row of Object.values(table)) expect(row.trim().split(/\s+/)).toHaveLength(states.length);
  });

  const cells = paymentEvents.flatMap((event) =>
    table[event].trim().split(/\s+/).map((to, column) => [states[column]!, event, to] as [PaymentState, PaymentEvent, string]),
  );
  it.each(cells)('%s × %s: %s', (state, event, to) => {
    expect(transition(state, event)).toEqual(to === '.' ? { ok: false, code: 'payment_state_conflict' } : { ok: true, state: to });
    expect(moveOf(event).moves[state]).toBe(to === '.' ? undefined : to);
  });
});

describe('money', () => {
  it('is held or paid only after the events that a transfer writes', () => {
    const withTransfer = ['authorised', 'captured', 'voided', 'hold_lapsed', 'refunded_in_part', 'refunded_in_full', 'disputed'];
    for (const event of paymentEvents) {
      for (const state of states) {
        const to = transition(state, event);
        if (!to.ok) continue;
        const movesMoney = ['held', 'paid'].includes(phaseOf(state)) || ['held', 'paid'].includes(phaseOf(to.state));
        expect([event, movesMoney]).toEqual([event, withTransfer.includes(event)]);
      }
    }
  });

  it('a payment that is over stays over', () => {
    for (const state of states.filter((each) => phaseOf(each) === 'over')) {
      for (const event of paymentEvents) expect(transition(state, event).ok).toBe(false);
    }
  });
});
