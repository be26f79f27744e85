-- Who was recognised at which store, and on which day last: whom a payment there is compared with first. The vault knew
-- both when it signed the receipt; this is what it keeps of it. Goes with the face, and after half a year without a visit.
CREATE TABLE regular (
  merchant_id text NOT NULL,
  store_id text NOT NULL,
  payer_ref text NOT NULL REFERENCES face ON DELETE CASCADE,
  last_on date NOT NULL,
  PRIMARY KEY (merchant_id, store_id, payer_ref)
);
CREATE INDEX regular_payer ON regular (payer_ref);
CREATE INDEX regular_last ON regular (last_on);
