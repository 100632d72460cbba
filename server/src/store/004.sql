-- Where somebody who travels was last, coarsely: the latest only, not a fact, kept for a day (design.md section 6).
CREATE TABLE position (
  company BLOB NOT NULL,
  technician BLOB NOT NULL,
  visit BLOB NOT NULL,
  lat REAL NOT NULL,
  lon REAL NOT NULL,
  accuracy_m REAL NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (company, technician)
) STRICT, WITHOUT ROWID;
