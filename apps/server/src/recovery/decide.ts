// What proves enough for what, pure (docs/recovery.md says why). A face is among the proofs and in no rule: whoever looks like
// somebody gets nothing of theirs.

import type { Fit } from '../identity/index.ts';

export const proofs = [
  /** A phone that is still signed in. */
  'session',
  'passkey',
  'pin',
  /** A code on the number the account has. */
  'sms',
  /** A code on another number. */
  'new_sms',
  /** Staff saw a document with the account's name; of an attested account: and with its date of birth. */
  'document',
  'attested_document',
  'face',
] as const;
export type Proof = (typeof proofs)[number];

/** `sign_in`: on another phone. `pin`, `number`: from a phone that is signed in. `account`: no phone any more. */
export const goals = ['sign_in', 'pin', 'number', 'account'] as const;
export type Goal = (typeof goals)[number];
export type CoolDown = 'none' | 'passkey' | 'sms' | 'number' | 'staff';

export type Rule = { readonly goal: Goal; readonly needs: readonly Proof[]; readonly coolDown: CoolDown };

/** The first that is met. */
export const rules: readonly Rule[] = [
  { goal: 'sign_in', needs: ['sms', 'passkey'], coolDown: 'none' },
  { goal: 'sign_in', needs: ['sms', 'pin'], coolDown: 'none' },
  { goal: 'pin', needs: ['session', 'passkey'], coolDown: 'passkey' },
  { goal: 'pin', needs: ['session', 'sms'], coolDown: 'sms' },
  { goal: 'number', needs: ['session', 'new_sms', 'passkey'], coolDown: 'number' },
  { goal: 'number', needs: ['session', 'new_sms', 'pin'], coolDown: 'number' },
  { goal: 'account', needs: ['sms', 'document'], coolDown: 'staff' },
  { goal: 'account', needs: ['new_sms', 'attested_document'], coolDown: 'staff' },
  { goal: 'account', needs: ['new_sms', 'pin', 'document'], coolDown: 'staff' },
];

export type Decision = { readonly ok: true; readonly coolDown: CoolDown } | { readonly ok: false; readonly code: 'recovery_needs_proof' };

/** `among`: for tests of what any set of rules must keep to. */
export function decideRecovery(goal: Goal, proved: readonly Proof[], among: readonly Rule[] = rules): Decision {
  const rule = among.find((each) => each.goal === goal && each.needs.every((need) => proved.includes(need)));
  return rule ? { ok: true, coolDown: rule.coolDown } : { ok: false, code: 'recovery_needs_proof' };
}

/** What a document that staff saw proves of an account. */
export const proofsOfDocument: Readonly<Record<Fit, readonly Proof[]>> = { none: [], name: ['document'], attested: ['document', 'attested_document'] };
