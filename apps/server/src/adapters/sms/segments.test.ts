// Texts as octets: what the standards say, and no character cut in two.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeWording } from '../../enrolment/texts.ts';
import { encodeText, segmentsOf } from './segments.ts';
import { senderFor } from './senders.ts';
import { receiptIn } from './smpp-receipt.ts';

const hex = (text: string) => Buffer.concat(encodeText(text).units).toString('hex');
const lengths = (text: string) => segmentsOf(encodeText(text), 7).map(({ octets }) => octets.length);

describe('a text', () => {
  it('is in the GSM alphabet where that suffices, else UCS-2', () => {
    expect([encodeText('Hi @£ {€}').alphabet, hex('Hi @£ {€}')]).toEqual(['gsm7', '48692000012' + '01b281b651b29']);
    expect([encodeText('码').alphabet, hex('码1')]).toEqual(['ucs2', '78010031']);
    expect(hex('😀')).toBe('d83dde00');
  });

  it.each([
    ['160 letters', 'a'.repeat(160), [160]],
    ['161 letters', 'a'.repeat(161), [153, 8]],
    ['an escape at the edge of a part', `${'a'.repeat(152)}€${'b'.repeat(20)}`, [152, 22]],
    ['70 Chinese characters', '码'.repeat(70), [140]],
    ['71 Chinese characters', '码'.repeat(71), [134, 8]],
    ['an emoji at the edge of a part', `${'码'.repeat(66)}😀${'码'.repeat(10)}`, [132, 24]],
  ])('of %s', (_what, text, expected) => expect(lengths(text)).toEqual(expected));

  it('in parts says which they are, and adds up to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 0, max: 255 }), (text, ref) => {
        const coded = encodeText(text);
        const segments = segmentsOf(coded, ref);
        expect(Buffer.concat(segments.map(({ octets }) => octets))).toEqual(Buffer.concat(coded.units));
        if (segments.length > 1) expect(segments.map(({ udh }) => udh?.toString('hex'))).toEqual(segments.map((_, at) => Buffer.of(5, 0, 3, ref, segments.length, at + 1).toString('hex')));
        for (const { udh, octets } of segments) expect(octets.length + (coded.alphabet === 'ucs2' ? (udh?.length ?? 0) : Math.ceil(((udh?.length ?? 0) * 8) / 7))).toBeLessThanOrEqual(coded.alphabet === 'ucs2' ? 140 : 160);
      }),
      { numRuns: 60 },
    );
  });
});

it.each(['enter', 'new_pin', 'new_number'] as const)('a code (%s) fits one message in both languages', (purpose) => {
  expect((['zh', 'en'] as const).map((locale) => segmentsOf(encodeText(codeWording({ locale, purpose })('123456', 5).text), 0).length)).toEqual([1, 1]);
});

it('a sender is the one of the longest prefix', () => {
  const senders = { '+1': 'us', '+1415': 'sf', '*': 'any' };
  expect(['+14155552671', '+12125550100', '+8613800138000'].map((to) => senderFor(senders, to))).toEqual(['sf', 'us', 'any']);
  expect(senderFor({ '+86': 'cn' }, '+14155552671')).toBeUndefined();
});

it.each([
  ['by its parameters', { esm_class: 4, receipted_message_id: 'A1', message_state: 2, short_message: { message: '' } }, { ref: 'A1', is: 'delivered', detail: 'DELIVRD' }],
  ['by its text', { esm_class: 4, short_message: { message: 'id:77 sub:001 dlvrd:000 submit date:2611290405 done date:2611290406 stat:UNDELIV err:045 text:x' } }, { ref: '77', is: 'undelivered', detail: 'UNDELIV, error 045' }],
  ['in octets', { esm_class: 4, short_message: Buffer.from('id:77 stat:EXPIRED err:000') }, { ref: '77', is: 'undelivered', detail: 'EXPIRED' }],
  ['on its way', { esm_class: 4, short_message: { message: 'id:77 stat:ENROUTE err:000' } }, undefined],
  ['that is a message of a phone', { esm_class: 0, short_message: { message: 'id:77 stat:DELIVRD' } }, undefined],
])('a receipt %s', (_what, pdu, expected) => expect(receiptIn(pdu)).toEqual(expected));
