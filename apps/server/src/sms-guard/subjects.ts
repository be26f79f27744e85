// Whom a message is counted for: the number and its neighbours, and who asks, as an address, its networks, a device, a till.
import { isIP } from 'node:net';
import type { Scope } from './policy.ts';

export type SmsAsk = {
  readonly phone: { readonly e164: string; readonly country: string };
  /** Tells the owner of the number what happened to them: strangers cannot cause it, and it takes nothing of what the number may get as codes. Whoever asks has a limit of their own for it. */
  readonly isNotice?: boolean;
  readonly from: {
    readonly address?: string | undefined;
    /** Of a phone, told by a token this server made. */
    readonly deviceId?: string | undefined;
    readonly inviteId?: string | undefined;
    readonly terminalId?: string | undefined;
  };
};

export type Subjects = Partial<Record<Scope, string>>;

/** A number without its last four digits: ten thousand neighbours. */
const neighbourDigits = 4;

export function subjectsOf({ phone, from, isNotice = false }: SmsAsk): Subjects {
  if (isNotice) return { country: phone.country, installation: 'all' };
  const address = from.address === undefined ? undefined : hostOf(from.address);
  return {
    phone: phone.e164,
    range: phone.e164.slice(0, -neighbourDigits),
    country: phone.country,
    installation: 'all',
    // A till's network is a shop's: its phones are counted there, its invitations by the till.
    ...(address === undefined || from.terminalId !== undefined ? {} : { address, network: networkOf(address), provider: providerOf(address) }),
    ...(from.deviceId === undefined ? {} : { device: from.deviceId }),
    ...(from.inviteId === undefined ? {} : { invite: from.inviteId }),
    ...(from.terminalId === undefined ? {} : { till: from.terminalId }),
  };
}

/** An IPv4 address, or the /64 that one IPv6 subscriber has. */
export function hostOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return isIP(mapped) === 6 ? groupsOf(mapped).slice(0, 4).join(':') : mapped;
}

/** The /24 of an IPv4 address, the /48 of an IPv6 one: what one network usually holds. */
export function networkOf(host: string): string {
  return host.includes(':') ? host.split(':').slice(0, 3).join(':') : host.split('.').slice(0, 3).join('.');
}

/** The /16 of an IPv4 address, the /32 of an IPv6 one: a part of the provider's. */
export function providerOf(host: string): string {
  return host.includes(':') ? host.split(':').slice(0, 2).join(':') : host.split('.').slice(0, 2).join('.');
}

function groupsOf(address: string): string[] {
  const [plain = ''] = address.split('%');
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}
