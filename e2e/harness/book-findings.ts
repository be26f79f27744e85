// Whether the books hold: what the operator is told, and what the tables say when asked directly.
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';
import type { TestInstance } from './instance.ts';

/** Every finding in words; empty where they hold. */
export async function bookFindings({ instance, stage }: TestInstance): Promise<string[]> {
  const trial = await stage.offices.trialBalance();
  const sums = new Map<string, bigint>();
  for (const { currency, balanceMinor } of trial.rows) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(balanceMinor));
  return [
    ...trial.findings,
    ...(trial.coherent ? [] : ['the trial balance is not coherent']),
    ...[...sums].filter(([, sum]) => sum !== 0n).map(([currency, sum]) => `all accounts in ${currency} sum to ${sum}`),
    ...(await brokenRows(instance.databaseUrl)),
  ];
}

// Each query names what must not exist.
const impossible: Record<string, string> = {
  'a transfer whose legs do not sum to zero': 'SELECT transfer_id FROM entry GROUP BY transfer_id HAVING sum(amount_minor) <> 0 OR count(*) < 2',
  'an account whose balance is not the sum of its entries':
    'SELECT a.id FROM account a LEFT JOIN entry e ON e.account_id = a.id GROUP BY a.id, a.balance_minor HAVING a.balance_minor <> COALESCE(sum(e.amount_minor), 0)',
  'a wallet below zero': "SELECT id FROM account WHERE class IN ('payer_wallet', 'payer_hold') AND balance_minor < 0",
  'a paid payment with other than one capture':
    "SELECT p.id FROM payment p LEFT JOIN transfer t ON t.hold_id = p.id AND t.kind = 'capture' WHERE p.state IN ('captured', 'partially_refunded', 'refunded') GROUP BY p.id HAVING count(t.id) <> 1",
  'a capture without a paid payment':
    "SELECT t.id FROM transfer t LEFT JOIN payment p ON p.id = t.hold_id WHERE t.kind = 'capture' AND (p.id IS NULL OR p.state NOT IN ('captured', 'partially_refunded', 'refunded', 'disputed'))",
};

async function brokenRows(databaseUrl: string): Promise<string[]> {
  return withConnection(databaseUrl, async (query) => {
    const broken: string[] = [];
    for (const [what, sql] of Object.entries(impossible)) {
      const rows = await query(sql);
      if (rows.length > 0) broken.push(`${what}: ${rows.length}`);
    }
    return broken;
  });
}
