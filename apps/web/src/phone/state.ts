// What the phone can be showing, and what it remembers meanwhile. The moves are in machine.ts.
import type { ClosedReceipt } from '@sonrisa/protocol/close-account-api.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import type { EnrolmentView, Me, phoneKeysSchema } from '@sonrisa/protocol/phone-api.ts';
import type { z } from 'zod';
import type { Recording } from '../camera/burst.ts';
import type { CameraProblem } from '../camera/open-camera.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';

export type PhoneKeys = z.infer<typeof phoneKeysSchema>;
export type Enrolment = { view: EnrolmentView; token: string };

export type PhoneState =
  | { name: 'starting' }
  | { name: 'unreachable'; code: SentenceCode }
  | { name: 'number' }
  | { name: 'code'; round: number }
  /** The number has an account: whose? */
  | { name: 'known'; round: number }
  /** Ways back into an account. */
  | { name: 'help' }
  | { name: 'old_number' }
  /** Waits for staff, then for the cool-down, then for a new PIN. */
  | { name: 'recovering' }
  /** By the link of a notice. */
  | { name: 'stop'; token: string }
  | { name: 'consent' }
  /** The tap before the camera. */
  | { name: 'look'; problem: SentenceCode | null }
  /** Asks the server for one look. */
  | { name: 'look_opening' }
  | { name: 'framing'; ticket: LookTicket }
  | { name: 'challenge'; ticket: LookTicket }
  | { name: 'sending'; ticket: LookTicket; recording: Recording }
  | { name: 'camera_problem'; problem: CameraProblem }
  | { name: 'pin'; problem: SentenceCode | 'pin_differs' | null; round: number }
  | { name: 'pin_repeat'; first: string }
  | { name: 'opening'; pin: string }
  | { name: 'top_up' }
  | { name: 'done' }
  | { name: 'home' }
  | { name: 'my_face' }
  /** Agreeing to face payment again, for an account whose face was erased. */
  | { name: 'consent_again' }
  | { name: 'close_account' }
  | { name: 'closed'; receipt: ClosedReceipt }
  | { name: 'pay_code' }
  | { name: 'my_phone' }
  | { name: 'limits' }
  | { name: 'account' }
  | { name: 'children' }
  | { name: 'add_child' }
  | { name: 'child'; childId: string }
  /** Agreeing anew for a child whose face was erased. */
  | { name: 'child_consent'; childId: string };

export type StateName = PhoneState['name'];

/** What somebody came for who cannot get in. */
export type Intent = 'forgot_pin' | 'lost_phone' | 'new_number';
export type KeptRecovery = { token: string; reference: string };

export type PhoneModel = {
  state: PhoneState;
  keys: PhoneKeys | null;
  enrolment: Enrolment | null;
  session: string | null;
  me: Me | null;
  inviteId: string | null;
  intent: Intent | null;
  recovery: KeptRecovery | null;
  /** Who looks into this phone next, where it is not its owner. */
  lookingChild: string | null;
  /** What the owner asked to be left out of the challenge. */
  avoided: readonly ChallengeKind[];
  /** Shown on whatever step is open: the last thing that went wrong there. */
  problem: { code: SentenceCode; triesLeft: number | null } | null;
};

/** `child_look_wanted`: the guardian has agreed, or the face models have changed. */
export type ChildEvent =
  | { type: 'children_wanted' }
  | { type: 'add_child_wanted' }
  | { type: 'child_wanted'; childId: string }
  | { type: 'child_consent_wanted'; childId: string }
  | { type: 'child_look_wanted'; childId: string };

export type PhoneEvent =
  | { type: 'started'; keys: PhoneKeys; session: string | null; enrolment: Enrolment | null; inviteId: string | null; recovery: KeptRecovery | null; stop: string | null }
  | { type: 'unreachable'; code: SentenceCode }
  | { type: 'retry' }
  | { type: 'enrolment_started'; enrolment: Enrolment }
  /** Any answer that says where the enrolment stands. */
  | { type: 'enrolment_read'; view: EnrolmentView }
  | { type: 'help_wanted' }
  | { type: 'help_chosen'; intent: Intent }
  | { type: 'recovery_asked'; recovery: KeptRecovery }
  | { type: 'recovered'; session: string }
  | { type: 'account_wanted' }
  | { type: 'look_wanted' }
  /** Before or after a challenge: asks for another one without this. */
  | { type: 'avoid'; kind: ChallengeKind }
  | { type: 'look_opened'; ticket: LookTicket }
  | { type: 'smile_prompted' }
  | { type: 'recorded'; recording: Recording }
  | { type: 'camera_failed'; problem: CameraProblem }
  | { type: 'look_again' }
  | { type: 'pin_chosen'; pin: string }
  | { type: 'pin_repeated'; pin: string }
  | { type: 'failed'; code: SentenceCode; triesLeft: number | null }
  | { type: 'me_read'; me: Me }
  | { type: 'topped_up' }
  | { type: 'skip_top_up' }
  | { type: 'go_home' }
  | { type: 'top_up_wanted' }
  | { type: 'my_face_wanted' }
  | { type: 'face_wanted_again' }
  | { type: 'agreed_again' }
  | { type: 'close_account_wanted' }
  | { type: 'account_closed'; receipt: ClosedReceipt }
  | { type: 'pay_code_wanted' }
  | { type: 'my_phone_wanted' }
  | { type: 'limits_wanted' }
  /** The face models have changed: one more look, for an account that is open. */
  | { type: 'new_look_wanted' }
  | { type: 'face_renewed'; me: Me }
  | ChildEvent
  | { type: 'start_over' }
  | { type: 'signed_out' };

export const emptyModel: PhoneModel = {
  state: { name: 'starting' },
  keys: null,
  enrolment: null,
  session: null,
  me: null,
  inviteId: null,
  intent: null,
  recovery: null,
  lookingChild: null,
  avoided: [],
  problem: null,
};

/** Five steps; what comes after the account is open is no step any more. */
export const stepCount = 5;
export function stepOf(name: StateName): number | null {
  switch (name) {
    case 'number':
      return 1;
    case 'code':
      return 2;
    case 'consent':
      return 3;
    case 'look':
    case 'look_opening':
    case 'framing':
    case 'challenge':
    case 'sending':
    case 'camera_problem':
      return 4;
    case 'pin':
    case 'pin_repeat':
    case 'opening':
      return 5;
    default:
      return null;
  }
}
