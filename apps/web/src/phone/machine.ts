// The phone's state machine: (model, event) to model, pure. Where an enrolment stands is said by the server; this only
// decides which screen that is, so that a reload comes back to the same place and nothing is asked twice.
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { stepChild } from './children/step-child.ts';
import { emptyModel, type PhoneEvent, type PhoneModel, type PhoneState } from './state.ts';

export function step(model: PhoneModel, event: PhoneEvent): PhoneModel {
  const { state } = model;
  switch (event.type) {
    case 'started':
      return state.name === 'starting' ? start(model, event) : model;
    case 'unreachable':
      return state.name === 'starting' ? { ...model, state: { name: 'unreachable', code: event.code } } : model;
    case 'retry':
      return state.name === 'unreachable' ? { ...model, state: { name: 'starting' } } : model;
    case 'enrolment_started':
      if (state.name !== 'number') return model;
      return { ...model, enrolment: event.enrolment, problem: null, state: stateOf(event.enrolment.view) };
    case 'enrolment_read':
      return readEnrolment(model, event.view);
    case 'failed':
      return fail(model, event);
    case 'help_wanted':
      return state.name === 'number' ? { ...model, problem: null, state: { name: 'help' } } : model;
    case 'help_chosen':
      return state.name === 'help' ? { ...model, intent: event.intent, state: { name: 'number' } } : model;
    case 'recovery_asked':
      if (state.name !== 'known' && state.name !== 'old_number') return model;
      return { ...emptyModel, keys: model.keys, recovery: event.recovery, state: { name: 'recovering' } };
    case 'recovered':
      return state.name === 'recovering' ? { ...emptyModel, keys: model.keys, session: event.session, state: { name: 'home' } } : model;
    case 'start_over':
    case 'signed_out':
      return { ...emptyModel, keys: model.keys, state: { name: 'number' } };
    case 'me_read':
      return { ...model, me: event.me };
    case 'topped_up':
      return state.name === 'top_up' ? { ...model, problem: null, state: { name: model.enrolment ? 'done' : 'home' } } : model;
    case 'skip_top_up':
      return state.name === 'top_up' ? { ...model, problem: null, state: { name: model.enrolment ? 'done' : 'home' } } : model;
    case 'go_home':
      return model.session ? { ...model, enrolment: null, lookingChild: null, problem: null, state: { name: 'home' } } : model;
    case 'new_look_wanted':
      return state.name === 'home' && model.session ? { ...model, problem: null, state: { name: 'look', problem: null } } : model;
    case 'face_renewed':
      return state.name === 'sending' && model.session ? { ...model, me: event.me, problem: null, state: { name: 'home' } } : model;
    case 'my_face_wanted':
      return state.name === 'home' ? { ...model, problem: null, state: { name: 'my_face' } } : model;
    case 'face_wanted_again':
      return state.name === 'my_face' ? { ...model, problem: null, state: { name: 'consent_again' } } : model;
    case 'agreed_again':
      return state.name === 'consent_again' && model.session ? { ...model, problem: null, state: { name: 'look', problem: null } } : model;
    case 'close_account_wanted':
      return state.name === 'my_face' ? { ...model, problem: null, state: { name: 'close_account' } } : model;
    case 'account_closed':
      return state.name === 'close_account' ? { ...emptyModel, keys: model.keys, state: { name: 'closed', receipt: event.receipt } } : model;
    case 'pay_code_wanted':
      return state.name === 'home' ? { ...model, problem: null, state: { name: 'pay_code' } } : model;
    case 'my_phone_wanted':
      return state.name === 'home' || state.name === 'limits' || state.name === 'account' ? { ...model, problem: null, state: { name: 'my_phone' } } : model;
    case 'limits_wanted':
      return state.name === 'my_phone' ? { ...model, problem: null, state: { name: 'limits' } } : model;
    case 'account_wanted':
      return state.name === 'my_phone' || state.name === 'home' ? { ...model, problem: null, state: { name: 'account' } } : model;
    case 'children_wanted':
    case 'add_child_wanted':
    case 'child_wanted':
    case 'child_consent_wanted':
    case 'child_look_wanted':
      return stepChild(model, event);
    case 'top_up_wanted':
      return state.name === 'home' ? { ...model, problem: null, state: { name: 'top_up' } } : model;
    default:
      return stepLook(model, event);
  }
}

type LookEvent = Extract<
  PhoneEvent,
  { type: 'look_wanted' | 'avoid' | 'look_opened' | 'smile_prompted' | 'recorded' | 'camera_failed' | 'look_again' | 'pin_chosen' | 'pin_repeated' }
>;

function stepLook(model: PhoneModel, event: LookEvent): PhoneModel {
  const { state } = model;
  const framing = state.name === 'framing' || state.name === 'challenge' ? state : null;
  switch (event.type) {
    case 'look_wanted':
      return state.name === 'look' ? { ...model, problem: null, state: { name: 'look_opening' } } : model;
    case 'avoid':
      if (state.name !== 'framing' && state.name !== 'look') return model;
      return { ...model, avoided: [...model.avoided, event.kind], problem: null, state: { name: 'look_opening' } };
    case 'look_opened':
      return state.name === 'look_opening' || isProving(state) ? { ...model, problem: null, state: { name: 'framing', ticket: event.ticket } } : model;
    case 'smile_prompted':
      return state.name === 'framing' ? { ...model, state: { name: 'challenge', ticket: state.ticket } } : model;
    case 'recorded':
      return framing ? { ...model, state: { name: 'sending', ticket: framing.ticket, recording: event.recording } } : model;
    case 'camera_failed':
      return framing ? { ...model, state: { name: 'camera_problem', problem: event.problem } } : model;
    case 'look_again':
      return framing || state.name === 'camera_problem' ? { ...model, problem: null, state: { name: 'look', problem: null } } : model;
    case 'pin_chosen':
      return state.name === 'pin' ? { ...model, state: { name: 'pin_repeat', first: event.pin } } : model;
    case 'pin_repeated':
      if (state.name !== 'pin_repeat') return model;
      return { ...model, state: event.pin === state.first ? { name: 'opening', pin: event.pin } : { name: 'pin', problem: 'pin_differs', round: 1 } };
  }
}

// Before the camera opens for an account that is there its owner may have to prove themselves, on the page of the look.
const isProving = (state: PhoneState): boolean => state.name === 'look' && state.problem === 'look_needs_proof';

/** The screen an enrolment belongs on. */
export function stateOf(view: EnrolmentView): PhoneState {
  switch (view.state) {
    case 'code_sent':
      return { name: 'code', round: 0 };
    case 'number_known':
      return { name: 'known', round: 0 };
    case 'code_verified':
      return { name: 'consent' };
    case 'consented':
      return { name: 'look', problem: null };
    case 'face_captured':
      return { name: 'pin', problem: null, round: 0 };
    case 'complete':
      return { name: 'top_up' };
    case 'expired':
      return { name: 'number' };
  }
}

function start(model: PhoneModel, event: Extract<PhoneEvent, { type: 'started' }>): PhoneModel {
  const { keys, session, enrolment, inviteId, recovery, stop } = event;
  const base = { ...model, keys, session, enrolment, inviteId, recovery: session ? null : recovery };
  if (stop) return { ...base, state: { name: 'stop', token: stop } };
  if (base.recovery) return { ...base, enrolment: null, state: { name: 'recovering' } };
  if (session) return { ...base, enrolment: null, state: { name: 'home' } };
  return { ...base, state: enrolment && enrolment.view.state !== 'complete' ? stateOf(enrolment.view) : { name: 'number' } };
}

function readEnrolment(model: PhoneModel, view: EnrolmentView): PhoneModel {
  const { enrolment, state } = model;
  if (!enrolment) return model;
  if (view.session) {
    // An account that was there before has nothing left to do.
    const target: PhoneState = state.name === 'known' ? { name: 'home' } : { name: 'top_up' };
    return { ...model, intent: null, enrolment: { ...enrolment, view }, session: view.session.token, problem: null, state: target };
  }
  // Opened, but the answer that carried the session was lost: signing in with a code brings it back.
  if (view.state === 'complete' || view.state === 'expired') return { ...emptyModel, keys: model.keys, inviteId: model.inviteId, state: { name: 'number' } };
  const next: PhoneState = view.state === 'code_verified' && model.intent === 'new_number' ? { name: 'old_number' } : stateOf(view);
  const same = next.name === state.name;
  return { ...model, enrolment: { ...enrolment, view }, problem: null, state: same ? state : next };
}

function fail(model: PhoneModel, event: { code: SentenceCode; triesLeft: number | null }): PhoneModel {
  const { state } = model;
  const { code } = event;
  const problem = { code, triesLeft: event.triesLeft };
  if (code === 'unauthorised' && model.session) return { ...emptyModel, keys: model.keys, problem, state: { name: 'number' } };
  if (code === 'enrolment_not_found' || (code === 'unauthorised' && model.enrolment)) {
    return { ...emptyModel, keys: model.keys, inviteId: model.inviteId, problem: { code: 'enrolment_not_found', triesLeft: null }, state: { name: 'number' } };
  }
  switch (state.name) {
    case 'code':
      return { ...model, problem, state: { name: 'code', round: state.round + 1 } };
    case 'known':
      return { ...model, problem, state: { name: 'known', round: state.round + 1 } };
    case 'framing':
    case 'challenge':
    case 'sending':
    case 'look':
    case 'look_opening':
      return { ...model, problem: null, state: { name: 'look', problem: code } };
    case 'opening':
      return { ...model, problem: null, state: { name: 'pin', problem: code, round: 1 } };
    default:
      return { ...model, problem };
  }
}
