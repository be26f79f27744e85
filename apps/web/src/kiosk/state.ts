// What a till can be showing, and everything it remembers meanwhile. The moves between states are in machine.ts.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import type { Invite, PaymentView, TerminalProfile, menuSchema } from '@sonrisa/protocol/terminal-api.ts';
import type { z } from 'zod';
import type { Recording } from '../camera/burst.ts';
import type { CameraProblem } from '../camera/open-camera.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';

export type Menu = z.infer<typeof menuSchema>;
export type Installed = { profile: TerminalProfile; token: string; menu: Menu };

export type KioskState =
  | { name: 'starting' }
  | { name: 'activation'; problem: SentenceCode | null }
  | { name: 'activating'; code: string }
  | { name: 'vault_key_changed' }
  | { name: 'idle' }
  | { name: 'basket' }
  /** The tap before the camera, and what happens to the picture. */
  | { name: 'start'; note: StartNote }
  /** Asks the server for a payment and for one look. */
  | { name: 'opening' }
  | { name: 'framing'; ticket: LookTicket }
  | { name: 'challenge'; ticket: LookTicket }
  | { name: 'matching'; ticket: LookTicket; recording: Recording }
  | { name: 'retake'; code: SentenceCode }
  | { name: 'not_recognised' }
  | { name: 'digits'; problem: SentenceCode | null; triesLeft: number | null; round: number }
  | { name: 'confirm'; pin: boolean; problem: SentenceCode | null; notCharged: boolean; round: number }
  | { name: 'paying'; confirmKey: string; sealedPin: string | null }
  /** An answer was lost, or the server is still at work: reads the payment until it says what happened. */
  | { name: 'checking'; after: 'look' | 'pay' }
  /** The shopper's own phone is asked. */
  | { name: 'phone_wait'; problem: SentenceCode | null }
  /** No phone at hand: the PIN instead. */
  | { name: 'phone_pin'; problem: SentenceCode | null; round: number }
  | { name: 'phone_paying'; key: string; sealedPin: string }
  /** The last resort: a code by text message is asked for, and typed. */
  | { name: 'sms_sending' }
  | { name: 'sms_code'; problem: SentenceCode | null; triesLeft: number | null; round: number }
  | { name: 'sms_paying'; key: string; code: string }
  /** A payment code, scanned or typed. */
  | { name: 'code'; problem: SentenceCode | null; round: number }
  | { name: 'code_paying'; key: string; code: string }
  | { name: 'paid'; recovered: boolean }
  | { name: 'refused'; code: SentenceCode }
  | { name: 'other_way' }
  | { name: 'first_time' }
  | { name: 'camera_problem'; problem: CameraProblem }
  /** Network, server or vault lost: nothing was charged and the basket is kept. */
  | { name: 'interrupted'; code: SentenceCode; then: 'starting' | 'opening' };

export type StateName = KioskState['name'];
export type StartNote = 'none' | 'not_me' | 'welcome' | 'not_charged';

export type KioskModel = {
  state: KioskState;
  installed: Installed | null;
  /** Item id to quantity, never zero. */
  basket: Record<string, number>;
  payment: PaymentView | null;
  /** Idempotency key of the payment for this basket. */
  createKey: string | null;
  invite: Invite | null;
  /** What this shopper asked to be left out of the challenge; forgotten when they leave. */
  avoided: readonly ChallengeKind[];
};

export type KioskEvent =
  | { type: 'installed'; installed: Installed }
  | { type: 'activation_needed'; code: string | null; problem: SentenceCode | null }
  | { type: 'activate'; code: string }
  | { type: 'vault_key_changed' }
  | { type: 'touched' }
  | { type: 'item_changed'; itemId: string; by: 1 | -1 }
  | { type: 'checkout'; createKey: string }
  | { type: 'look_wanted'; createKey: string }
  | { type: 'look_opened'; payment: PaymentView; ticket: LookTicket }
  | { type: 'smile_prompted' }
  /** Before or after a challenge: asks for another one without this. */
  | { type: 'avoid'; kind: ChallengeKind }
  | { type: 'recorded'; recording: Recording }
  | { type: 'camera_failed'; problem: CameraProblem }
  /** Any answer that carries the payment: a look, the digits, Pay, Not me, or a plain read. */
  | { type: 'payment_read'; payment: PaymentView; outcome?: 'identified' | 'needs_digits' | 'not_recognised' }
  | { type: 'said_not_me'; payment: PaymentView }
  | { type: 'pay'; confirmKey: string; sealedPin: string | null }
  | { type: 'phone_pin_wanted' }
  | { type: 'phone_pin_entered'; key: string; sealedPin: string }
  /** What the wait for the phone looks like now. */
  | { type: 'phone_read'; payment: PaymentView }
  | { type: 'sms_wanted' }
  | { type: 'sms_sent'; payment: PaymentView }
  | { type: 'sms_entered'; key: string; code: string }
  | { type: 'code_wanted'; createKey: string }
  | { type: 'code_entered'; key: string; code: string }
  | { type: 'failed'; code: SentenceCode; triesLeft: number | null }
  | { type: 'retry' }
  | { type: 'other_way' }
  | { type: 'first_time' }
  /** A payment made to invite somebody, or to be paid by code. */
  | { type: 'payment_made'; payment: PaymentView }
  | { type: 'invite_changed'; invite: Invite }
  | { type: 'back' }
  /** Leave: by the button, after paying, or because nobody is there any more. */
  | { type: 'leave' };

export const quantityMax = 99;
/** Different items in one basket, as the protocol limits payment lines. */
export const linesMax = 50;

export const emptyModel: KioskModel = {
  state: { name: 'starting' },
  installed: null,
  basket: {},
  payment: null,
  createKey: null,
  invite: null,
  avoided: [],
};
