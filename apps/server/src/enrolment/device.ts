// A phone's browser, known again by a token this server made for it: random bytes and their HMAC. It says nothing about its owner,
// and is no credential: messages are counted for it, and a device that typed a code in is trusted a little.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../adapters/random.ts';

const idBytes = 16;
export type Device = { readonly id: string; readonly token: string };
type DeviceDeps = { random: Random; deviceKey: Uint8Array };

/** The device of a token we made; of anything else a new one. */
export function deviceOf({ random, deviceKey }: DeviceDeps, token: string | undefined): Device {
  const id = token?.split('.')[0] ?? '';
  if (token !== undefined && isSame(token, tokenOf(deviceKey, id))) return { id, token };
  const fresh = Buffer.from(random.bytes(idBytes)).toString('base64url');
  return { id: fresh, token: tokenOf(deviceKey, fresh) };
}

const tokenOf = (key: Uint8Array, id: string): string => `${id}.${createHmac('sha256', key).update(`device\0${id}`).digest('base64url').slice(0, 22)}`;

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
