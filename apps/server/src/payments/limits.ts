// Every limit of a payment, with its unit in its name.

/** Time from the amount to the last step; leaves room to enrol on the phone in between. */
export const paymentLifetimeMs = 15 * 60_000;
/** Looks one payment may take. The vault spends an equal part of the error budget on each: the face package has the same number. */
export const looksMax = 3;
/** Cameras opened for one payment, counting looks that were never compared with anybody. */
export const looksOpenedMax = 20;
/** An authorised payment older than this was left behind by a process that died: the sweep finishes it. */
export const authorisedGraceMs = 10_000;
/** How long a yes on the phone is taken to be moving the money itself. */
export const approvedGraceMs = 10_000;
/** Payments one sweep takes on. */
export const sweepBatchMax = 100;
/** Wrong PINs in a row before face + PIN of that payer pauses. The error budget counts on so many tries: the face package has the same number. */
export const facePinFailuresBeforeDelay = 5;
export const facePinDelayMs = 30_000;
/** Wrong PINs in a row before face + PIN of that payer is off until cleared. */
export const facePinFailuresMax = 50;
/** Tries at the digits that the risk rules ask for, in one look; the vault gives as many at its own. */
export const digitsTriesMax = 3;
/** Wrong PINs and digits at one terminal, whoever they were tried on, before it waits; and before no face pays there until cleared. */
export const terminalFailuresBeforeDelay = 5;
export const terminalFailuresMax = 50;
export const terminalFailureFadesMs = 10 * 60_000;
/** The same of all terminals of a store together. */
export const storeFailuresMax = 250;
export const storeFailureFadesMs = 2 * 60_000;
/** Tries to cancel while the payment keeps changing its state. */
export const cancelTriesMax = 4;
/** How long the till waits for the shopper's phone. */
export const phoneWaitMs = 120_000;
/** How long a phone may stay silent before a code by SMS is offered in its place. */
export const smsCodeAfterMs = 15_000;
/** How long that code is good, and the till waits for it. */
export const smsCodeLifetimeMs = 180_000;
/** Tries at one code; another one is not sent for the same wait. */
export const smsCodeTriesMax = 3;
/** Over which codes that were sent and not used count against the next one (`smsCode.unusedPerDayMax` of ../limits). */
export const unusedWindowMs = 86_400_000;
/** Wrong PINs in a row on the phone before confirming with the PIN pauses. A count of its own: what happens at a till never shuts the phone. */
export const phonePinFailuresBeforeDelay = 5;
export const phonePinDelayMs = 30_000;
/** Wrong PINs in a row on the phone before only signing in again helps. */
export const phonePinFailuresMax = 50;
/**
 * Wrong PINs in a row after a code on the account's number. Stricter than elsewhere: whoever has the number of somebody, for
 * instance because it was given out again, gets twenty guesses at a million PINs, and its owner has other phones to be told on.
 */
export const signInFailuresBeforeDelay = 5;
export const signInDelayMs = 15 * 60_000;
export const signInFailuresMax = 20;
/** By strangers who ask for an account, all of them together. Never shut for good: whoever knows a number could shut it. */
export const lostPinFailuresBeforeDelay = 10;
export const lostPinDelayMs = 24 * 60 * 60_000;
/** How long taking a payment back may be under way; what moved no money until then was cut off, and counts for nothing. */
export const undoUnderWayMs = 60_000;
/** How long after a payment it can be reported on the phone ("that was not me"). */
export const notMeDaysMax = 120;
/** Notices a phone is shown. */
export const noticesMax = 50;
/** The longest time the report about ways to pay covers. */
export const waysDaysMax = 366;
