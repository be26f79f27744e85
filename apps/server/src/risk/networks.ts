// Networks a terminal was seen on: a /24 of IPv4, a /48 of IPv6. Addresses change by the day, networks when a terminal moves.
import { isIPv4, isIPv6 } from 'node:net';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export async function noteNetwork(db: Database, input: { terminalId: string; address: string; nowMs: number }): Promise<void> {
  const network = networkOf(input.address);
  if (network === undefined) return;
  const now = new Date(input.nowMs);
  await sql`INSERT INTO terminal_network (terminal_id, network, first_seen_at, last_seen_at) VALUES (${input.terminalId}, ${network}, ${now}, ${now})
    ON CONFLICT (terminal_id, network) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at`.execute(db);
}

/** Undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return undefined;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const written = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = tail === undefined ? 0 : 8 - written(head).length - written(tail).length;
  const groups = [...written(head), ...Array.from({ length: missing }, () => '0'), ...written(tail)];
  return `${groups.slice(0, 3).map((group) => parseInt(group, 16).toString(16)).join(':')}::/48`;
}
