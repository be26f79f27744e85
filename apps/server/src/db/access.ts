// What the server's own login role may do, table by table. Another role owns the tables and runs the migrations; after each
// run, what stands here is granted anew, so that a function which a migration replaces is executable again by itself. A new
// table is readable and no more until it has its line here.
import { keepPolicies, merchantGrants, merchantRoleOf, merchantRows } from './merchant-access.ts';
import type { Pool, PoolClient } from './pool.ts';
import { SchemaError } from './schema-error.ts';

/** Of the books nothing but SELECT: money is moved by the functions `books_…`, which run as the owner. */
const booksTables = ['account', 'transfer', 'entry', 'hold', 'receipt_used', 'refund', 'payout'] as const;
/** Written once and never again; triggers hold that for the owner too. */
const appendOnlyTables = ['journal', 'journal_node', 'journal_checkpoint', 'payment_event', 'settlement_line', 'risk_rule_set', 'risk_roll_out', 'risk_decision', 'limit_setting', 'identity_level'] as const;

const readAndAdd = 'SELECT, INSERT';
const readAddChange = 'SELECT, INSERT, UPDATE';
const everything = 'SELECT, INSERT, UPDATE, DELETE';

export const tableAccess: Readonly<Record<string, string>> = {
  ...Object.fromEntries(booksTables.map((table) => [table, 'SELECT'])),
  ...Object.fromEntries(appendOnlyTables.map((table) => [table, readAndAdd])),
  // Giving a dispute up moves nothing, so no posting writes it.
  dispute: 'SELECT, UPDATE (state, closed_at)',
  // What was agreed on at the till stays: never the amount, the currency, the merchant or the lines.
  payment: `${readAndAdd}, UPDATE (state, looks_used, look_nonce, payer_id, payer_masked_name, receipt_claims, risk_outcome, digits_tries, last_problem, authorised_at, paid_at, way, code_ref)`,
  idempotency: everything,
  audited_balance: everything,
  audit_state: 'SELECT, UPDATE',
  audit_report: readAndAdd,
  books_stop: `${readAndAdd}, DELETE, UPDATE (paged_at)`,
  books_moment: readAndAdd,
  schema_migration: 'SELECT',
  installation: readAndAdd,
  merchant: `${readAndAdd}, UPDATE (menu, fee_basis_points, fee_terms, category_code, payment_max_minor, payer_day_max_minor)`,
  merchant_key: `${readAndAdd}, UPDATE (revoked_at)`,
  store: `${readAndAdd}, UPDATE (latitude, longitude, network_check, networks)`,
  staff: readAndAdd,
  terminal: readAddChange,
  activation_code: everything,
  payer: readAddChange,
  payer_card: everything,
  invite: readAddChange,
  enrolment: readAddChange,
  consent_record: `${readAndAdd}, UPDATE (payer_id, face_withdrawn_at)`,
  face_look: `${readAndAdd}, DELETE`,
  erasure: `${readAndAdd}, UPDATE (receipt)`,
  session: `${readAndAdd}, UPDATE (revoked_at, look_proved_for, look_proved_at), DELETE`,
  sms_outbox: everything,
  sms_attempt: everything,
  sms_part: everything,
  sms_count: everything,
  sms_refusal: everything,
  look: `${readAndAdd}, UPDATE (outcome, frames_seen)`,
  seen_signature: `${readAndAdd}, DELETE`,
  funding_attempt: readAddChange,
  bank_account: everything,
  settlement: readAddChange,
  settlement_progress: readAddChange,
  payout_file: readAddChange,
  payout_order: readAddChange,
  passkey: everything,
  passkey_challenge: everything,
  phone_request: readAddChange,
  sms_step_up: `${readAndAdd}, UPDATE (tries, used_at)`,
  payment_code: everything,
  operator_act: `${readAndAdd}, UPDATE (status)`,
  operator_person: `${readAndAdd}, UPDATE (revoked_at)`,
  adjustment: readAddChange,
  proposal: `${readAndAdd}, UPDATE (checker_id, state, problem, decided_at)`,
  bank_statement: readAndAdd,
  bank_statement_line: readAddChange,
  reconciliation_break: readAddChange,
  terminal_network: everything,
  attempt_limit: readAddChange,
  limit_use: readAddChange,
  push_subscription: everything,
  recovery: everything,
  account_event: `${readAndAdd}, DELETE, UPDATE (pushed_at, push_next_at, push_attempts)`,
  identity_visit: everything,
  identity_attestation: `${readAndAdd}, DELETE`,
  face_case: `${readAndAdd}, UPDATE (refund, dispute_id, state, finding, note, closed_by, closed_at)`,
  face_review: `${readAndAdd}, UPDATE (state, finding, party, note, closed_by, closed_at, vault_told_at)`,
  own_limit: `${readAndAdd}, UPDATE (cancelled_at), DELETE`,
};

/** On a migrated database, as the owner of its tables. Throws SchemaError when there is no such role. */
export async function grantAccess({ client, serverRole }: { client: PoolClient; serverRole: string }): Promise<void> {
  for (const role of [serverRole, merchantRoleOf(serverRole)]) {
    const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (known.rowCount === 0) throw new SchemaError('role_missing', `There is no role "${role}", which the server needs: make it as docs/database.md shows.`);
  }
  const { rows: tables } = await client.query<{ name: string }>(`SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1`);
  const { rows: functions } = await client.query<{ name: string }>(
    `SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND starts_with(proname, 'books_') ORDER BY 1`,
  );
  const role = client.escapeIdentifier(serverRole);
  const statements = [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
    `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM ${role}`,
    ...tables.map(({ name }) => `GRANT ${tableAccess[name] ?? 'SELECT'} ON ${client.escapeIdentifier(name)} TO ${role}`),
    ...functions.map(({ name }) => `GRANT EXECUTE ON FUNCTION ${name} TO ${role}`),
    ...merchantGrants((name) => client.escapeIdentifier(name), serverRole),
  ];
  await client.query(`BEGIN; ${statements.join('; ')}; COMMIT`);
  await keepPolicies({ client, serverRole });
}

type Log = { warn(line: string): void };

/** At every start. A role that could write the books past the functions is refused in production, and told of in a sandbox. */
export async function keepRole({ pool, mode, log }: { pool: Pool; mode: 'sandbox' | 'production'; log: Log }): Promise<void> {
  const strength = await roleStrength(pool);
  if (strength === undefined) return;
  if (mode === 'production') throw new SchemaError('role_too_strong', strength);
  log.warn(strength);
}

/** A sentence about what the role of these connections may and should not; undefined when it is as limited as it should be. */
export async function roleStrength(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ role: string; isSuper: boolean; mayScope: boolean; owns: boolean; writable: string[] }>(
    `SELECT current_user AS role, (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS "isSuper",
            COALESCE((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = current_user || '_merchant'), false)
              AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($3) AND NOT (relrowsecurity AND relforcerowsecurity)) AS "mayScope",
            COALESCE(bool_or(pg_has_role(relowner, 'MEMBER')), false) AS owns,
            COALESCE(array_agg(relname::text ORDER BY relname) FILTER (WHERE has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE')
              OR has_any_column_privilege(oid, 'UPDATE') OR (relname = ANY ($1) AND has_any_column_privilege(oid, 'INSERT'))), '{}') AS writable
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($1 || $2)`,
    [booksTables, appendOnlyTables, Object.keys(merchantRows)],
  );
  const [found] = rows;
  if (!found) return undefined;
  if (!(found.isSuper || found.owns || found.writable.length > 0)) return found.mayScope ? undefined : unscoped(found.role);
  const why = found.isSuper ? 'is a superuser or passes row-level security' : found.owns ? 'owns the tables' : `may write ${found.writable.join(', ')} directly`;
  return `The database role "${found.role}" ${why}, so the books are not shut to everything but their posting functions: give the server a role of its own as docs/database.md shows.`;
}

const unscoped = (role: string) =>
  `The database role "${role}" cannot take the role "${merchantRoleOf(role)}", or tables have no row-level security, so nothing but the queries keeps merchants apart: set both up as docs/database.md shows.`;
