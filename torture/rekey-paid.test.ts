// Each way in which books can differ from what tills were told is a finding; books that agree are none.
import { expect, test } from 'vitest';
import { paidFindings } from './rekey-paid.ts';
import type { Booked, Paid, Wallet } from './rekey-paid.ts';

const paid: Paid = { paymentId: 'pay_1', payerId: 'pyr_a', amountMinor: 120n };
const booked: Booked = { ...paid, capturedMinor: 120n, authorised: 1, captured: 1 };
const wallet: Wallet = { payerId: 'pyr_a', toppedUpMinor: 500n, balanceMinor: 380n };

test.each<{ what: string; booked: Booked[]; balanceMinor?: bigint; found: string[] }>([
  { what: 'as told', booked: [booked], found: [] },
  { what: 'not there', booked: [], found: ['lost: pay_1 is paid and not in the books'] },
  { what: 'of somebody else', booked: [{ ...booked, payerId: 'pyr_b' }], found: ['wrong payer: pay_1 of pyr_a was charged to pyr_b'] },
  { what: 'captured twice', booked: [{ ...booked, captured: 2 }], found: ['not once: pay_1 was authorised 1 times and captured 2 times'] },
  { what: 'held only', booked: [{ ...booked, captured: 0, capturedMinor: 0n }], found: ['not once: pay_1 was authorised 1 times and captured 0 times', 'changed: pay_1 over 120 is held as 120 and captured as 0'] },
  { what: 'over more', booked: [{ ...booked, amountMinor: 121n }], found: ['changed: pay_1 over 120 is held as 121 and captured as 120'] },
  { what: 'and one nobody was told of', booked: [booked, { ...booked, paymentId: 'pay_2' }], found: ['untold: pay_2 moved money and no till was told so'] },
  { what: 'with a wallet that paid twice', booked: [booked], balanceMinor: 260n, found: ['wallet: pyr_a has 260, expected 380'] },
])('$what', ({ booked: holds, balanceMinor = wallet.balanceMinor, found }) => {
  expect(paidFindings({ paid: [paid], booked: holds, wallets: [{ ...wallet, balanceMinor }] })).toEqual(found);
});
