// Cool-downs of account recovery as they are configured: "staff:48, watch:168" changes two of the defaults, in hours.
import { defaultCoolDowns, type CoolDowns } from './recovery/index.ts';

const hourMs = 3_600_000;
const hoursMax = 720;
const names = { passkey: 'passkeyMs', sms: 'smsMs', number: 'numberMs', staff: 'staffMs', claim: 'claimMs', watch: 'watchMs' } as const;

/** Undefined when it is written otherwise. Nothing can be shorter than an hour: what does not wait is told to nobody in time. */
export function readCoolDowns(text: string): CoolDowns | undefined {
  const parts = text.split(',').map((part) => /^\s*([a-z]+):([1-9]\d{0,2})\s*$/.exec(part));
  const coolDowns = { ...defaultCoolDowns };
  for (const part of text.trim() === '' ? [] : parts) {
    const name = part?.[1];
    if (name === undefined || !Object.hasOwn(names, name) || Number(part?.[2]) > hoursMax) return undefined;
    coolDowns[names[name as keyof typeof names]] = Number(part?.[2]) * hourMs;
  }
  return coolDowns;
}
