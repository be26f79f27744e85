import { describe, expect, it } from 'vitest';
import { codeIn, isTo, keptMessagesMax, mergeMessages, piecesOf } from './messages.ts';

const message = (n: number, sentAtMs: number, to = '+8613800138000') => ({ id: `msg_${String(n).padStart(32, '0')}`, to, text: '', sentAtMs });

describe('messages', () => {
  it('come newest first, each once', () => {
    const merged = mergeMessages([message(2, 20), message(1, 10)], [message(3, 30), message(2, 20)]);
    expect(merged.map((each) => each.sentAtMs)).toEqual([30, 20, 10]);
  });

  it('of the same instant keep one order, whichever came first', () => {
    const [one, two] = [message(1, 10), message(2, 10)];
    expect(mergeMessages([one], [two])).toEqual(mergeMessages([two], [one]));
  });

  it('are kept up to a limit, and the oldest go', () => {
    const many = Array.from({ length: keptMessagesMax + 5 }, (_, n) => message(n, n));
    const merged = mergeMessages([], many);
    expect(merged).toHaveLength(keptMessagesMax);
    expect(merged.at(-1)?.sentAtMs).toBe(5);
  });
});

describe('search by number', () => {
  it.each([
    ['', true],
    ['8000', true],
    ['138 0013-8000', true],
    ['+86 138', true],
    ['0086138', true],
    ['13900', false],
  ])('%s', (search, found) => expect(isTo(message(1, 1), search)).toBe(found));
});

describe('the code in a text', () => {
  it.each([
    ['Sonrisa: 048213 is your code, valid for 10 minutes.', '048213'],
    ['【Sonrisa】048213 是您的验证码，10 分钟内有效。', '048213'],
    ['Your code is 048213.', '048213'],
    ['Open https://shop.example/phone/#invite=123456 now', null],
    ['Call +8613800138000', null],
    ['Paid 123456.00', null],
    ['Five: 12345, seven: 1234567', null],
  ])('%s', (text, code) => expect(codeIn(text)).toBe(code));
});

describe('links in a text', () => {
  it.each([
    ['Open https://a.example/#x=1.', ['https://a.example/#x=1']],
    ['请打开：http://localhost:8080/phone/#i=Ab_9 （30 分钟内有效）', ['http://localhost:8080/phone/#i=Ab_9']],
    ['打开https://a.example/x，谢谢', ['https://a.example/x']],
    ['javascript:alert(1)', []],
  ])('%s', (text, links) => {
    const pieces = piecesOf(text);
    expect(pieces.filter((piece) => piece.kind === 'link').map((piece) => piece.text)).toEqual(links);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  });
});
