//! The schema's history. A migration that was released is never changed: what comes later is another file.
//!
//! To change the schema, add `00N.sql` to [`MIGRATIONS`]. The test below upgrades every old schema and compares the
//! result with a new database.

use super::Error;
use crate::entropy::Entropy;
use rusqlite::{Connection, OptionalExtension, params};

/// Every migration, in order; the database's `user_version` counts those that ran.
pub const MIGRATIONS: &[&str] = &[
    include_str!("001.sql"),
    include_str!("002.sql"),
    include_str!("003.sql"),
    include_str!("004.sql"),
    include_str!("005.sql"),
    include_str!("006.sql"),
    include_str!("007.sql"),
];

/// The first SQLite without the WAL-reset race that can lose a committed write (design.md section 8).
const SQLITE_MIN: i32 = 3_051_003;

/// Refuses a SQLite that may lose committed writes.
///
/// # Errors
/// [`Error::OldSqlite`] with its version.
pub fn check_sqlite() -> Result<(), Error> {
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(Error::OldSqlite(rusqlite::version().to_owned()));
    }
    Ok(())
}

/// The schema of a database, if this server knows it.
pub(super) fn check_known(connection: &Connection) -> Result<i64, Error> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known { Err(Error::NewerSchema { found, known }) } else { Ok(found) }
}

/// Brings a database to the newest schema, each migration in a transaction of its own.
///
/// # Errors
/// When SQLite is too old, the schema is newer than this server, or a migration fails.
pub fn migrate(connection: &mut Connection) -> Result<(), Error> {
    check_sqlite()?;
    let found = check_known(connection)?;
    for (done, migration) in (0_i64..).zip(MIGRATIONS).filter(|(done, _)| *done >= found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", done + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The database's secret, made when it is first opened.
pub(super) fn secret(connection: &Connection, entropy: &Entropy) -> Result<[u8; 32], Error> {
    let stored = connection.query_row("SELECT secret FROM server WHERE id = 1", [], |row| row.get(0)).optional()?;
    if let Some(secret) = stored {
        return Ok(secret);
    }
    let secret = entropy.bytes::<32>();
    connection.execute("INSERT INTO server (id, secret) VALUES (1, ?1)", params![secret])?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use super::*;

    fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn the_linked_sqlite_keeps_committed_writes() {
        check_sqlite().unwrap();
    }

    #[test]
    fn every_old_schema_upgrades_to_the_newest() {
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh).unwrap();
        for released in 0..=MIGRATIONS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            for migration in &MIGRATIONS[..released] {
                old.execute_batch(migration).unwrap();
            }
            old.pragma_update(None, "user_version", i64::try_from(released).unwrap()).unwrap();
            migrate(&mut old).unwrap();
            assert_eq!(schema(&old), schema(&fresh), "from schema {released}");
        }
    }

    #[test]
    fn every_table_is_strict() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let lax: i64 = connection
            .query_row("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(lax, 0);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(migrate(&mut connection), Err(Error::NewerSchema { found: 999, .. })));
    }
}
