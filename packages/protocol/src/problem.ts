// The error catalogue and the RFC 9457 problem that carries a code. Every refusal anywhere is one of these codes;
// docs/problems.md lists the same set and a test compares the two.
import { z } from 'zod';

type Entry = { status: number; transient: boolean; title: string; next: string };
const entry = (status: number, title: string, next: string, transient = false): Entry => ({ status, transient, title, next });

export const problemCatalogue = {
  // requests
  input_invalid: entry(400, 'The request is not as the API describes', 'Compare the listed fields with the API docs and send again.'),
  not_found: entry(404, 'There is nothing here', 'Check the address and the id.'),
  unauthorised: entry(401, 'This request carries no valid credentials', 'Sign in, activate the terminal, or check the key.'),
  forbidden: entry(403, 'These credentials do not reach this', 'Use credentials of the owner.'),
  body_too_large: entry(413, 'The body is larger than this route takes', 'Send fewer or smaller frames.'),
  media_type_unsupported: entry(415, 'The body is of another type than this route takes', 'Set the content type the API docs name.'),
  rate_limited: entry(429, 'Too many requests', 'Wait as long as Retry-After says, then try again.', true),
  busy: entry(503, 'The server has more work than it can queue', 'Wait as long as Retry-After says, then try again.', true),
  internal: entry(500, 'Something broke on our side', 'Try again; if it stays, report the instance id.', true),
  idempotency_key_missing: entry(400, 'This write needs an Idempotency-Key header', 'Send a fresh random key, and the same one when you retry.'),
  idempotency_key_reused: entry(422, 'This Idempotency-Key was used with another body', 'Use a fresh key for a new request.'),
  idempotency_in_progress: entry(409, 'A request with this Idempotency-Key is still running', 'Wait a moment and send the same request again.', true),
  production_refuses_sandbox: entry(403, 'A sandbox component was used in production mode', 'Configure the real one, or start in sandbox mode.'),
  // money
  amount_invalid: entry(422, 'The amount is not a positive whole number of minor units', 'Send minor units as a string of digits, at least "1".'),
  amount_too_large: entry(422, 'The amount is above what one payment may be', 'Split the sale or use another way to pay.'),
  amount_mismatch: entry(422, 'The lines do not add up to the amount', 'Send the sum of the lines as the amount.'),
  currency_mismatch: entry(422, 'The currency is not the one of this store or account', 'Use the currency of the store.'),
  balance_insufficient: entry(422, 'There is not enough money in the wallet', 'Top up on the phone, or pay another way.'),
  refund_exceeds_payment: entry(422, 'The refund is more than what is left of the payment', 'Refund at most the amount that is left.'),
  account_unknown: entry(422, 'The account does not exist', 'Check the id.'),
  hold_not_open: entry(409, 'This hold was captured or released already', 'Read the payment again and go on from its state.'),
  payout_not_open: entry(409, 'This payout or withdrawal was sent, confirmed or returned already', 'Read it again and go on from its state.'),
  dispute_not_open: entry(409, 'This payment is disputed already, or its dispute is closed', 'Read the dispute again and go on from its state.'),
  dispute_amount_invalid: entry(422, 'The amount does not fit what is left of the dispute and who bears it', 'Read the dispute again and send at most what is left.'),
  reason_missing: entry(422, 'A correction of the books needs its reason', 'Say why in a sentence.'),
  person_needed: entry(403, 'This takes the token of a person', 'Sign in with a token of your own; sonrisa person add makes one.'),
  same_person: entry(422, 'This needs two people', 'Have somebody else approve it.'),
  account_not_adjustable: entry(422, 'These accounts cannot be corrected by hand', 'Use the movement that belongs to the account.'),
  adjustment_state_conflict: entry(409, 'This correction was approved or refused already', 'Read it again.'),
  proposal_state_conflict: entry(409, 'This was approved or refused already', 'Read it again.'),
  proposal_waiting: entry(409, 'Something is proposed about this already', 'Have that approved or refused first.'),
  bank_account_missing: entry(422, 'There is no bank account to pay to', 'Set the bank account first.'),
  bank_account_invalid: entry(422, 'This is not a bank account number', 'Check the number; an IBAN carries its own check digits.'),
  statement_unreadable: entry(422, 'The file is not a statement we can read', 'Send a camt.053 or pain.002 document, or the CSV the docs describe.'),
  statement_known: entry(409, 'This statement was imported already', 'Read the statement that is there.'),
  books_stopped: entry(503, 'New money movement is stopped because the books do not add up', 'Pay another way; the operator has been told.', true),
  payment_source_refused: entry(422, 'The bank refused the top-up', 'Use another source or a smaller amount.'),
  payment_source_unknown: entry(503, 'The bank has not said yet whether it paid', 'Send the same request again in a moment: nothing is taken twice.', true),
  // payments
  payment_not_found: entry(404, 'There is no such payment here', 'Check the payment id.'),
  payment_state_conflict: entry(409, 'The payment is not in a state that allows this', 'Read the payment again and go on from its state.'),
  payment_expired: entry(410, 'The payment waited too long', 'Start a new payment.'),
  looks_used_up: entry(429, 'This payment has used all its looks', 'Pay another way, or start again.'),
  digits_wrong: entry(422, 'The four digits fit nobody who looks like this', 'Check the digits, look again, or pay another way.'),
  pin_required: entry(422, 'This payment needs the PIN', 'Ask the shopper for the PIN.'),
  pin_wrong: entry(422, 'The PIN is wrong', 'Try again, or pay another way.'),
  pin_locked: entry(429, 'Face payment with PIN is off for a while after too many wrong PINs', 'Pay another way; it opens again by itself.', true),
  pin_off: entry(409, 'Face payment with PIN is off for this person after too many wrong PINs', 'Pay another way; sign in on the phone to open it again.'),
  till_locked: entry(429, 'PINs and digits are not taken at this terminal for a while after too many wrong ones', 'Pay another way; it opens again by itself.', true),
  face_off_here: entry(409, 'Faces do not pay here after too many wrong PINs and digits', 'Pay another way; the operator opens it again.'),
  pin_too_simple: entry(422, 'This PIN is too easy to guess', 'Choose six digits that are neither a run nor all the same.'),
  pin_sealed_wrong: entry(422, 'The PIN was sealed for another payment or key', 'Read the current key and seal again.'),
  receipt_invalid: entry(422, 'The match receipt does not hold for this payment', 'Take a new look.'),
  receipt_expired: entry(422, 'The match receipt has expired', 'Take a new look.'),
  receipt_used: entry(409, 'The match receipt was used already', 'Read the payment again; it may be paid.'),
  risk_refused: entry(409, 'Paying by face looks too risky here and now', 'Pay another way.'),
  roll_back_impossible: entry(409, 'There is nothing before these risk rules to go back to', 'Choose the version that should decide.'),
  phone_request_not_found: entry(404, 'There is no such request', 'Look at the list of open requests.'),
  phone_request_over: entry(410, 'This request is over', 'Nothing was charged by it; start again at the till.'),
  phone_needed: entry(422, 'This payment is confirmed on the phone alone', 'Confirm on the phone, show a payment code, or pay another way.'),
  sms_code_impossible: entry(422, 'This payment is not confirmed by a text message', 'Confirm on the phone, use the PIN or a payment code, or pay another way.'),
  sms_code_wrong: entry(422, 'That is not the code of the message', 'Compare shop and amount with the newest message and type it again.'),
  sms_code_over: entry(410, 'The code of the message is no good any more', 'Confirm on the phone, use the PIN or a payment code, or pay another way.'),
  phone_denied: entry(422, 'The payment was refused on the phone', 'Pay another way.'),
  phone_not_me: entry(422, 'The phone said that this was somebody else', 'Pay another way.'),
  phone_timed_out: entry(422, 'The phone did not answer in time', 'Look again, or pay another way.'),
  approval_locked: entry(429, 'Confirming with the PIN is off for a while after too many wrong PINs', 'Use a passkey, or wait as long as Retry-After says.', true),
  approval_off: entry(409, 'Confirming with the PIN is off after too many wrong PINs', 'Use a passkey, or sign in again to open it.'),
  passkey_invalid: entry(422, 'The passkey did not confirm this', 'Try again, or use the PIN.'),
  passkey_unknown: entry(422, 'This passkey is not one of yours here', 'Use the PIN, or add the passkey first.'),
  passkeys_many: entry(422, 'There are as many passkeys as one account may have', 'Remove one you no longer use.'),
  payment_code_invalid: entry(422, 'This payment code is not valid', 'Show the newest code on the phone and scan it again.'),
  payment_code_used: entry(409, 'This payment code was used already', 'Wait for the next code on the phone.'),
  confirmation_due: entry(422, 'Enough went by face alone: this payment needs the PIN', 'Ask the shopper for the PIN, or let them confirm on the phone.'),
  limit_first_payment: entry(422, 'The first payment by face of an account is limited', 'Pay a smaller amount by face, or show a payment code.'),
  limit_payment: entry(422, 'This is more than one payment of this shopper may be', 'Pay a smaller amount, or another way.'),
  limit_day: entry(422, 'This is more than this shopper may still spend today', 'Pay a smaller amount, or another way.'),
  limit_month: entry(422, 'This is more than this shopper may still spend this month', 'Pay a smaller amount, or another way.'),
  limit_category: entry(422, 'This is more than this shopper may still spend at shops of this kind', 'Pay another way.'),
  limit_merchant: entry(422, 'This is more than this shop takes from one shopper', 'Pay a smaller amount, or another way.'),
  limit_needs_proof: entry(422, 'Raising a limit needs a passkey or the PIN', 'Prove it on the phone and send again.'),
  undo_over: entry(410, 'This payment cannot be taken back with one tap, or not any more', 'Ask the shop for a refund, or say that it was not you.'),
  undo_capped: entry(409, 'As many payments were taken back as one account may in this time', 'Ask the shop for a refund, or say that it was not you.'),
  not_me_impossible: entry(409, 'This payment cannot be reported here', 'Refunded payments, payments by code and old ones are for the help desk.'),
  face_case_open: entry(409, 'The face of this person rests until an open case is closed', 'Pay another way; somebody is looking into it.'),
  case_closed: entry(409, 'This case is closed already', 'Read it again.'),
  push_endpoint_unknown: entry(422, 'Notices cannot be sent to this address', 'Use a browser whose push service is known here, or go on without notices.'),
  push_subscriptions_many: entry(422, 'There are as many phones with notices as one account may have', 'Switch them off on one you no longer use.'),
  closing_payment_open: entry(409, 'A payment is on its way', 'Finish or cancel it at the till, or wait some minutes until it is over; then close the account.'),
  closing_first_payment: entry(409, 'A first payment by face can still be taken back', 'Take it back, or wait until the time for that is over; then close the account.'),
  closing_children: entry(409, 'This account is the guardian of a child', 'Close the wallets of the children first; their money comes back.'),
  closing_case_open: entry(409, 'A reported or disputed payment is still being looked into', 'Wait until it is decided, or ask the help desk; then close the account.'),
  closing_top_up_open: entry(409, 'A bank has not said yet whether it paid a top-up', 'Wait a moment until it has; then close the account.'),
  closing_money_left: entry(409, 'There is money in the wallet', 'Withdraw it to a bank account first; then close the account.'),
  face_paused: entry(409, 'Face payment of this person is paused or erased', 'Pay another way.'),
  // captures
  capture_malformed: entry(422, 'The capture is not in the capture format', 'Update the terminal and take a new look.'),
  camera_refused: entry(422, 'The capture comes from a camera that is none', 'Use a real camera, or pay another way.'),
  capture_sealed_for_another: entry(422, 'The capture cannot be opened: sealed for another vault, or altered', 'Read the current vault key and take a new look.'),
  capture_signature_invalid: entry(422, 'The capture is not signed by this terminal', 'Activate the terminal again.'),
  capture_binding_mismatch: entry(422, 'The capture was made for another nonce, purpose, payment or terminal', 'Take a new look for this payment.'),
  nonce_unknown: entry(422, 'The nonce is not one of ours', 'Ask for a new look.'),
  nonce_used: entry(409, 'The nonce was used already: a look counts once', 'Ask for a new look.'),
  nonce_expired: entry(410, 'The nonce has expired', 'Ask for a new look.'),
  face_none: entry(422, 'No face was found', 'Look at the camera, a little closer.'),
  face_several: entry(422, 'Several people are in view', 'One person please: ask the others to step aside.'),
  face_too_small: entry(422, 'The face is too far away', 'Come a little closer.'),
  face_too_dark: entry(422, 'It is too dark', 'Find more light on your face.'),
  face_too_bright: entry(422, 'There is too much light', 'Turn away from the bright light.'),
  face_blurred: entry(422, 'The picture is blurred', 'Hold still for a moment.'),
  face_turned: entry(422, 'The face is turned away', 'Look straight at the camera.'),
  face_off_frame: entry(422, 'The face is at the edge of the picture', 'Move to the middle.'),
  face_not_one_person: entry(422, 'The frames show more than one person', 'Take a new look with one person only.'),
  liveness_failed: entry(422, 'We could not see that somebody is there', 'Follow the words on the screen once more, or take another way.'),
  challenge_impossible: entry(422, 'Too little is left to ask for', 'Leave out at most two kinds of prompts, or pay another way.'),
  image_too_large: entry(413, 'A frame has too many bytes', 'Send frames of at most 2 MiB.'),
  image_too_many_pixels: entry(422, 'A frame has too many pixels', 'Send frames of at most 4 megapixels.'),
  image_too_small: entry(422, 'A frame is too small to show a face', 'Send frames of at least 160 by 160 pixels.'),
  image_format_refused: entry(415, 'A frame is not a JPEG, PNG or WebP picture', 'Send JPEG, PNG or WebP.'),
  image_animated: entry(422, 'A frame is an animation', 'Send single pictures.'),
  image_broken: entry(422, 'A frame cannot be decoded', 'Take a new look.'),
  vault_unavailable: entry(503, 'Face matching is not available right now', 'Try again in a moment, or pay another way.', true),
  key_service_away: entry(503, 'The service that holds the keys over the template keys cannot be asked right now', 'Nothing was changed; do it again once the service answers.', true),
  key_service_refused: entry(502, 'The service that holds the keys over the template keys does not let the vault use them', 'Nothing was changed; put right what the reason names, then do it again.'),
  digits_window_closed: entry(410, 'The time to enter the digits is over', 'Take a new look.'),
  face_needs_new_look: entry(409, 'This face was enrolled with other face models', 'Take a new look on the phone; until then pay another way.'),
  face_unknown: entry(404, 'There is no such face', 'Check the payer reference.'),
  // enrolment
  phone_invalid: entry(422, 'This is not a mobile number', 'Enter the number with its country code.'),
  name_invalid: entry(422, 'This is not a name we can show at a till', 'Enter 1 to 40 letters.'),
  enrolment_not_found: entry(404, 'There is no such enrolment here', 'Start again with your number.'),
  enrolment_state_conflict: entry(409, 'This step was done already or comes later', 'Go on where the enrolment stands.'),
  code_wrong: entry(422, 'The code is wrong', 'Check the newest message and type it again.'),
  code_expired: entry(410, 'The code has expired', 'Ask for a new code.'),
  code_tries_used_up: entry(429, 'Too many wrong codes', 'Ask for a new code.'),
  code_resend_too_soon: entry(429, 'A new code was sent a moment ago', 'Wait as long as Retry-After says.', true),
  sms_unavailable: entry(503, 'Text messages cannot be sent right now', 'Try again later, or ask the shop for help.', true),
  country_closed: entry(422, 'No text messages are sent to this country', 'Use a number of a country that is served here.'),
  consent_required: entry(422, 'Both consents must be ticked', 'Read the text and tick both, or leave.'),
  look_needs_proof: entry(422, 'A new face needs a passkey or the PIN', 'Prove it on the phone and send again.'),
  consent_version_old: entry(409, 'The consent text has changed', 'Read the current text and agree to it.'),
  invite_invalid: entry(410, 'This invitation is over', 'Go on without it, or ask the till for a new one.'),
  // recovery and identity
  sign_in_locked: entry(429, 'Signing in with the PIN is off for a while after too many wrong PINs', 'Use a passkey, or wait as long as Retry-After says.', true),
  sign_in_off: entry(409, 'Signing in with the PIN is off after too many wrong PINs', 'Use a passkey, or show a document to staff.'),
  recovery_not_found: entry(404, 'There is no such recovery', 'Start again with your number, or look at the account on a phone that is signed in.'),
  recovery_needs_proof: entry(422, 'This does not prove enough to change the account', 'Add a passkey or the PIN, or show a document to staff.'),
  recovery_waits: entry(409, 'This change is still cooling down', 'Wait as long as Retry-After says, then finish it.', true),
  recovery_under_way: entry(409, 'Another change of this account is under way', 'Cancel that one first, or wait until it is done.'),
  recovery_guards: entry(409, 'This rests while the account is being recovered, and for a while after it', 'Wait until the time the account page names, or cancel the recovery.'),
  number_taken: entry(409, 'This number belongs to another account', 'Use another number; if it is yours now, sign in with it and say that the account is not yours.'),
  number_missing: entry(409, 'This account has no number', 'Add one on the phone first.'),
  document_mismatch: entry(422, 'The document does not fit the account', 'Check name and date of birth letter by letter; if they are right, it is another account.'),
  identity_provider_missing: entry(409, 'No identity provider is connected here', 'Show a document to staff instead.'),
  identity_provider_away: entry(503, 'The identity provider does not answer', 'Try again in a while, or show a document to the staff.', true),
  identity_not_confirmed: entry(422, 'The identity provider does not confirm this', 'Check name, date of birth and number of the document.'),
  // children
  child_not_found: entry(404, 'There is no such child here', 'Read the list of children again.'),
  children_many: entry(409, 'There are as many children as one guardian may have', 'Close the wallet of one of them first.'),
  born_on_invalid: entry(422, 'This is no date of birth', 'Enter the day the child was born.'),
  child_of_age: entry(422, 'This person is of age', 'They open an account of their own on their own phone; close the wallet here to get its money back.'),
  guardian_not_adult: entry(422, 'Only somebody of age can be a guardian', 'Let an adult add the child on their own phone.'),
  guardian_not_attested: entry(422, 'The date of birth of a guardian has to be attested first', 'Show a document to the staff, or have it checked online where that is offered; then add the child.'),
  adult_required: entry(422, 'An account of one’s own is for adults', 'Let a parent or guardian add the child to their account.'),
  child_closed: entry(409, 'The wallet of this child is closed', 'Read the list of children again.'),
  child_limit_refused: entry(422, 'A child keeps a limit for a payment, a day and a month, and pays at no place of gambling', 'Set another amount.'),
  face_of_guardian: entry(422, 'This is the face of the guardian', 'Let the child look at the camera alone.'),
  review_closed: entry(409, 'This review is closed already', 'Read it again.'),
  // terminals
  activation_code_invalid: entry(422, 'This activation code is not valid', 'Read the code printed where Sonrisa was started.'),
  signature_invalid: entry(401, 'This request was not signed with the key of the terminal', 'Sign it as RFC 9421 and the API docs say, with the key of activation.'),
  signature_stale: entry(401, 'This request was signed too long ago, or ahead of time', 'Go by serverTimeMs and sign it again.'),
  signature_replayed: entry(409, 'This signed request was sent before', 'Sign every request anew.'),
  terminal_moved: entry(409, 'This terminal asks from a network that nobody confirmed for it', 'Confirm it in the list of terminals; until then pay another way.'),
  terminal_clock_off: entry(409, 'The clock of this terminal is wrong by more than five minutes', 'Set it by serverTimeMs; until then pay another way.'),
  terminal_revoked: entry(401, 'This terminal was switched off', 'Activate it again.'),
} as const satisfies Record<string, Entry>;

export type ProblemCode = keyof typeof problemCatalogue;

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  instance: z.string().optional(),
  /** Extra facts a screen needs, e.g. `triesLeft`, `retryAfterS`. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export type ProblemFacts = Record<string, string | number | boolean>;

/** Thrown by adapters and handlers; pure cores return codes instead. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly facts: ProblemFacts | undefined;
  readonly errors: { path: string; message: string }[] | undefined;
  constructor(code: ProblemCode, options: { facts?: ProblemFacts; errors?: { path: string; message: string }[]; cause?: unknown } = {}) {
    super(`${code}: ${problemCatalogue[code].title}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.facts = options.facts;
    this.errors = options.errors;
  }
}

export function renderProblem(error: ProblemError, instance?: string): Problem {
  const { status, title, next } = problemCatalogue[error.code];
  return {
    type: `/docs/problems#${error.code}`,
    title,
    status,
    detail: `${title}. ${next}`,
    code: error.code,
    ...(instance ? { instance } : {}),
    ...(error.facts ? { facts: error.facts } : {}),
    ...(error.errors ? { errors: error.errors } : {}),
  };
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCatalogue, code);
}

export function isTransient(code: ProblemCode): boolean {
  return problemCatalogue[code].transient;
}
