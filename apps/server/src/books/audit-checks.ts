// What must be true of the books at any moment, as queries that return a row for everything that is not.
export type AuditCheck = {
  readonly name: string;
  readonly says: string;
  readonly sql: string;
  /** What a row is about: the audit of every minute looks at those alone that something happened to. `all`: only the audit of everything. */
  readonly row?: 'transfer' | 'hold' | 'payment' | 'all';
};

export const auditChecks: readonly AuditCheck[] = [
  {
    name: 'legs_sum_to_zero',
    row: 'transfer',
    says: 'the legs of a transfer do not sum to zero',
    sql: `SELECT t.id AS what, COALESCE(sum(e.amount_minor), 0)::text AS found, '0' AS expected
            FROM transfer t LEFT JOIN entry e ON e.transfer_id = t.id
           GROUP BY t.id HAVING COALESCE(sum(e.amount_minor), 0) <> 0 OR count(e.leg) < 2`,
  },
  {
    name: 'one_currency',
    row: 'transfer',
    says: 'a leg is in another currency than its transfer',
    sql: `SELECT t.id AS what, a.currency AS found, t.currency AS expected
            FROM transfer t JOIN entry e ON e.transfer_id = t.id JOIN account a ON a.id = e.account_id WHERE a.currency <> t.currency`,
  },
  {
    name: 'balance_is_sum_of_entries',
    row: 'all',
    says: 'the balance of an account is not the sum of its entries',
    sql: `SELECT a.id AS what, a.balance_minor::text AS found, COALESCE(sum(e.amount_minor), 0)::text AS expected
            FROM account a LEFT JOIN entry e ON e.account_id = a.id
           GROUP BY a.id HAVING a.balance_minor <> COALESCE(sum(e.amount_minor), 0)`,
  },
  {
    name: 'sign_rule',
    says: 'an account is on the side of zero it may never be on',
    sql: `SELECT id AS what, balance_minor::text AS found, 'the other sign' AS expected FROM account
           WHERE (class IN ('payer_wallet', 'payer_hold', 'merchant_reserve', 'payout_clearing') AND balance_minor < 0)
              OR (class = 'dispute_clearing' AND balance_minor > 0)`,
  },
  {
    name: 'wallets_are_funding_less_spending',
    row: 'all',
    says: 'wallets and holds together are not what was funded less what was spent',
    sql: `SELECT currency AS what, found::text, expected::text FROM (
            SELECT a.currency, sum(a.balance_minor) AS found,
                   (SELECT COALESCE(sum(CASE WHEN t.kind IN ('capture', 'withdraw') THEN -t.amount_minor ELSE t.amount_minor END), 0)
                      FROM transfer t WHERE t.currency = a.currency AND t.kind IN ('top_up', 'capture', 'refund', 'withdraw', 'dispute_open'))
                   -- What came back, was taken back or was corrected is told by its leg: not each of these concerns a wallet.
                   + (SELECT COALESCE(sum(e.amount_minor), 0) FROM transfer t JOIN entry e ON e.transfer_id = t.id JOIN account w ON w.id = e.account_id
                       WHERE t.currency = a.currency AND t.kind IN ('payout_return', 'dispute_recover', 'adjust') AND w.class = 'payer_wallet') AS expected
              FROM account a WHERE a.class IN ('payer_wallet', 'payer_hold') GROUP BY a.currency) AS totals
           WHERE found <> expected`,
  },
  {
    name: 'held_is_open_holds',
    says: 'what a payer has on hold is not the sum of the open holds',
    sql: `SELECT COALESCE(a.id, h.payer_id) AS what, COALESCE(a.balance_minor, 0)::text AS found, COALESCE(h.held, 0)::text AS expected
            FROM (SELECT * FROM account WHERE class = 'payer_hold') a
            FULL JOIN (SELECT payer_id, currency, sum(amount_minor) AS held FROM hold WHERE state = 'open' GROUP BY payer_id, currency) h
              ON h.payer_id = a.owner_id AND h.currency = a.currency
           WHERE COALESCE(a.balance_minor, 0) <> COALESCE(h.held, 0)`,
  },
  {
    name: 'hold_is_sum_of_its_transfers',
    row: 'hold',
    says: 'what a hold says of capture, refunds and fees is not what its transfers say',
    sql: `SELECT h.id AS what,
                 concat_ws('/', h.amount_minor, h.captured_minor, h.refunded_minor, h.fee_minor, h.fee_returned_minor) AS found,
                 concat_ws('/', t.authorised, t.captured, t.refunded, t.fee, t.fee_returned) AS expected
            FROM hold h JOIN LATERAL (
              SELECT COALESCE(sum(amount_minor) FILTER (WHERE kind = 'authorise'), 0) AS authorised,
                     COALESCE(sum(amount_minor) FILTER (WHERE kind = 'capture'), 0) AS captured,
                     COALESCE(sum(amount_minor) FILTER (WHERE kind = 'refund'), 0) AS refunded,
                     COALESCE(sum(fee_minor) FILTER (WHERE kind = 'capture'), 0) AS fee,
                     COALESCE(sum(fee_minor) FILTER (WHERE kind = 'refund'), 0) AS fee_returned,
                     count(*) FILTER (WHERE kind IN ('capture', 'void')) AS closings
                FROM transfer WHERE hold_id = h.id) t ON true
           WHERE (h.amount_minor, h.captured_minor, h.refunded_minor, h.fee_minor, h.fee_returned_minor)
                   IS DISTINCT FROM (t.authorised, t.captured, t.refunded, t.fee, t.fee_returned)
              OR t.closings <> CASE WHEN h.state = 'open' THEN 0 ELSE 1 END`,
  },
  {
    name: 'payouts_on_their_way',
    says: 'what is on its way to banks is not the sum of the payouts that were sent and not closed',
    sql: `SELECT COALESCE(a.currency, p.currency) AS what, COALESCE(a.balance, 0)::text AS found, COALESCE(p.sent, 0)::text AS expected
            FROM (SELECT currency, sum(balance_minor) AS balance FROM account WHERE class = 'payout_clearing' GROUP BY currency) a
            FULL JOIN (SELECT currency, sum(amount_minor) AS sent FROM payout WHERE state = 'sent' GROUP BY currency) p ON p.currency = a.currency
           WHERE COALESCE(a.balance, 0) <> COALESCE(p.sent, 0)`,
  },
  {
    name: 'disputes_being_decided',
    says: 'what is out for disputes is not what is left of the open ones',
    sql: `SELECT COALESCE(a.currency, d.currency) AS what, COALESCE(a.balance, 0)::text AS found, (-COALESCE(d.open, 0))::text AS expected
            FROM (SELECT currency, sum(balance_minor) AS balance FROM account WHERE class = 'dispute_clearing' GROUP BY currency) a
            FULL JOIN (SELECT h.currency, sum(d.amount_minor - d.recovered_minor) AS open FROM dispute d JOIN hold h ON h.id = d.hold_id
                        WHERE d.state = 'open' AND d.bearer <> 'merchant' GROUP BY h.currency) d ON d.currency = a.currency
           WHERE COALESCE(a.balance, 0) <> -COALESCE(d.open, 0)`,
  },
  {
    name: 'dispute_is_sum_of_its_transfers',
    row: 'hold',
    says: 'what a dispute or its hold says was paid and recovered is not what its transfers say',
    sql: `SELECT h.id AS what, concat_ws('/', d.amount_minor, d.recovered_minor, h.disputed_minor) AS found,
                 concat_ws('/', t.opened, t.recovered, t.opened - t.from_payer) AS expected
            FROM dispute d JOIN hold h ON h.id = d.hold_id JOIN LATERAL (
              SELECT COALESCE(sum(t.amount_minor) FILTER (WHERE t.kind = 'dispute_open'), 0) AS opened,
                     COALESCE(sum(t.amount_minor) FILTER (WHERE t.kind = 'dispute_recover'), 0) AS recovered,
                     COALESCE(sum(t.amount_minor) FILTER (WHERE t.kind = 'dispute_recover' AND EXISTS (
                       SELECT 1 FROM entry e JOIN account a ON a.id = e.account_id WHERE e.transfer_id = t.id AND a.class = 'payer_wallet')), 0) AS from_payer
                FROM transfer t WHERE t.hold_id = d.hold_id) t ON true
           WHERE (d.amount_minor, d.recovered_minor, h.disputed_minor) IS DISTINCT FROM (t.opened, t.recovered, t.opened - t.from_payer)`,
  },
  {
    name: 'payment_agrees_with_hold',
    row: 'payment',
    says: 'a payment is not in the state its money is in',
    sql: `SELECT p.id AS what, p.state AS found, COALESCE(h.state, 'no hold') AS expected
            FROM payment p LEFT JOIN hold h ON h.id = p.id
           WHERE NOT CASE
             WHEN p.state = 'authorised' THEN h.state IS NOT DISTINCT FROM 'open'
             WHEN p.state = 'captured' THEN h.state IS NOT DISTINCT FROM 'captured' AND h.refunded_minor = 0 AND h.disputed_minor = 0
             WHEN p.state = 'partially_refunded' THEN h.state IS NOT DISTINCT FROM 'captured' AND h.refunded_minor BETWEEN 1 AND h.captured_minor - 1
             WHEN p.state = 'refunded' THEN h.state IS NOT DISTINCT FROM 'captured' AND h.refunded_minor = h.captured_minor
             WHEN p.state = 'disputed' THEN h.state IS NOT DISTINCT FROM 'captured'
             ELSE h.state IS NULL OR h.state = 'voided' END`,
  },
  {
    name: 'payment_names_who_was_charged',
    row: 'payment',
    says: 'a payment names another payer than its hold',
    sql: `SELECT p.id AS what, COALESCE(p.payer_id, 'nobody') AS found, h.payer_id AS expected
            FROM payment p JOIN hold h ON h.id = p.id WHERE p.payer_id IS DISTINCT FROM h.payer_id`,
  },
  {
    name: 'payment_events_lead_to_its_state',
    row: 'payment',
    says: 'the last event of a payment does not lead to the state it is in',
    sql: `SELECT p.id AS what, p.state AS found, COALESCE(e.to_state, 'no event') AS expected
            FROM payment p LEFT JOIN LATERAL (SELECT to_state FROM payment_event WHERE payment_id = p.id ORDER BY id DESC LIMIT 1) e ON true
           WHERE e.to_state IS DISTINCT FROM p.state`,
  },
  {
    name: 'top_up_was_collected',
    row: 'transfer',
    says: 'a top-up is not what its source paid',
    sql: `SELECT t.id AS what, concat_ws(' ', t.amount_minor, t.currency, w.owner_id) AS found,
                 COALESCE(concat_ws(' ', f.amount_minor, f.currency, f.payer_id, f.state), 'nothing') AS expected
            FROM transfer t LEFT JOIN funding_attempt f ON f.id = t.hold_id
            LEFT JOIN LATERAL (SELECT a.owner_id FROM entry e JOIN account a ON a.id = e.account_id WHERE e.transfer_id = t.id AND a.class = 'payer_wallet') w ON true
           WHERE t.kind = 'top_up' AND t.hold_id IS NOT NULL
             AND (t.amount_minor, t.currency, w.owner_id, 'succeeded') IS DISTINCT FROM (f.amount_minor, f.currency, f.payer_id, f.state)`,
  },
  {
    name: 'receipt_moved_money_once',
    row: 'all',
    says: 'a consumed receipt names a transfer that does not exist',
    sql: `SELECT r.jti AS what, r.transfer_id AS found, 'a transfer' AS expected
            FROM receipt_used r LEFT JOIN transfer t ON t.id = r.transfer_id WHERE t.id IS NULL`,
  },
];

/** Instead of sums over everything: what one transfer may do to wallets and holds together, by its kind. */
export const walletsPerTransfer: AuditCheck = {
  name: 'wallets_are_funding_less_spending',
  says: 'a transfer does something else to wallets and holds than its kind may',
  row: 'transfer',
  sql: `SELECT t.id AS what, COALESCE(w.minor, 0)::text AS found, (CASE
                 WHEN t.kind IN ('top_up', 'refund', 'dispute_open') THEN t.amount_minor
                 WHEN t.kind IN ('capture', 'withdraw') THEN -t.amount_minor
                 WHEN t.kind IN ('payout_return', 'dispute_recover', 'adjust') THEN COALESCE(w.minor, 0)
                 ELSE 0 END)::text AS expected
          FROM transfer t LEFT JOIN LATERAL (
            SELECT sum(e.amount_minor) AS minor FROM entry e JOIN account a ON a.id = e.account_id
             WHERE e.transfer_id = t.id AND a.class IN ('payer_wallet', 'payer_hold')) w ON true
         WHERE COALESCE(w.minor, 0) <> CASE
                 WHEN t.kind IN ('top_up', 'refund', 'dispute_open') THEN t.amount_minor
                 WHEN t.kind IN ('capture', 'withdraw') THEN -t.amount_minor
                 WHEN t.kind IN ('payout_return', 'dispute_recover', 'adjust') THEN COALESCE(w.minor, 0)
                 ELSE 0 END`,
};
