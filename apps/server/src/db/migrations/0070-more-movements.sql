-- Every other movement: withdrawals, payouts and what becomes of them, settlements, disputes, adjustments; fees of several parts.
ALTER TABLE account DROP CONSTRAINT account_class_known;
ALTER TABLE account ADD CONSTRAINT account_class_known CHECK (class IN ('payer_wallet', 'payer_hold', 'merchant_payable', 'merchant_settled',
  'merchant_reserve', 'platform_fees', 'funding_clearing', 'payout_clearing', 'dispute_clearing', 'dispute_loss'));
ALTER TABLE account DROP CONSTRAINT account_sign;
ALTER TABLE account ADD CONSTRAINT account_sign CHECK (
  (class NOT IN ('payer_wallet', 'payer_hold', 'merchant_reserve', 'payout_clearing') OR balance_minor >= 0)
  AND (class <> 'dispute_clearing' OR balance_minor <= 0));

ALTER TABLE transfer DROP CONSTRAINT transfer_kind_check;
ALTER TABLE transfer ADD CONSTRAINT transfer_kind_known CHECK (kind IN ('top_up', 'authorise', 'capture', 'void', 'refund', 'withdraw',
  'pay_out', 'payout_confirm', 'payout_return', 'settle', 'dispute_open', 'dispute_recover', 'dispute_lose', 'adjust'));

-- What the shopper holds of a dispute; and, where several receive the fee, who got how much ([{receiverId, feeMinor}]).
ALTER TABLE hold ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0 CHECK (disputed_minor >= 0), ADD COLUMN fee_parts jsonb NOT NULL DEFAULT '[]';
ALTER TABLE hold DROP CONSTRAINT hold_refunded_within;
ALTER TABLE hold ADD CONSTRAINT hold_refunded_within CHECK (refunded_minor >= 0 AND refunded_minor + disputed_minor <= captured_minor);

-- Written with the money: money on its way to a bank account. One for each id, and its state moves one way.
CREATE TABLE payout (
  id text PRIMARY KEY,
  beneficiary text NOT NULL CHECK (beneficiary IN ('merchant', 'payer')),
  beneficiary_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  state text NOT NULL CHECK (state IN ('sent', 'confirmed', 'returned')),
  sent_at timestamptz NOT NULL,
  closed_at timestamptz
);
CREATE INDEX payout_sent ON payout (sent_at) WHERE state = 'sent';
CREATE INDEX payout_beneficiary ON payout (beneficiary_id, sent_at);

-- Written with the money: one dispute for each payment.
CREATE TABLE dispute (
  id text PRIMARY KEY,
  hold_id text NOT NULL UNIQUE REFERENCES hold (id),
  bearer text NOT NULL CHECK (bearer IN ('platform', 'merchant', 'insurer')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  recovered_minor bigint NOT NULL DEFAULT 0,
  state text NOT NULL CHECK (state IN ('open', 'recovered', 'lost')),
  reason text NOT NULL DEFAULT '',
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT dispute_recovered_within CHECK (recovered_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX dispute_open ON dispute (opened_at) WHERE state = 'open';
