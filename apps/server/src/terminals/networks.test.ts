import { expect, it } from 'vitest';
import { isPrivate, judgePlace, plainAddress } from './networks.ts';

const learned = { check: 'learned', listed: false, known: false, settled: false } as const;

it.each([
  ['a terminal that never looked settles where it is', learned, 'first'],
  ['on its own network', { ...learned, known: true, settled: true }, 'known'],
  ['on another one', { ...learned, settled: true }, 'moved'],
  ['a list says nothing where networks are learned', { ...learned, settled: true, listed: true }, 'moved'],
  ['on a listed network', { ...learned, check: 'listed', listed: true }, 'known'],
  ['not on the list, before its first look', { ...learned, check: 'listed' }, 'moved'],
  ['not on the list, though it was known before there was one', { ...learned, check: 'listed', known: true, settled: true }, 'moved'],
  ['nothing is checked', { ...learned, check: 'off', settled: true }, 'known'],
] as const)('%s: %o is %s', (_, recorded, place) => {
  expect(judgePlace(recorded)).toBe(place);
});

it.each([
  ['192.0.2.77', '192.0.2.77', false], ['::ffff:192.0.2.77', '192.0.2.77', false], ['::ffff:10.1.2.3', '10.1.2.3', true], ['2001:DB8::1', '2001:DB8::1', false],
  ['fe80::1%eth0', 'fe80::1', true], ['::1', '::1', true], ['fd00::5', 'fd00::5', true], ['127.8.8.8', '127.8.8.8', true], ['172.31.0.1', '172.31.0.1', true], ['172.32.0.1', '172.32.0.1', false],
  ['192.168.7.7', '192.168.7.7', true], ['169.254.1.1', '169.254.1.1', true], ['100.64.0.1', '100.64.0.1', false],
])('%s is read as %s, private: %s', (address, plain, ofAHouse) => {
  expect(plainAddress(address)).toBe(plain);
  expect(isPrivate(plain)).toBe(ofAHouse);
});

it.each([[undefined], [''], ['nowhere'], ['1.2.3'], ['1.2.3.4, 5.6.7.8']])('%s is no address', (address) => {
  expect(plainAddress(address)).toBeUndefined();
});
