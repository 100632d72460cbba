-- The first schema. Ids are UUIDs of 16 bytes; times are milliseconds since 1970 UTC; documents are JSON.
-- Every table but the server's own begins its key with the company: no row is found without one.

CREATE TABLE server (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Authenticates cursors and access tokens. Travels with a backup, so that a cursor from before a restore is known as genuine.
  secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

CREATE TABLE company (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  settings TEXT NOT NULL,
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  head_seq INTEGER NOT NULL DEFAULT 0,
  head_hash BLOB NOT NULL CHECK (length(head_hash) = 32)
) STRICT, WITHOUT ROWID;

-- Lives of the data: each restore from a backup starts the next. Sequence numbers up to from_seq mean the same in both.
CREATE TABLE epoch (
  company BLOB NOT NULL,
  number INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  from_seq INTEGER NOT NULL,
  began_ms INTEGER NOT NULL,
  PRIMARY KEY (company, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  password_hash TEXT,
  active INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_token (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  company BLOB NOT NULL,
  user BLOB NOT NULL,
  label TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE technician (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  -- What the company calls them: the import's technician_id.
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  details TEXT NOT NULL,
  PRIMARY KEY (company, id),
  UNIQUE (company, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  company BLOB NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  technician BLOB NOT NULL,
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  app_version TEXT NOT NULL,
  public_key BLOB NOT NULL,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'locked', 'drained', 'wiped')),
  state_ms INTEGER NOT NULL,
  enrolled_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  -- The latest checkpoint that the phone showed it has applied.
  confirmed_seq INTEGER NOT NULL DEFAULT 0,
  max_dev_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment_code (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  company BLOB NOT NULL,
  technician BLOB NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE challenge (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  company BLOB NOT NULL,
  device BLOB NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE anchor (
  company BLOB NOT NULL,
  device BLOB NOT NULL,
  boot_id TEXT NOT NULL,
  mono_ms INTEGER NOT NULL,
  server_ms INTEGER NOT NULL,
  error_ms INTEGER NOT NULL,
  PRIMARY KEY (company, device, boot_id, mono_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_order (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  number TEXT NOT NULL,
  -- Hash of the imported row: a changed row of a stored job is refused, not overwritten.
  source_hash BLOB,
  PRIMARY KEY (company, id),
  UNIQUE (company, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE visit (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  work_order BLOB NOT NULL,
  -- Site-local day of the window, else of creation: YYYY-MM-DD.
  day TEXT NOT NULL,
  open INTEGER NOT NULL,
  -- When it last became open: a phone that had dropped it gets both documents again.
  opened_seq INTEGER NOT NULL,
  plan_rev INTEGER NOT NULL,
  plan TEXT NOT NULL,
  progress_rev INTEGER NOT NULL DEFAULT 0,
  progress TEXT,
  -- The latest event about the visit: what the board follows.
  card_seq INTEGER NOT NULL,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_by_card ON visit (company, card_seq);
CREATE INDEX visit_by_day ON visit (company, day);
CREATE INDEX visit_by_order ON visit (company, work_order);

CREATE TABLE gate_code (
  company BLOB NOT NULL,
  visit BLOB NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (company, visit)
) STRICT, WITHOUT ROWID;

-- Whether a technician's phone may hold the gate code of a visit.
CREATE TABLE gate_grant (
  company BLOB NOT NULL,
  technician BLOB NOT NULL,
  visit BLOB NOT NULL,
  granted INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  PRIMARY KEY (company, technician, visit)
) STRICT, WITHOUT ROWID;

-- When a technician could see a visit: [from_seq, to_seq).
CREATE TABLE visibility (
  company BLOB NOT NULL,
  technician BLOB NOT NULL,
  visit BLOB NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER,
  code TEXT NOT NULL DEFAULT '',
  to_name TEXT NOT NULL DEFAULT '',
  ended_ms INTEGER,
  PRIMARY KEY (company, technician, visit, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX visibility_ended ON visibility (company, technician, to_seq);
CREATE INDEX visibility_by_visit ON visibility (company, visit, to_seq);

-- When a phone showed that it knows that a visit is gone.
CREATE TABLE revoke_seen (
  company BLOB NOT NULL,
  device BLOB NOT NULL,
  visit BLOB NOT NULL,
  to_seq INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (company, device, visit, to_seq)
) STRICT, WITHOUT ROWID;

-- What a technician's phone must hear of, by the newest change: a pull reads this index and nothing else twice.
CREATE TABLE feed (
  company BLOB NOT NULL,
  technician BLOB NOT NULL,
  topic TEXT NOT NULL CHECK (topic IN ('visit', 'gate_code', 'result')),
  id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (company, technician, topic, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_by_seq ON feed (company, technician, seq);

-- Facts as they came, stored before they are judged, and what became of them.
CREATE TABLE fact (
  company BLOB NOT NULL,
  op_id BLOB NOT NULL CHECK (length(op_id) = 16),
  technician BLOB NOT NULL,
  -- Absent for what the office did on a technician's behalf.
  device BLOB,
  dev_seq INTEGER,
  visit BLOB NOT NULL,
  kind TEXT NOT NULL,
  author TEXT NOT NULL,
  -- The fact as JSON; of one that was too large only size and hash.
  raw TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  error_ms INTEGER,
  state TEXT NOT NULL CHECK (state IN ('applied', 'merged', 'attention')),
  code TEXT,
  seq INTEGER NOT NULL,
  resolution TEXT CHECK (resolution IN ('resent', 'noted', 'discarded')),
  PRIMARY KEY (company, op_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_by_device ON fact (company, device, dev_seq);
CREATE INDEX fact_by_boot ON fact (company, device, boot_id);
CREATE INDEX fact_by_visit ON fact (company, visit);
CREATE INDEX fact_attention ON fact (company, seq) WHERE state = 'attention' AND resolution IS NULL;

-- The log. hash = SHA-256(hash of the one before, header, salted hash of the payload).
CREATE TABLE event (
  company BLOB NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  visit BLOB,
  actor TEXT NOT NULL,
  payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (company, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_by_visit ON event (company, visit, seq);

-- Payloads with their salts: erasing a row leaves the chain intact and the hash without meaning.
CREATE TABLE payload (
  company BLOB NOT NULL,
  seq INTEGER NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  body TEXT NOT NULL,
  PRIMARY KEY (company, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE exception (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  visit BLOB NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  detail TEXT NOT NULL,
  technician BLOB,
  -- The fact that raised it.
  cause BLOB,
  blocks INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  closed_ms INTEGER,
  resolution TEXT NOT NULL DEFAULT '',
  closed_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX exception_by_visit ON exception (company, visit);
CREATE INDEX exception_open ON exception (company, opened_ms) WHERE closed_ms IS NULL;

CREATE TABLE handoff_miss (
  company BLOB NOT NULL,
  op_id BLOB NOT NULL,
  visit BLOB NOT NULL,
  technician BLOB NOT NULL,
  field TEXT NOT NULL,
  miss TEXT NOT NULL,
  text TEXT NOT NULL,
  minutes_lost INTEGER,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (company, op_id)
) STRICT, WITHOUT ROWID;

-- What the customer should be told, by the change that says so.
CREATE TABLE customer_intent (
  company BLOB NOT NULL,
  seq INTEGER NOT NULL,
  intent TEXT NOT NULL,
  visit BLOB NOT NULL,
  cause BLOB,
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'suppressed', 'told')),
  PRIMARY KEY (company, seq, intent)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_intent_by_cause ON customer_intent (company, cause);

CREATE TABLE blob (
  company BLOB NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  size_bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  part_bytes INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  verified_ms INTEGER,
  PRIMARY KEY (company, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_part (
  company BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (company, sha256, number)
) STRICT, WITHOUT ROWID;
