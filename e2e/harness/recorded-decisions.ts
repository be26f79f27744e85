// Decisions of the risk rules as months of trade would leave them, written straight into the database: of payments that came to
// nothing, so that the books stay as they are.
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';
import type { Instance } from '../../apps/cli/src/instance.ts';

/** Spread over all stores, ten seconds apart, the last one now. Amounts go from 5.00 to 304.99. Once for an instance. */
export async function recordDecisions({ databaseUrl }: Instance, decisions: number): Promise<void> {
  await withConnection(databaseUrl, async (query) => {
    const [there] = await query("SELECT count(*)::int AS payments FROM payment WHERE receipt_number LIKE 'recorded %'");
    if (Number(there?.['payments']) > 0) return;
    await query('BEGIN');
    await query(paymentsSql, [decisions]);
    await query(eventsSql);
    await query(decisionsSql, [decisions]);
    await query('COMMIT');
  });
}

const paymentsSql = `
  INSERT INTO payment (id, merchant_id, store_id, terminal_id, state, amount_minor, currency, fee_basis_points, lines, receipt_number, created_at, expires_at)
  SELECT 'pay_' || md5('recorded ' || n), s.merchant_id, s.id, t.id, 'cancelled', 500 + n * 7919 % 30000, 'CNY', 60, '[]', 'recorded ' || n, at, at + interval '5 minutes'
  FROM (SELECT n, now() - n * interval '10 seconds' AS at FROM generate_series(1, $1::int) n) made
  JOIN (SELECT id, merchant_id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS stores FROM store) s ON s.place = n % s.stores
  CROSS JOIN (SELECT id FROM terminal ORDER BY id LIMIT 1) t`;

const eventsSql = `
  INSERT INTO payment_event (payment_id, at, event, from_state, to_state)
  SELECT id, created_at, 'cancel', 'created', 'cancelled' FROM payment WHERE receipt_number LIKE 'recorded %'`;

// One in fifty is at night, one in forty has somebody else near, one in 200 is dim.
const decisionsSql = `
  INSERT INTO risk_decision (payment_id, at, store_id, terminal_id, rules_version, outcome, fired, asked, signals)
  SELECT p.id, p.created_at, p.store_id, p.terminal_id, (SELECT active FROM risk_roll_out ORDER BY number DESC LIMIT 1), 'allow', '[]',
    '{"rung": "face", "digits": false, "pin": false, "phone": false, "refused": false}',
    jsonb_build_object(
      'payment', jsonb_build_object('amountMinor', p.amount_minor::text, 'hour', CASE WHEN n % 50 = 0 THEN 23 ELSE 8 + n % 12 END),
      'capture', jsonb_build_object('facesMax', CASE WHEN n % 40 = 0 THEN 2 ELSE 1 END, 'nearestOtherRatio', CASE WHEN n % 40 = 0 THEN 0.4 ELSE 0 END, 'onlooker', false,
        'light', CASE WHEN n % 200 = 0 THEN 'dim' ELSE 'good' END, 'padKnown', false, 'padScore', 1, 'looks', 1, 'livenessRefusals', 0, 'simulated', false, 'candidates', 1200, 'margin', 0.02),
      'person', jsonb_build_object('accountAgeH', 900, 'faceAgeH', 900, 'lookAlike', n % 97 = 0, 'paid', 20, 'usualMinor', '2500', 'paidLastHour', 0, 'paidLastDay', 2,
        'spentLastDayMinor', '4100', 'refusalsLastDay', 0, 'wrongPins', 0, 'travelKm', 0, 'travelKmh', 0),
      'terminal', jsonb_build_object('ageH', 2000, 'newNetwork', false, 'looksLastHour', 30, 'failedLastHour', 3),
      'merchant', jsonb_build_object('paidLastWeek', 900, 'refundsLastWeek', 4))
  FROM generate_series(1, $1::int) n JOIN payment p ON p.receipt_number = 'recorded ' || n
  ORDER BY n DESC`;
