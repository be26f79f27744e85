// Eight digits that somebody reads out to staff. Only signed-in staff can look one up, and it lives a day.
import { createHmac } from 'node:crypto';
import type { RecoveryDeps } from './index.ts';

const referenceDigits = 8;

export function newReference(deps: Pick<RecoveryDeps, 'random' | 'referenceKey'>): { reference: string; hmac: string } {
  const digits = deps.random.digits(referenceDigits);
  return { reference: `${digits.slice(0, 4)} ${digits.slice(4)}`, hmac: referenceHmac(deps, digits) };
}

export function referenceHmac({ referenceKey }: Pick<RecoveryDeps, 'referenceKey'>, typed: string): string {
  return createHmac('sha256', referenceKey).update(`reference\0${typed.replace(/\D/g, '')}`).digest('base64url');
}
