import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { describe, expect, it } from 'vitest';
import { step } from './machine.ts';
import { emptyModel, quantityMax, type Installed, type KioskEvent, type KioskModel, type KioskState, type StateName } from './state.ts';

const installed = { token: 'token', profile: {}, menu: { currency: 'CNY', items: [] } } as unknown as Installed;
const ticket = { nonce: 'n', challenge: { kind: 'smile' as const, prompts: ['smile' as const] }, mode: 'sandbox' as const, issuedAtMs: 0, framesWanted: 6, expiresAtMs: 0 };
const recording = { capturedAtMs: 0, promptedAtMs: 0, frames: [] };
const paid = { receiptNumber: 'R1', paidAtMs: 0, refundedMinor: '0' };

function payment(next: PaymentView['next'], more: Partial<PaymentView> = {}): PaymentView {
  const base = { id: 'pay_1', state: 'created', lines: [], looksLeft: 3, lastProblem: null, payer: null, decision: null, liveness: null, paid: null };
  return { ...base, amount: { amountMinor: '100', currency: 'CNY' }, createdAtMs: 0, expiresAtMs: 0, next, ...more } as PaymentView;
}

const states: Record<StateName, KioskState> = {
  starting: { name: 'starting' },
  activation: { name: 'activation', problem: null },
  activating: { name: 'activating', code: 'CODE' },
  vault_key_changed: { name: 'vault_key_changed' },
  idle: { name: 'idle' },
  basket: { name: 'basket' },
  start: { name: 'start', note: 'none' },
  opening: { name: 'opening' },
  framing: { name: 'framing', ticket },
  challenge: { name: 'challenge', ticket },
  matching: { name: 'matching', ticket, recording },
  retake: { name: 'retake', code: 'face_none' },
  not_recognised: { name: 'not_recognised' },
  digits: { name: 'digits', problem: null, triesLeft: null, round: 0 },
  confirm: { name: 'confirm', pin: false, problem: null, notCharged: false, round: 0 },
  paying: { name: 'paying', confirmKey: 'k', sealedPin: null },
  checking: { name: 'checking', after: 'pay' },
  phone_wait: { name: 'phone_wait', problem: null },
  phone_pin: { name: 'phone_pin', problem: null, round: 0 },
  phone_paying: { name: 'phone_paying', key: 'k', sealedPin: 's' },
  sms_sending: { name: 'sms_sending' },
  sms_code: { name: 'sms_code', problem: null, triesLeft: null, round: 0 },
  sms_paying: { name: 'sms_paying', key: 'k', code: 'c' },
  code: { name: 'code', problem: null, round: 0 },
  code_paying: { name: 'code_paying', key: 'k', code: 'c' },
  paid: { name: 'paid', recovered: false },
  refused: { name: 'refused', code: 'balance_insufficient' },
  other_way: { name: 'other_way' },
  first_time: { name: 'first_time' },
  camera_problem: { name: 'camera_problem', problem: 'denied' },
  interrupted: { name: 'interrupted', code: 'network', then: 'opening' },
};
const all = Object.keys(states) as StateName[];

const at = (name: StateName, more: Partial<KioskModel> = {}): KioskModel => ({
  ...emptyModel,
  installed,
  basket: { croissant: 1 },
  payment: payment('look'),
  createKey: 'first',
  state: states[name],
  ...more,
});
const after = (name: StateName, event: KioskEvent, more: Partial<KioskModel> = {}): StateName => step(at(name, more), event).state.name;
const failed = (code: Extract<KioskEvent, { type: 'failed' }>['code'], triesLeft: number | null = null): KioskEvent => ({ type: 'failed', code, triesLeft });

/** The states that wait for an answer about the payment. */
const everyWait = (to: StateName): Partial<Record<StateName, StateName>> =>
  Object.fromEntries((['matching', 'digits', 'paying', 'checking', 'phone_wait', 'phone_pin', 'phone_paying', 'sms_code', 'sms_paying', 'code_paying'] as const).map((name) => [name, to]));

/** For each event: the states it moves, and where to. Everywhere else the screen must stay. */
const moves: [string, KioskEvent, Partial<Record<StateName, StateName>>][] = [
  ['touched', { type: 'touched' }, { idle: 'basket' }],
  ['checkout', { type: 'checkout', createKey: 'k' }, { basket: 'start' }],
  ['look wanted', { type: 'look_wanted', createKey: 'k' }, { start: 'opening', retake: 'opening', not_recognised: 'opening', refused: 'opening', camera_problem: 'opening', other_way: 'opening', first_time: 'opening', digits: 'opening' }],
  ['look opened', { type: 'look_opened', payment: payment('look'), ticket }, { opening: 'framing' }],
  ['something left out', { type: 'avoid', kind: 'flash' }, { framing: 'opening', retake: 'opening' }],
  ['smile prompted', { type: 'smile_prompted' }, { framing: 'challenge' }],
  ['recorded', { type: 'recorded', recording }, { framing: 'matching', challenge: 'matching' }],
  ['camera failed', { type: 'camera_failed', problem: 'unplugged' }, { framing: 'camera_problem', challenge: 'camera_problem' }],
  ['pay', { type: 'pay', confirmKey: 'k', sealedPin: null }, { confirm: 'paying' }],
  ['said not me', { type: 'said_not_me', payment: payment('look') }, { confirm: 'start' }],
  ['first time', { type: 'first_time' }, { start: 'first_time', not_recognised: 'first_time', other_way: 'first_time', refused: 'first_time' }],
  ['retry', { type: 'retry' }, { interrupted: 'opening' }],
  ['activate', { type: 'activate', code: 'X' }, { activation: 'activating' }],
  ['paid answer', { type: 'payment_read', payment: payment(null, { paid }) }, { ...everyWait('paid'), other_way: 'paid', code: 'paid' }],
  ['confirm answer', { type: 'payment_read', payment: payment('confirm') }, everyWait('confirm')],
  ['digits answer', { type: 'payment_read', payment: payment('digits') }, everyWait('digits')],
  ['phone answer', { type: 'payment_read', payment: payment('wait_phone') }, everyWait('phone_wait')],
  ['PIN instead of the phone', { type: 'phone_pin_wanted' }, { phone_wait: 'phone_pin' }],
  ['PIN entered instead', { type: 'phone_pin_entered', key: 'k', sealedPin: 's' }, { phone_pin: 'phone_paying' }],
  ['code by text message typed', { type: 'sms_entered', key: 'k', code: '123456' }, { sms_code: 'sms_paying' }],
  ['message sent', { type: 'sms_sent', payment: payment('wait_phone') }, { sms_sending: 'sms_code' }],
  ['paid before the message was sent', { type: 'sms_sent', payment: payment(null, { paid }) }, { sms_sending: 'paid' }],
  ['message wanted that was sent before', { type: 'sms_wanted' }, { phone_wait: 'sms_code' }],
  ['wait read', { type: 'phone_read', payment: payment('wait_phone') }, {}],
  ['code wanted', { type: 'code_wanted', createKey: 'k' }, { other_way: 'code', phone_wait: 'code', refused: 'code' }],
  ['code entered', { type: 'code_entered', key: 'k', code: 'c' }, { code: 'code_paying' }],
];

describe.each(moves)('%s', (_name, event, moved) => {
  it.each(all)('in %s', (name) => {
    const before = at(name);
    const expected = moved[name];
    if (expected) expect(step(before, event).state.name).toBe(expected);
    else expect(step(before, event).state.name).toBe(name);
  });
});

describe('leaving', () => {
  const stays: StateName[] = ['starting', 'activation', 'activating', 'vault_key_changed', 'idle', 'paying', 'checking', 'phone_paying', 'sms_paying', 'code_paying'];
  it.each(all)('from %s forgets everything, except while the answer to Pay is open', (name) => {
    const left = step(at(name), { type: 'leave' });
    if (stays.includes(name)) return expect(left.state.name).toBe(name);
    expect(left).toEqual({ ...emptyModel, installed, state: { name: 'idle' } });
  });

  it('offers another way wherever one may leave', () => {
    for (const name of all) {
      const free = !stays.includes(name) && name !== 'paid';
      expect(after(name, { type: 'other_way' }), name).toBe(free || name === 'idle' ? 'other_way' : name);
    }
  });
});

it('stays where it is without an activated till: there is nothing to leave or to pay', () => {
  const start = at('interrupted', { installed: null, basket: {}, payment: null, state: { name: 'interrupted', code: 'network', then: 'starting' } });
  for (const type of ['leave', 'other_way', 'back'] as const) expect(step(start, { type })).toEqual(start);
  expect(step(start, { type: 'retry' }).state.name).toBe('starting');
});

describe('failures', () => {
  const table: [StateName, KioskEvent, StateName][] = [
    ['starting', failed('network'), 'interrupted'],
    ['activating', failed('activation_code_invalid'), 'activation'],
    ['opening', failed('network'), 'interrupted'],
    ['opening', failed('vault_unavailable'), 'interrupted'],
    ['opening', failed('looks_used_up'), 'refused'],
    ['opening', failed('terminal_moved'), 'refused'],
    ['opening', failed('terminal_clock_off'), 'refused'],
    ['opening', failed('unauthorised'), 'activation'],
    ['matching', failed('face_too_dark'), 'retake'],
    ['matching', failed('face_several'), 'retake'],
    ['matching', failed('nonce_expired'), 'retake'],
    ['matching', failed('network'), 'checking'],
    ['matching', failed('nonce_used'), 'checking'],
    ['matching', failed('vault_unavailable'), 'interrupted'],
    ['matching', failed('looks_used_up'), 'refused'],
    ['digits', failed('digits_wrong', 2), 'digits'],
    ['digits', failed('digits_wrong', 0), 'retake'],
    ['digits', failed('digits_window_closed'), 'retake'],
    ['confirm', failed('network'), 'confirm'],
    ['paying', failed('network'), 'checking'],
    ['paying', failed('timeout'), 'checking'],
    ['paying', failed('internal'), 'checking'],
    ['paying', failed('payment_state_conflict'), 'checking'],
    ['paying', failed('pin_wrong'), 'confirm'],
    ['paying', failed('pin_locked'), 'refused'],
    ['paying', failed('balance_insufficient'), 'refused'],
    ['phone_wait', failed('network'), 'phone_wait'],
    ['phone_wait', failed('payment_expired'), 'refused'],
    ['phone_paying', failed('pin_wrong'), 'phone_pin'],
    ['phone_paying', failed('pin_locked'), 'phone_pin'],
    ['phone_paying', failed('network'), 'checking'],
    ['phone_paying', failed('payment_state_conflict'), 'checking'],
    ['sms_sending', failed('sms_unavailable'), 'phone_wait'],
    ['sms_sending', failed('sms_code_impossible'), 'phone_wait'],
    ['sms_sending', failed('network'), 'phone_wait'],
    ['sms_sending', failed('phone_timed_out'), 'checking'],
    ['sms_sending', failed('payment_state_conflict'), 'checking'],
    ['sms_sending', failed('payment_expired'), 'refused'],
    ['sms_code', failed('network'), 'sms_code'],
    ['sms_code', failed('payment_expired'), 'refused'],
    ['sms_paying', failed('sms_code_wrong', 1), 'sms_code'],
    ['sms_paying', failed('till_locked'), 'sms_code'],
    ['sms_paying', failed('sms_code_over'), 'phone_wait'],
    ['sms_paying', failed('confirmation_due'), 'checking'],
    ['sms_paying', failed('network'), 'checking'],
    ['sms_paying', failed('balance_insufficient'), 'refused'],
    ['code_paying', failed('payment_code_used'), 'code'],
    ['code_paying', failed('balance_insufficient'), 'code'],
    ['code_paying', failed('network'), 'checking'],
    ['code_paying', failed('payment_expired'), 'refused'],
    ['checking', failed('network'), 'checking'],
    ['checking', failed('payment_not_found'), 'refused'],
    ['idle', failed('network'), 'idle'],
  ];
  it.each(table)('in %s, %j → %s', (name, event, expected) => expect(after(name, event)).toBe(expected));

  it('never says "not charged" or "refused" when the answer to Pay was lost', () => {
    for (const code of ['network', 'timeout', 'unreadable', 'internal', 'busy'] as const) {
      expect(step(at('paying'), failed(code)).state).toEqual({ name: 'checking', after: 'pay' });
    }
  });

  it('keeps the basket through every failure', () => {
    for (const name of all) expect(step(at(name), failed('network')).basket, name).toEqual({ croissant: 1 });
  });

  it('starts a new payment for the same basket when the old one expired', () => {
    const refused = step(at('confirm'), failed('payment_expired'));
    expect(refused).toMatchObject({ payment: null, createKey: null });
    expect(step(refused, { type: 'look_wanted', createKey: 'second' })).toMatchObject({ createKey: 'second', state: { name: 'opening' } });
  });
});

describe('after a lost answer to Pay', () => {
  it('says paid once when it went through', () => {
    expect(step(at('checking'), { type: 'payment_read', payment: payment(null, { paid }) }).state).toEqual({ name: 'paid', recovered: true });
  });
  it('says plainly that nothing was charged when it did not', () => {
    expect(step(at('checking'), { type: 'payment_read', payment: payment('confirm') }).state).toMatchObject({ name: 'confirm', notCharged: true });
    expect(step(at('checking'), { type: 'payment_read', payment: payment('look') }).state).toEqual({ name: 'start', note: 'not_charged' });
  });
  it('keeps waiting while the server is at work', () => {
    expect(after('checking', { type: 'payment_read', payment: payment('wait') })).toBe('checking');
  });
});

describe('while the phone is asked', () => {
  const phone = { expiresAtMs: 9, pinInstead: true, smsCode: 'none' as const };
  const asked = { payment: payment('wait_phone', { phone }) };
  it('other ways lead back to the wait, and a yes meanwhile shows paid', () => {
    const aside = step(at('phone_wait', asked), { type: 'other_way' });
    expect(aside.state.name).toBe('other_way');
    expect(step(aside, { type: 'back' }).state.name).toBe('phone_wait');
    const late = step(aside, { type: 'payment_read', payment: payment('look', { lastProblem: { code: 'phone_timed_out' } }) });
    expect([late.state.name, step(late, { type: 'back' }).state.name]).toEqual(['other_way', 'start']);
  });
  it('a text message is offered once the payment says so, and nothing on the screen moves for that', () => {
    const offered = payment('wait_phone', { phone: { ...phone, smsCode: 'offered' } });
    for (const name of ['phone_wait', 'phone_pin', 'other_way'] as const) expect(step(at(name, asked), { type: 'phone_read', payment: offered })).toEqual(at(name, { payment: offered }));
    const sending = step(at('phone_wait', { payment: offered }), { type: 'sms_wanted' });
    expect([sending.state.name, step(sending, { type: 'back' }).state.name]).toEqual(['sms_sending', 'phone_wait']);
    // Of another payment, or one that waits no more, it comes too late.
    expect(step(at('phone_wait'), { type: 'phone_read', payment: offered })).toEqual(at('phone_wait'));
  });
  it('a wrong code says how many tries are left', () => {
    expect(step(at('sms_paying', asked), failed('sms_code_wrong', 2)).state).toEqual({ name: 'sms_code', problem: 'sms_code_wrong', triesLeft: 2, round: 1 });
  });
  it('no in time says so and looks again; no ends in the reason', () => {
    const said = (next: PaymentView['next'], code: string) => step(at('phone_wait', asked), { type: 'payment_read', payment: payment(next, { lastProblem: { code } }) }).state;
    expect(said('look', 'phone_timed_out')).toEqual({ name: 'retake', code: 'phone_timed_out' });
    expect(said(null, 'phone_denied')).toEqual({ name: 'refused', code: 'phone_denied' });
  });
  it('a code after a payment that is over pays a new one', () => {
    const over = at('refused', { payment: payment(null, { state: 'declined' }) });
    expect(step(over, { type: 'code_wanted', createKey: 'second' })).toMatchObject({ createKey: 'second', payment: null, state: { name: 'code' } });
  });
});

describe('one payment for a basket', () => {
  it('is looked at again under the same key while it is open', () => {
    expect(step(at('not_recognised'), { type: 'look_wanted', createKey: 'second' })).toMatchObject({ createKey: 'first', payment: { id: 'pay_1' } });
  });
  it('is replaced under a new key when it is over', () => {
    const over = at('refused', { payment: payment(null, { state: 'declined' }) });
    expect(step(over, { type: 'look_wanted', createKey: 'second' })).toMatchObject({ createKey: 'second', payment: null });
  });
});

describe('results of a look', () => {
  it('not recognised shows nobody, and a problem is said in its own words', () => {
    expect(step(at('matching'), { type: 'payment_read', payment: payment('look'), outcome: 'not_recognised' }).state).toEqual({ name: 'not_recognised' });
    const dark = payment('look', { lastProblem: { code: 'face_too_dark' } });
    expect(step(at('checking', { state: { name: 'checking', after: 'look' } }), { type: 'payment_read', payment: dark }).state).toEqual({ name: 'retake', code: 'face_too_dark' });
  });
  it('asks for the PIN when the payment does', () => {
    expect(step(at('digits'), { type: 'payment_read', payment: payment('confirm_with_pin') }).state).toMatchObject({ name: 'confirm', pin: true });
  });
});

describe('basket', () => {
  const change = (model: KioskModel, by: 1 | -1) => step(model, { type: 'item_changed', itemId: 'coffee', by });
  it('counts up and down and drops what is none', () => {
    const one = change(at('basket'), 1);
    expect(one.basket).toEqual({ croissant: 1, coffee: 1 });
    expect(change(one, -1).basket).toEqual({ croissant: 1 });
    expect(change(at('basket'), -1).basket).toEqual({ croissant: 1 });
    expect(change(at('basket', { basket: { coffee: quantityMax } }), 1).basket).toEqual({ coffee: quantityMax });
  });
  it('cannot be checked out empty', () => {
    expect(after('basket', { type: 'checkout', createKey: 'k' }, { basket: {} })).toBe('basket');
  });
});

it('goes on with the same payment when the phone has enrolled', () => {
  const invite = { id: 'inv_1', url: 'x', state: 'enrolled' as const, expiresAtMs: 0 };
  const welcome = step(at('first_time'), { type: 'invite_changed', invite });
  expect(welcome).toMatchObject({ state: { name: 'start', note: 'welcome' }, payment: { id: 'pay_1' }, createKey: 'first' });
});
