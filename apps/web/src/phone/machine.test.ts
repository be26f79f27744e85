import type { EnrolmentView, Me } from '@sonrisa/protocol/phone-api.ts';
import { describe, expect, it } from 'vitest';
import { step } from './machine.ts';
import { emptyModel, type PhoneEvent, type PhoneKeys, type PhoneModel, type PhoneState, type StateName } from './state.ts';

const keys = {} as PhoneKeys;
const view = (state: EnrolmentView['state'], session: string | null = null): EnrolmentView => ({
  id: 'enr_1',
  state,
  phoneMasked: '*',
  codeExpiresAtMs: 0,
  resendAfterMs: 0,
  codeTriesLeft: 3,
  smsState: null,
  session: session ? { token: session, expiresAtMs: 0 } : null,
  known: null,
});
const ticket = { nonce: 'n', challenge: { kind: 'smile' as const, prompts: ['smile' as const] }, mode: 'sandbox' as const, issuedAtMs: 0, framesWanted: 6, expiresAtMs: 0 };
const recording = { capturedAtMs: 0, promptedAtMs: 0, frames: [] };
const receipt = { id: 'era_1', askedAtMs: 0, reason: 'closed' as const, receipt: null };
const enrolment = { view: view('code_sent'), token: 'token' };

const states: Record<StateName, PhoneState> = {
  starting: { name: 'starting' },
  unreachable: { name: 'unreachable', code: 'network' },
  number: { name: 'number' },
  code: { name: 'code', round: 0 },
  known: { name: 'known', round: 0 },
  help: { name: 'help' },
  old_number: { name: 'old_number' },
  recovering: { name: 'recovering' },
  stop: { name: 'stop', token: 't' },
  consent: { name: 'consent' },
  look: { name: 'look', problem: null },
  look_opening: { name: 'look_opening' },
  framing: { name: 'framing', ticket },
  challenge: { name: 'challenge', ticket },
  sending: { name: 'sending', ticket, recording },
  camera_problem: { name: 'camera_problem', problem: 'denied' },
  pin: { name: 'pin', problem: null, round: 0 },
  pin_repeat: { name: 'pin_repeat', first: '294615' },
  opening: { name: 'opening', pin: '294615' },
  top_up: { name: 'top_up' },
  done: { name: 'done' },
  home: { name: 'home' },
  my_face: { name: 'my_face' },
  consent_again: { name: 'consent_again' },
  close_account: { name: 'close_account' },
  closed: { name: 'closed', receipt },
  pay_code: { name: 'pay_code' },
  my_phone: { name: 'my_phone' },
  limits: { name: 'limits' },
  account: { name: 'account' },
  children: { name: 'children' },
  add_child: { name: 'add_child' },
  child: { name: 'child', childId: 'pyr_1' },
  child_consent: { name: 'child_consent', childId: 'pyr_1' },
};
const all = Object.keys(states) as StateName[];
const at = (name: StateName, more: Partial<PhoneModel> = {}): PhoneModel => ({ ...emptyModel, keys, enrolment, state: states[name], ...more });

const moves: [string, PhoneEvent, Partial<Record<StateName, StateName>>][] = [
  ['retry', { type: 'retry' }, { unreachable: 'starting' }],
  ['enrolment started', { type: 'enrolment_started', enrolment }, { number: 'code' }],
  ['look opened', { type: 'look_opened', ticket }, { look_opening: 'framing' }],
  ['look wanted', { type: 'look_wanted' }, { look: 'look_opening' }],
  ['something left out', { type: 'avoid', kind: 'smile' }, { look: 'look_opening', framing: 'look_opening' }],
  ['smile prompted', { type: 'smile_prompted' }, { framing: 'challenge' }],
  ['recorded', { type: 'recorded', recording }, { framing: 'sending', challenge: 'sending' }],
  ['camera failed', { type: 'camera_failed', problem: 'in_use' }, { framing: 'camera_problem', challenge: 'camera_problem' }],
  ['look again', { type: 'look_again' }, { framing: 'look', challenge: 'look', camera_problem: 'look' }],
  ['PIN chosen', { type: 'pin_chosen', pin: '294615' }, { pin: 'pin_repeat' }],
  ['PIN repeated', { type: 'pin_repeated', pin: '294615' }, { pin_repeat: 'opening' }],
  ['PIN repeated wrongly', { type: 'pin_repeated', pin: '111111' }, { pin_repeat: 'pin' }],
  ['topped up', { type: 'topped_up' }, { top_up: 'done' }],
  ['my face wanted', { type: 'my_face_wanted' }, { home: 'my_face' }],
  ['face wanted again', { type: 'face_wanted_again' }, { my_face: 'consent_again' }],
  ['closing wanted', { type: 'close_account_wanted' }, { my_face: 'close_account' }],
  ['account closed', { type: 'account_closed', receipt }, { close_account: 'closed' }],
  ['top-up wanted', { type: 'top_up_wanted' }, { home: 'top_up' }],
  ['payment code wanted', { type: 'pay_code_wanted' }, { home: 'pay_code' }],
  ['settings wanted', { type: 'my_phone_wanted' }, { home: 'my_phone', limits: 'my_phone', account: 'my_phone' }],
  ['account wanted', { type: 'account_wanted' }, { my_phone: 'account', home: 'account' }],
  ['help wanted', { type: 'help_wanted' }, { number: 'help' }],
  ['help chosen', { type: 'help_chosen', intent: 'lost_phone' }, { help: 'number' }],
  ['recovery asked for', { type: 'recovery_asked', recovery: { token: 't', reference: 'r' } }, { known: 'recovering', old_number: 'recovering' }],
  ['recovered', { type: 'recovered', session: 's' }, { recovering: 'home' }],
  ['limits wanted', { type: 'limits_wanted' }, { my_phone: 'limits' }],
  ['children wanted', { type: 'children_wanted' }, { home: 'children', add_child: 'children', child: 'children', child_consent: 'children' }],
  ['another child wanted', { type: 'add_child_wanted' }, { children: 'add_child' }],
  ['a child wanted', { type: 'child_wanted', childId: 'pyr_1' }, { children: 'child', add_child: 'child', child_consent: 'child' }],
  ['consent for a child wanted', { type: 'child_consent_wanted', childId: 'pyr_1' }, { child: 'child_consent' }],
  ['a look at a child wanted', { type: 'child_look_wanted', childId: 'pyr_1' }, { add_child: 'look', child: 'look', child_consent: 'look' }],
];
describe.each(moves)('%s', (_name, event, moved) => {
  it.each(all)('in %s', (name) => expect(step(at(name), event).state.name).toBe(moved[name] ?? name));
});

it('a look at a child ends on that child’s page, and is nobody’s afterwards', () => {
  const looking = step(at('child', { session: 's' }), { type: 'child_look_wanted', childId: 'pyr_1' });
  expect(looking.lookingChild).toBe('pyr_1');
  const sent = { ...looking, state: states.sending };
  expect(step(sent, { type: 'child_wanted', childId: 'pyr_1' })).toMatchObject({ state: { name: 'child', childId: 'pyr_1' }, lookingChild: null });
  expect(step(sent, { type: 'child_wanted', childId: 'pyr_2' })).toBe(sent);
  expect(step(sent, { type: 'go_home' })).toMatchObject({ state: { name: 'home' }, lookingChild: null });
});

describe('where a reload comes back to', () => {
  it.each([
    ['code_sent', 'code'],
    ['number_known', 'known'],
    ['code_verified', 'consent'],
    ['consented', 'look'],
    ['face_captured', 'pin'],
    ['expired', 'number'],
    // Opened without us hearing of it: the number signs in with a code.
    ['complete', 'number'],
  ] as const)('%s → %s', (state, expected) => {
    const started = step(emptyModel, { type: 'started', keys, session: null, enrolment: { view: view(state), token: 't' }, inviteId: null, recovery: null, stop: null });
    expect(started.state.name).toBe(expected);
  });
  it('goes from the wallet to a new look and back, or leaves it for later', () => {
    const home = at('home', { session: 's', enrolment: null });
    const looking = step(home, { type: 'new_look_wanted' });
    expect(looking.state).toEqual({ name: 'look', problem: null });
    expect(step(looking, { type: 'go_home' }).state.name).toBe('home');
    const sending = at('sending', { session: 's', enrolment: null });
    expect(step(sending, { type: 'failed', code: 'face_blurred', triesLeft: null }).state).toEqual({ name: 'look', problem: 'face_blurred' });
    expect(step(sending, { type: 'face_renewed', me: {} as Me }).state.name).toBe('home');
    expect(step(at('home'), { type: 'new_look_wanted' }).state.name).toBe('home');
  });

  it('goes to the camera from the page of the look where the owner had to prove themselves first, and from there alone', () => {
    const asked = step(at('look_opening', { session: 's', enrolment: null }), { type: 'failed', code: 'look_needs_proof', triesLeft: null });
    expect(asked.state).toEqual({ name: 'look', problem: 'look_needs_proof' });
    expect(step(asked, { type: 'look_opened', ticket }).state.name).toBe('framing');
    expect(step(at('look', { session: 's', enrolment: null }), { type: 'look_opened', ticket }).state.name).toBe('look');
  });

  it('goes from a consent given again to the look, with the session', () => {
    expect(step(at('consent_again', { session: 's', enrolment: null }), { type: 'agreed_again' }).state).toEqual({ name: 'look', problem: null });
    expect(step(at('consent_again'), { type: 'agreed_again' }).state.name).toBe('consent_again');
  });

  it('keeps no session of an account that was closed', () => {
    expect(step(at('close_account', { session: 's', enrolment: null }), { type: 'account_closed', receipt })).toMatchObject({ session: null, me: null, state: { name: 'closed' } });
  });

  it('a session goes straight to the wallet', () => {
    expect(step(emptyModel, { type: 'started', keys, session: 's', enrolment: null, inviteId: null, recovery: null, stop: null }).state.name).toBe('home');
  });
});

describe('an answer that carries a session', () => {
  it('signs an existing owner in where the account was known', () => {
    expect(step(at('known'), { type: 'enrolment_read', view: view('complete', 's') })).toMatchObject({ session: 's', state: { name: 'home' } });
  });
  it('leads a new owner to the first top-up', () => {
    expect(step(at('opening'), { type: 'enrolment_read', view: view('complete', 's') })).toMatchObject({ session: 's', state: { name: 'top_up' } });
  });
});

describe('failures', () => {
  it('empties the code field and keeps the step', () => {
    const failed = step(at('code'), { type: 'failed', code: 'code_wrong', triesLeft: 2 });
    expect(failed).toMatchObject({ state: { name: 'code', round: 1 }, problem: { code: 'code_wrong', triesLeft: 2 } });
  });
  it.each(['look', 'look_opening', 'framing', 'challenge', 'sending'] as const)('a refused capture in %s goes back to the tap before the camera', (name) => {
    expect(step(at(name), { type: 'failed', code: 'face_blurred', triesLeft: null }).state).toEqual({ name: 'look', problem: 'face_blurred' });
  });
  it('a refused PIN is chosen anew and not remembered', () => {
    const failed = step(at('opening'), { type: 'failed', code: 'pin_too_simple', triesLeft: null });
    expect(JSON.stringify(failed)).not.toContain('294615');
    expect(failed.state).toMatchObject({ name: 'pin', problem: 'pin_too_simple' });
  });
  it('a lost session asks to sign in', () => {
    expect(step(at('home', { session: 's', enrolment: null }), { type: 'failed', code: 'unauthorised', triesLeft: null })).toMatchObject({ session: null, state: { name: 'number' } });
  });
  it('an unknown enrolment starts over and keeps the invitation', () => {
    expect(step(at('consent', { inviteId: 'inv' }), { type: 'failed', code: 'enrolment_not_found', triesLeft: null })).toMatchObject({ enrolment: null, inviteId: 'inv', state: { name: 'number' } });
  });
});

describe('an account that is to come back', () => {
  const kept = { token: 't', reference: '1234 5678' };
  const start = (more: object) => step(emptyModel, { type: 'started', keys, session: null, enrolment: null, inviteId: null, recovery: null, stop: null, ...more });
  it('is waited for after a reload, unless somebody is signed in', () => {
    expect(start({ recovery: kept })).toMatchObject({ state: { name: 'recovering' }, recovery: kept });
    expect(start({ recovery: kept, session: 's' })).toMatchObject({ state: { name: 'home' }, recovery: null });
  });
  it('is stopped by a link before anything else', () => {
    expect(start({ stop: 'token', session: 's' }).state).toEqual({ name: 'stop', token: 'token' });
  });
  it('is looked for by the old number where a new one was proved for it', () => {
    expect(step(at('code', { intent: 'new_number' }), { type: 'enrolment_read', view: view('code_verified') }).state.name).toBe('old_number');
    expect(step(at('code'), { type: 'enrolment_read', view: view('code_verified') }).state.name).toBe('consent');
  });
  it('is not opened by a wrong PIN', () => {
    expect(step(at('known'), { type: 'failed', code: 'pin_wrong', triesLeft: 4 })).toMatchObject({ session: null, state: { name: 'known', round: 1 } });
  });
});
