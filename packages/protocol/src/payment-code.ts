// The payment code that a shopper's phone shows: eighteen digits which change every half minute and are made without a network.
//
//   7 | handle (8 digits) | one-time digits (8) | check digit
//
// The handle says whose key to look up; it is drawn anew with each key, so two codes of one person have nothing in common for
// long. The one-time digits are a TOTP (RFC 6238) over HMAC-SHA-256. The check digit (Luhn, ISO/IEC 7812-1 annex B) tells a
// mistyped code from a guessed one. An even number of digits fits Code 128 C, the densest barcode of digits.
import { z } from 'zod';
import { fromBase64Url } from './bytes.ts';

export const paymentCodeStepMs = 30_000;
export const paymentCodeLength = 18;
export const handleLength = 8;
const otpLength = 8;
const version = '7';

/** What a phone makes codes from. `key`: 32 bytes, base64url. */
export const paymentCodeKeySchema = z.object({
  handle: z.string().regex(/^[0-9]{8}$/),
  key: z.string(),
  /** Codes made later are refused. */
  expiresAtMs: z.number(),
  /** The server's clock when it answered: the phone's own may be wrong. */
  serverNowMs: z.number(),
});
export type PaymentCodeKey = z.infer<typeof paymentCodeKeySchema>;

export type ParsedCode = { readonly handle: string; readonly otp: string };

/** Number of the half minute since 1970. */
export const codeStepOf = (atMs: number): number => Math.floor(atMs / paymentCodeStepMs);

export async function makePaymentCode(input: { handle: string; key: Uint8Array<ArrayBuffer>; step: number }): Promise<string> {
  const digits = version + input.handle + (await oneTimeDigits(input));
  return digits + luhnDigit(digits);
}

export const makeCodeFromKey = (held: PaymentCodeKey, step: number): Promise<string> =>
  makePaymentCode({ handle: held.handle, key: fromBase64Url(held.key), step });

/** Null for anything that is no payment code of ours, as scanned or typed. */
export function parsePaymentCode(text: string): ParsedCode | null {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^7[0-9]{17}$/.test(digits) || luhnDigit(digits.slice(0, -1)) !== digits.at(-1)) return null;
  return { handle: digits.slice(1, 1 + handleLength), otp: digits.slice(1 + handleLength, -1) };
}

/** As people read it: groups of four, the last of two. */
export const spacedCode = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ');

/** Dynamic truncation as in RFC 4226 section 5.3, on HMAC-SHA-256. */
export async function oneTimeDigits({ key, step }: { key: Uint8Array<ArrayBuffer>; step: number }): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const hmacKey = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new DataView(await crypto.subtle.sign('HMAC', hmacKey, counter.buffer));
  const offset = mac.getUint8(mac.byteLength - 1) & 0x0f;
  const number = mac.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** otpLength).padStart(otpLength, '0');
}

function luhnDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}
