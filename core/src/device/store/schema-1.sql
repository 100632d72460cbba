-- The phone's store, schema 1. Clear are ids, revisions, days, sequence numbers and sizes; everything else is sealed.

CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT;

-- The server's documents as of the last checkpoint.
CREATE TABLE visit (
    visit TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    open INTEGER NOT NULL,
    handed_over INTEGER NOT NULL DEFAULT 0,
    plan_rev INTEGER NOT NULL,
    progress_rev INTEGER NOT NULL,
    plan BLOB NOT NULL,
    progress BLOB NOT NULL
) STRICT;
CREATE TABLE gate_code (visit TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;

-- What is left of a visit that went away: "moved to Ana, 14:02".
CREATE TABLE stub (visit TEXT NOT NULL PRIMARY KEY, until_day INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;

-- FROZEN: no migration rewrites this table. Facts as they were made; where each is on its way stands in `delivery`.
CREATE TABLE outbox (
    dev_seq INTEGER PRIMARY KEY,
    op_id TEXT NOT NULL UNIQUE,
    visit TEXT NOT NULL,
    deps TEXT NOT NULL,
    size INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE delivery (
    dev_seq INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    seq INTEGER,
    settled_day INTEGER,
    resolved_by TEXT,
    reason BLOB
) STRICT;

-- Pages of a pull that has not reached its checkpoint.
CREATE TABLE stage (position INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
