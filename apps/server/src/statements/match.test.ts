import { expect, it } from 'vitest';
import type { StatementLine } from '../bank-files/index.ts';
import { matchLine, type Ours } from './match.ts';

const ours = (id: string, amountMinor: bigint, on: string, kind: Ours['kind'] = 'payout'): Ours => ({ kind, id, references: [id, `${id} of theirs`], amountMinor, on });
const fee: Ours = { kind: 'card_fee', id: 'c', references: ['c', 'c of theirs'], amountMinor: null, on: '2026-11-20' };
const waiting = [
  ours('a', -500n, '2026-11-20'),
  ours('b', -700n, '2026-11-20'),
  ours('b2', -700n, '2026-11-21'),
  ours('c', 900n, '2026-11-20', 'transfer'),
  ours('a', 500n, '2026-11-20', 'payout_return'),
  fee,
];
const line = (rest: Partial<StatementLine>): StatementLine => ({ reference: '', amountMinor: -500n, bookedOn: '2026-11-21', text: '', isReturn: false, ...rest });

it.each<[string, Partial<StatementLine>, string]>([
  ['our reference and amount', { reference: 'a' }, 'matched a payout by reference'],
  ['our reference, long after', { reference: 'a', bookedOn: '2027-01-01' }, 'matched a payout by reference'],
  ['our reference, another amount', { reference: 'a', amountMinor: -499n }, 'amount_differs a'],
  ['our reference, the other direction', { reference: 'a', amountMinor: 500n }, 'amount_differs a'],
  ['a return by our reference', { reference: 'a', amountMinor: 500n, isReturn: true }, 'matched a payout_return by reference'],
  ['a return without reference', { amountMinor: 500n, isReturn: true }, 'unknown'],
  ['no reference, one of this amount in these days', {}, 'matched a payout by amount_and_date'],
  ['no reference, four days later', { bookedOn: '2026-11-24' }, 'matched a payout by amount_and_date'],
  ['no reference, five days later', { bookedOn: '2026-11-25' }, 'unknown'],
  ['no reference, two of this amount', { amountMinor: -700n }, 'unknown'],
  ['no reference, money that came in', { amountMinor: 900n }, 'matched c transfer by amount_and_date'],
  ['the reference of a stranger, our amount', { reference: 'rent' }, 'unknown'],
  ['their own reference', { reference: 'c of theirs', amountMinor: 900n }, 'matched c transfer by reference'],
  ['what they keep of a charge', { reference: 'c of theirs', amountMinor: -27n }, 'matched c card_fee by reference'],
  ['a charge of another amount', { reference: 'c of theirs', amountMinor: 899n }, 'amount_differs c'],
  ['what they keep without a reference', { amountMinor: -27n }, 'unknown'],
  ['an amount of nobody', { amountMinor: -1n }, 'unknown'],
])('%s: %s', (_name, given, expected) => {
  const match = matchLine(line(given), waiting);
  const said = match.is === 'matched' ? `matched ${match.ours.id} ${match.ours.kind} by ${match.by}` : match.is === 'amount_differs' ? `amount_differs ${match.ours.id}` : 'unknown';
  expect(said).toBe(expected);
});
