-- A person signs in once and may be a user of several companies. What joins those is an invitation that the person
-- accepted while signed in, never an e-mail address: anybody can type one.
CREATE TABLE person (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  email TEXT NOT NULL DEFAULT '',
  -- Argon2id; absent for somebody who has API tokens only.
  password_hash TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_email ON person (email) WHERE email <> '';

-- Until now everybody was in one company: their person has the user's id.
INSERT INTO person (id, email, password_hash) SELECT id, email, password_hash FROM user;

DROP INDEX user_by_email;
CREATE TABLE member (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  person BLOB NOT NULL CHECK (length(person) = 16),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (company, id),
  UNIQUE (company, person)
) STRICT, WITHOUT ROWID;
INSERT INTO member (company, id, person, name, role, active) SELECT company, id, id, name, role, active FROM user;
DROP TABLE user;
ALTER TABLE member RENAME TO user;
CREATE INDEX user_by_person ON user (person);

-- A browser is signed in for the person; the company is the one in which it works unless it asks for another.
CREATE TABLE browser (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  person BLOB NOT NULL CHECK (length(person) = 16),
  company BLOB NOT NULL,
  browser TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO browser (hash, person, company, browser, created_ms, expires_ms, revoked_ms)
  SELECT hash, user, company, browser, created_ms, expires_ms, revoked_ms FROM browser_session;
DROP TABLE browser_session;
ALTER TABLE browser RENAME TO browser_session;
CREATE INDEX browser_session_by_person ON browser_session (person);

-- Invitations into a company's office. The code itself is known to whoever was given it only.
CREATE TABLE invitation (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  role TEXT NOT NULL,
  -- For whom, as the one who invites says.
  name TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  -- When it was accepted or withdrawn: it is good once.
  closed_ms INTEGER,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;

-- Who in the office looks after a visit, with its exceptions and its next step. What nobody has is everybody's.
CREATE TABLE desk (
  company BLOB NOT NULL,
  visit BLOB NOT NULL,
  user BLOB NOT NULL,
  PRIMARY KEY (company, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_by_user ON desk (company, user);

-- Desks that were given to somebody else, with the visits that moved, so that it can be taken back.
CREATE TABLE hand_over (
  company BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  from_user BLOB NOT NULL,
  to_user BLOB NOT NULL,
  note TEXT NOT NULL,
  visits TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  undone_ms INTEGER,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
