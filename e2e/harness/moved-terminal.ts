// A terminal that was carried off, as its looks leave it in the database: at home on one network, and asking from another since yesterday. A
// browser on this machine has one address, and a sandbox knows it everywhere.
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';

export const [homeNetwork, elsewhereNetwork] = ['203.0.113.0/24', '198.51.100.0/24'];

export async function moveTerminal(databaseUrl: string, terminalId: string): Promise<void> {
  await withConnection(databaseUrl, (query) => query(
    `INSERT INTO terminal_network (terminal_id, network, first_seen_at, last_seen_at, known_at, known_by) VALUES
       ($1, $2, now() - interval '40 days', now() - interval '2 days', now() - interval '40 days', 'first look'), ($1, $3, now() - interval '1 day', now(), NULL, NULL)`,
    [terminalId, homeNetwork, elsewhereNetwork],
  ));
}
