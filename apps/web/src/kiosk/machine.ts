// The till's state machine: (model, event) to model, pure. An event that means nothing in a state leaves it as it is, so a
// late answer can never move a screen that has gone on. What a state asks of the server is done by its file in states/.
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { problems } from '../i18n/texts/en/problems.ts';
import { stateAfterFailure } from './failure.ts';
import { emptyModel, linesMax, quantityMax, type KioskEvent, type KioskModel, type KioskState } from './state.ts';

export function step(model: KioskModel, event: KioskEvent): KioskModel {
  switch (event.type) {
    case 'installed':
      return isBeforeSale(model) ? { ...model, installed: event.installed, state: afterInstall(model) } : model;
    case 'activation_needed':
      return isBeforeSale(model) ? { ...emptyModel, state: activationState(event) } : model;
    case 'activate':
      return model.state.name === 'activation' ? { ...model, state: { name: 'activating', code: event.code } } : model;
    case 'vault_key_changed':
      return { ...model, state: { name: 'vault_key_changed' }, payment: null };
    case 'leave':
      return leave(model);
    case 'failed':
      return fail(model, event);
    case 'other_way':
      return canTakeOtherWay(model) ? { ...model, state: { name: 'other_way' } } : model;
    case 'back':
      return back(model);
    case 'retry':
      return retry(model);
    default:
      return stepSale(model, event);
  }
}

type SaleEvent = Exclude<KioskEvent, { type: 'installed' | 'activation_needed' | 'activate' | 'vault_key_changed' | 'leave' | 'failed' | 'other_way' | 'back' | 'retry' }>;

function stepSale(model: KioskModel, event: SaleEvent): KioskModel {
  const { state } = model;
  switch (event.type) {
    case 'touched':
      return state.name === 'idle' ? { ...model, state: { name: 'basket' } } : model;
    case 'item_changed':
      return state.name === 'basket' ? { ...model, basket: changeBasket(model.basket, event) } : model;
    case 'checkout':
      if (state.name !== 'basket' || Object.keys(model.basket).length === 0) return model;
      return { ...model, createKey: event.createKey, payment: null, invite: null, state: { name: 'start', note: 'none' } };
    case 'look_wanted':
      return canLook(model) ? { ...renewed(model, event.createKey), state: { name: 'opening' } } : model;
    case 'look_opened':
      if (state.name !== 'opening') return model;
      return { ...model, payment: event.payment, state: { name: 'framing', ticket: event.ticket } };
    case 'smile_prompted':
      return state.name === 'framing' ? { ...model, state: { name: 'challenge', ticket: state.ticket } } : model;
    case 'avoid':
      if (state.name !== 'framing' && state.name !== 'retake') return model;
      return { ...model, avoided: [...model.avoided, event.kind], state: { name: 'opening' } };
    case 'recorded':
      if (state.name !== 'framing' && state.name !== 'challenge') return model;
      return { ...model, state: { name: 'matching', ticket: state.ticket, recording: event.recording } };
    case 'camera_failed':
      if (state.name !== 'framing' && state.name !== 'challenge') return model;
      return { ...model, state: { name: 'camera_problem', problem: event.problem } };
    case 'phone_pin_wanted':
      return state.name === 'phone_wait' ? { ...model, state: { name: 'phone_pin', problem: null, round: 0 } } : model;
    case 'phone_pin_entered':
      return state.name === 'phone_pin' ? { ...model, state: { name: 'phone_paying', key: event.key, sealedPin: event.sealedPin } } : model;
    case 'phone_read':
      return model.payment?.next === 'wait_phone' && model.payment.id === event.payment.id ? { ...model, payment: event.payment } : model;
    case 'sms_wanted':
      if (state.name !== 'phone_wait') return model;
      return { ...model, state: model.payment?.phone?.smsCode === 'offered' ? { name: 'sms_sending' } : typeSms };
    case 'sms_sent':
      return state.name === 'sms_sending' ? { ...model, payment: event.payment, state: event.payment.next === 'wait_phone' ? typeSms : stateOf(event.payment, state) } : model;
    case 'sms_entered':
      return state.name === 'sms_code' ? { ...model, state: { name: 'sms_paying', key: event.key, code: event.code } } : model;
    case 'code_wanted':
      return canShowCode(model) ? { ...renewed(model, event.createKey), state: { name: 'code', problem: null, round: 0 } } : model;
    case 'code_entered':
      return state.name === 'code' ? { ...model, state: { name: 'code_paying', key: event.key, code: event.code } } : model;
    case 'payment_read':
      if (isAside(state)) return { ...model, payment: event.payment, state: event.payment.paid ? stateOf(event.payment, state) : state };
      return waitsForPayment(state) ? { ...model, payment: event.payment, state: stateOf(event.payment, state, event.outcome) } : model;
    case 'said_not_me':
      if (state.name !== 'confirm') return model;
      return { ...model, payment: event.payment, state: event.payment.next ? { name: 'start', note: 'not_me' } : stateOf(event.payment, state) };
    case 'pay':
      if (state.name !== 'confirm') return model;
      return { ...model, state: { name: 'paying', confirmKey: event.confirmKey, sealedPin: event.sealedPin } };
    case 'first_time':
      return offersInvite.has(state.name) && Object.keys(model.basket).length > 0 ? { ...model, state: { name: 'first_time' } } : model;
    case 'payment_made':
      return state.name === 'first_time' || state.name === 'code_paying' ? { ...model, payment: event.payment } : model;
    case 'invite_changed':
      if (state.name !== 'first_time') return model;
      return { ...model, invite: event.invite, state: event.invite.state === 'enrolled' ? { name: 'start', note: 'welcome' } : state };
  }
}

/** Where a payment belongs on the screen, whatever the till showed before. */
export function stateOf(payment: PaymentView, from: KioskState, outcome?: 'identified' | 'needs_digits' | 'not_recognised'): KioskState {
  const afterPay = paying.has(from.name) || (from.name === 'checking' && from.after === 'pay');
  if (payment.paid) return { name: 'paid', recovered: from.name === 'checking' };
  switch (payment.next) {
    case null:
      return { name: 'refused', code: known(payment.lastProblem?.code) ?? endedCode(payment) };
    case 'wait':
      return { name: 'checking', after: afterPay ? 'pay' : 'look' };
    case 'wait_phone':
      return { name: 'phone_wait', problem: null };
    case 'digits':
      return { name: 'digits', problem: null, triesLeft: null, round: 0 };
    case 'confirm':
    case 'confirm_with_pin':
      return { name: 'confirm', pin: payment.next === 'confirm_with_pin', problem: payment.lastProblem?.code === 'confirmation_due' ? 'confirmation_due' : null, notCharged: afterPay, round: 0 };
    case 'look': {
      if (outcome === 'not_recognised') return { name: 'not_recognised' };
      const code = known(payment.lastProblem?.code);
      if (code) return { name: 'retake', code };
      return from.name === 'matching' || (from.name === 'checking' && from.after === 'look')
        ? { name: 'not_recognised' }
        : { name: 'start', note: afterPay ? 'not_charged' : 'none' };
    }
  }
}

export const isSale = (state: KioskState): boolean => !quiet.has(state.name);
/** Between tapping Pay and knowing what came of it nobody leaves: the answer matters. */
export const isSettling = (state: KioskState): boolean => paying.has(state.name) || (state.name === 'checking' && state.after === 'pay');

const paying: ReadonlySet<KioskState['name']> = new Set(['paying', 'phone_paying', 'sms_paying', 'code_paying']);
const quiet: ReadonlySet<KioskState['name']> = new Set(['starting', 'activation', 'activating', 'vault_key_changed', 'idle']);

const isBeforeSale = ({ state }: KioskModel): boolean => quiet.has(state.name) || (state.name === 'interrupted' && state.then === 'starting');

// A fresh profile arriving while the till rests must not wake it up.
const afterInstall = ({ state }: KioskModel): KioskState => (state.name === 'vault_key_changed' ? state : { name: 'idle' });

function activationState(event: { code: string | null; problem: SentenceCode | null }): KioskState {
  return event.code && !event.problem ? { name: 'activating', code: event.code } : { name: 'activation', problem: event.problem };
}

function leave(model: KioskModel): KioskModel {
  if (!model.installed || !isSale(model.state) || isSettling(model.state)) return model;
  return { ...emptyModel, installed: model.installed, state: { name: 'idle' } };
}

function fail(model: KioskModel, event: { code: SentenceCode; triesLeft: number | null }): KioskModel {
  const state = stateAfterFailure(model, event);
  const gone = event.code === 'payment_expired' || event.code === 'payment_not_found';
  return { ...model, state, ...(gone ? { payment: null, createKey: null } : {}) };
}

function canTakeOtherWay({ state, installed }: KioskModel): boolean {
  return installed !== null && (isSale(state) || state.name === 'idle') && !isSettling(state) && state.name !== 'paid';
}

function back(model: KioskModel): KioskModel {
  const { state } = model;
  if (isSettling(state) || state.name === 'paid' || !isSale(state)) return model;
  if (Object.keys(model.basket).length === 0) return leave(model);
  if (state.name === 'basket') return model;
  if (model.payment?.next === 'wait_phone' && state.name !== 'phone_wait') return { ...model, state: { name: 'phone_wait', problem: null } };
  // Before the camera one step back is the basket; after it, the tap that opens the camera.
  const toBasket = state.name === 'start' || (state.name === 'other_way' && !model.createKey);
  return { ...model, state: toBasket ? { name: 'basket' } : { name: 'start', note: 'none' } };
}

function retry(model: KioskModel): KioskModel {
  const { state } = model;
  if (state.name !== 'interrupted') return model;
  return { ...model, state: { name: state.then } };
}

const offersInvite: ReadonlySet<KioskState['name']> = new Set(['start', 'not_recognised', 'other_way', 'refused']);

function canLook({ state, basket }: KioskModel): boolean {
  const from: ReadonlySet<KioskState['name']> = new Set(['start', 'retake', 'not_recognised', 'refused', 'camera_problem', 'other_way', 'first_time', 'digits']);
  return from.has(state.name) && Object.keys(basket).length > 0;
}

// A payment that is over cannot be looked at again: the basket gets a new one under a new key.
function renewed(model: KioskModel, createKey: string): KioskModel {
  const over = model.payment !== null && model.payment.next === null;
  return over || !model.createKey ? { ...model, payment: null, invite: null, createKey } : model;
}

const canShowCode = ({ state, basket }: KioskModel): boolean => (state.name === 'other_way' || state.name === 'phone_wait' || state.name === 'refused') && Object.keys(basket).length > 0;

/** The phone may still say yes while other ways are looked at; anything less changes nothing on the screen. */
const isAside = ({ name }: KioskState): boolean => name === 'other_way' || name === 'code';

const typeSms: KioskState = { name: 'sms_code', problem: null, triesLeft: null, round: 0 };

const waiting: ReadonlySet<KioskState['name']> = new Set(['matching', 'digits', 'checking', 'phone_wait', 'phone_pin', 'sms_code']);
const waitsForPayment = ({ name }: KioskState): boolean => waiting.has(name) || paying.has(name);

function changeBasket(basket: Record<string, number>, event: { itemId: string; by: 1 | -1 }): Record<string, number> {
  const quantity = Math.min(quantityMax, (basket[event.itemId] ?? 0) + event.by);
  const { [event.itemId]: _before, ...others } = basket;
  if (quantity <= 0) return others;
  if (!(event.itemId in basket) && Object.keys(basket).length >= linesMax) return basket;
  return { ...basket, [event.itemId]: quantity };
}

function known(code: string | undefined): SentenceCode | null {
  return code !== undefined && Object.hasOwn(problems, code) ? (code as SentenceCode) : null;
}

function endedCode(payment: PaymentView): SentenceCode {
  return payment.state === 'expired' ? 'payment_expired' : 'payment_state_conflict';
}
