// Which network an address is on, and what it means for a terminal. Addresses change by the day, networks when a terminal moves.
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** As PostgreSQL reads it: without a zone, and IPv4 as itself where it came through an IPv6 socket. Undefined for what is no address. */
export function plainAddress(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return plain !== undefined && (isIPv4(plain) || isIPv6(plain)) ? plain : undefined;
}

/** Loopback, private (RFC 1918, RFC 4193) and link-local: of a machine or a house, not of a place. Takes a plain address. */
export const isPrivate = (address: string): boolean => privateNetworks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

const privateNetworks = new BlockList();
for (const [network, prefix] of [['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['169.254.0.0', 16]] as const) privateNetworks.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [['::1', 128], ['fc00::', 7], ['fe80::', 10]] as const) privateNetworks.addSubnet(network, prefix, 'ipv6');

/** What is on record when a terminal asks for a look from an address. */
export type Recorded = {
  readonly check: 'learned' | 'listed' | 'off';
  /** The address is on one of the networks the store lists. */
  readonly listed: boolean;
  /** It is on one that is known for this terminal. */
  readonly known: boolean;
  /** Some network is known for it. */
  readonly settled: boolean;
};

/** `first`: the network of a terminal's first look becomes known by it. */
export function judgePlace({ check, listed, known, settled }: Recorded): 'known' | 'first' | 'moved' {
  switch (check) {
    case 'off':
      return 'known';
    case 'listed':
      return listed ? 'known' : 'moved';
    case 'learned':
      return known ? 'known' : settled ? 'moved' : 'first';
  }
}
