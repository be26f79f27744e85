-- Text messages that were not let out, and why, in slices of ten minutes: figures for the operator, nobody's number or address.
CREATE TABLE sms_refusal (
  why text NOT NULL CHECK (why IN ('number', 'asker', 'range', 'country', 'budget', 'stranger', 'country_closed')),
  slice timestamptz NOT NULL,
  count integer NOT NULL CHECK (count > 0),
  PRIMARY KEY (why, slice)
);
CREATE INDEX sms_refusal_slice ON sms_refusal (slice);

-- Nothing to assert: a new table, no row changes.
