// How long each change waits before it can be made, and what else is a matter of time. Set by SONRISA_RECOVERY_HOURS.

export type CoolDowns = {
  /** A new PIN, proved by a passkey of this account. */
  readonly passkeyMs: number;
  /** A new PIN, proved by a code on the number of the account. */
  readonly smsMs: number;
  /** A new number. */
  readonly numberMs: number;
  /** After staff saw a document. */
  readonly staffMs: number;
  /** Before somebody who now has a number takes it from the account that had it. */
  readonly claimMs: number;
  /** After each change: how much longer little may be spent and nothing changed. */
  readonly watchMs: number;
};

const hourMs = 3_600_000;

export const defaultCoolDowns: CoolDowns = {
  passkeyMs: hourMs,
  smsMs: 24 * hourMs,
  numberMs: 24 * hourMs,
  staffMs: 24 * hourMs,
  claimMs: 24 * hourMs,
  watchMs: 72 * hourMs,
};

/** How long a change that has cooled down may still be made. */
export const readyForMs = 7 * 24 * hourMs;
/** How long a reference that staff were not shown lives. */
export const referenceLifetimeMs = 24 * hourMs;
/** Recoveries one account may have asked for in a day: so many by its owner, so many by anybody else, so many from one number. */
export const recoveriesPerDayMax = 3;
export const dayMs = 24 * hourMs;
/** Documents that do not fit, shown for one reference. */
export const mismatchesMax = 3;
