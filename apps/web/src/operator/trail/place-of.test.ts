import { expect, it } from 'vitest';
import { hashOf } from '../route.ts';
import { placeOf } from './place-of.ts';

it.each([
  ['case_closed', 'cas_1', '#/cases/cas_1'],
  ['fees_set', 'mer_1', '#/merchants/mer_1'],
  ['faces_decided', 'rev_1', '#/faces?state=closed'],
  ['network_confirmed', 'ter_1', '#/terminals'],
  ['proposal_approved', 'prp_1', '#/proposals'],
  ['own_account_proposed', null, '#/proposals'],
  ['merchant_added', null, '#/merchants'],
  ['dispute_opened', null, '#/cases'],
  ['rules_rolled_back', null, '#/risk'],
  ['person_switched_off', `opp_${'1'.repeat(32)}`, `#/trail?who=opp_${'1'.repeat(32)}`],
  [undefined, 'mer_1', '#/merchants/mer_1'],
] as const)('%s of %s is at %s', (name, subject, hash) => {
  const place = placeOf({ name, subject });
  expect(place && hashOf(place)).toBe(hash);
});

it.each([['books_audited', null], ['payout_confirmed', 'out_1'], [undefined, null]] as const)('%s of %s has no page', (name, subject) => expect(placeOf({ name, subject })).toBeNull());
