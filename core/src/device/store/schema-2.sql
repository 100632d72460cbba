-- Schema 2: pictures with their upload, and what the technician has seen of a plan.

CREATE TABLE seen (visit TEXT NOT NULL PRIMARY KEY, plan_rev INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;

-- A picture's way to the server. Its bytes are a sealed file, or a row of `picture`.
CREATE TABLE upload (
    sha256 TEXT NOT NULL PRIMARY KEY,
    visit TEXT NOT NULL,
    position INTEGER NOT NULL,
    size INTEGER NOT NULL,
    verified_day INTEGER,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE picture (sha256 TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

CREATE INDEX delivery_state ON delivery (state);
CREATE INDEX outbox_visit ON outbox (visit);
