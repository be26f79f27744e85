// What a merchant's own requests may see: they run as a role of their own, for which row-level security shows the rows of one
// merchant, named for the length of a transaction. A query that forgets its WHERE shows that merchant's rows and no others; one
// that names no merchant shows none. The server's role and the owner pass every policy by a constant, which plans drop.
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { PoolClient } from './pool.ts';

export const merchantRoleOf = (serverRole: string): string => `${serverRole}_merchant`;

/** Runs `work` in one transaction that sees the rows of this merchant. Without roles of their own (docs/database.md) it is a transaction and no more. */
export function asMerchant<Result>(db: Database, merchantId: string, work: (scoped: Database) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(async (scoped) => {
    await sql`SELECT set_config('app.merchant_id', ${merchantId}, true),
                     (SELECT set_config('role', rolname, true) FROM pg_roles WHERE rolname = current_user || '_merchant')`.execute(scoped);
    return work(scoped);
  });
}

/** Null, and so true of no row, where nobody was named. */
const own = `NULLIF(current_setting('app.merchant_id', true), '')`;
const ofOwnPayment = (column: string) => `EXISTS (SELECT FROM payment own WHERE own.id = ${column})`;

/** Which rows are a merchant's. A table that is not here is none of theirs. Policies of the tables asked within apply as well. */
export const merchantRows: Readonly<Record<string, string>> = {
  merchant: `id = ${own}`,
  store: `merchant_id = ${own}`,
  staff: `merchant_id = ${own}`,
  terminal: `merchant_id = ${own}`,
  terminal_network: `EXISTS (SELECT FROM terminal own WHERE own.id = terminal_network.terminal_id)`,
  activation_code: `EXISTS (SELECT FROM store own WHERE own.id = activation_code.store_id)`,
  payment: `merchant_id = ${own}`,
  payment_event: ofOwnPayment('payment_event.payment_id'),
  hold: `merchant_id = ${own}`,
  refund: ofOwnPayment('refund.payment_id'),
  dispute: `EXISTS (SELECT FROM hold own WHERE own.id = dispute.hold_id)`,
  account: `owner_id = ${own} AND class IN ('merchant_payable', 'merchant_settled', 'merchant_reserve')`,
  // A correction may be between two merchants.
  transfer: `merchant_id = ${own} OR (kind = 'adjust' AND ${own} IN (merchant_of(leg_accounts[1]), merchant_of(leg_accounts[2])))`,
  settlement: `merchant_id = ${own}`,
  settlement_line: `EXISTS (SELECT FROM settlement own WHERE own.id = settlement_line.settlement_id)`,
  settlement_progress: `merchant_id = ${own}`,
  payout: `beneficiary = 'merchant' AND beneficiary_id = ${own}`,
  bank_account: `owner = 'merchant' AND owner_id = ${own}`,
  proposal: `owner = 'merchant' AND owner_id = ${own}`,
  payout_order: `beneficiary = 'merchant' AND beneficiary_id = ${own}`,
};

/** Everything else they read, and money they move through the posting functions as the server. */
const merchantWrites: Readonly<Record<string, string>> = {
  activation_code: 'SELECT, INSERT',
  terminal: 'SELECT, UPDATE (state, revoked_at)',
  terminal_network: 'SELECT, UPDATE (known_at, known_by)',
  store: 'SELECT, UPDATE (network_check, networks)',
};

/** Statements that grant the role its reading; run with every run of the migrations. */
export function merchantGrants(quote: (name: string) => string, serverRole: string): string[] {
  const role = quote(merchantRoleOf(serverRole));
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
    `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM ${role}`,
    ...Object.keys(merchantRows).map((table) => `GRANT ${merchantWrites[table] ?? 'SELECT'} ON ${quote(table)} TO ${role}`),
  ];
}

/** Makes policies that are missing or were made from another text, and none else: each locks its table for a moment. */
export async function keepPolicies({ client, serverRole }: { client: PoolClient; serverRole: string }): Promise<void> {
  const { rows } = await client.query<{ table: string; name: string; made_from: string | null }>(
    `SELECT c.relname AS table, p.polname AS name, obj_description(p.oid, 'pg_policy') AS made_from FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity`,
  );
  const madeFrom = new Map(rows.map((row) => [`${row.table} ${row.name}`, row.made_from]));
  const quote = (name: string) => client.escapeIdentifier(name);
  for (const [table, rowsOfMerchant] of Object.entries(merchantRows)) {
    const policies: [name: string, role: string, rows: string][] = [
      ['owner_all', 'CURRENT_USER', 'true'],
      ['server_all', quote(serverRole), 'true'],
      ['merchant_own', quote(merchantRoleOf(serverRole)), rowsOfMerchant],
    ];
    const textOf = (role: string, rows: string) => `${role}: ${rows}`;
    if (policies.every(([name, role, shown]) => madeFrom.get(`${table} ${name}`) === textOf(role, shown))) continue;
    const made = policies.flatMap(([name, role, shown]) => [
      `DROP POLICY IF EXISTS ${name} ON ${quote(table)}`,
      `CREATE POLICY ${name} ON ${quote(table)} TO ${role} USING (${shown})`,
      `COMMENT ON POLICY ${name} ON ${quote(table)} IS ${client.escapeLiteral(textOf(role, shown))}`,
    ]);
    await client.query(['BEGIN', ...made, `ALTER TABLE ${quote(table)} ENABLE ROW LEVEL SECURITY`, `ALTER TABLE ${quote(table)} FORCE ROW LEVEL SECURITY`, 'COMMIT'].join('; '));
  }
}
