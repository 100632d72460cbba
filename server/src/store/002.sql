-- Browsers that somebody signed in with. The token itself is known to the browser only.
CREATE TABLE browser_session (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  company BLOB NOT NULL,
  user BLOB NOT NULL,
  browser TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX browser_session_by_user ON browser_session (company, user);

CREATE INDEX user_by_email ON user (email) WHERE email <> '';
