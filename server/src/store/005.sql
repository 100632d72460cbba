-- Where a push service takes pokes for a phone whose app is asleep. An address is of one phone: whoever signs in on it
-- next brings it along.
CREATE TABLE push_endpoint (
  company BLOB NOT NULL,
  device BLOB NOT NULL,
  service TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (company, device)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX push_endpoint_of_one ON push_endpoint (company, endpoint);
