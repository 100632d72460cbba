//! The store's schema and how an older one becomes it.

use super::APPLICATION_ID;
use crate::device::OpenError;
use rusqlite::Connection;

/// The steps from an empty file to the latest schema. Released steps never change; the table `outbox` is never touched again.
pub(super) const STEPS: &[&str] =
    &[include_str!("schema-1.sql"), include_str!("schema-2.sql"), include_str!("schema-3.sql")];

/// Brings a store to the latest schema, each step in its own transaction.
pub(super) fn upgrade(connection: &Connection) -> Result<(), OpenError> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (found != 0 || tables != 0) {
        return Err(OpenError::NotAStore);
    }
    let known = STEPS.len() as u32;
    if found > known {
        return Err(OpenError::TooNew { found, known });
    }
    for (index, step) in STEPS.iter().enumerate().skip(found as usize) {
        let transaction = connection.unchecked_transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", index as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
