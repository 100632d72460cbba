//! Errors of the engine: a rich one inside, and [`ActError`] with only what a caller acts on.

/// Why an engine doesn't open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store was sealed with another key.
    #[error("the key doesn't open this store")]
    WrongKey,
    /// The SQLite library can lose a committed write.
    #[error("SQLite {found} is older than {needed}, which can lose a committed write")]
    SqliteTooOld {
        /// What is linked.
        found: String,
        /// The least that is safe.
        needed: &'static str,
    },
    /// The store was written by a newer app.
    #[error("the store has schema {found}, this app knows up to {known}")]
    TooNew {
        /// The store's schema.
        found: u32,
        /// The latest that this version knows.
        known: u32,
    },
    /// The file is a database of something else.
    #[error("the file is no Truckroll store")]
    NotAStore,
    /// Anything else that the store said.
    #[error(transparent)]
    Store(#[from] EngineError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Why the engine couldn't do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The caller's to act on. Nothing was saved.
    #[error(transparent)]
    Act(#[from] ActError),
    /// SQLite failed. Nothing was saved.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A picture's file could not be written or read.
    #[error("a picture's file failed: {0}")]
    File(#[from] std::io::Error),
    /// A sealed row doesn't open: it was damaged, or moved from another row.
    #[error("row {row} of {table} doesn't open")]
    Damaged {
        /// The table.
        table: &'static str,
        /// The row's identity.
        row: String,
    },
    /// A stored document isn't of its shape.
    #[error("a stored document can't be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// What a caller acts on. Nothing was saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum ActError {
    /// The phone belongs to nobody yet: show the enrolment.
    #[error("this phone is not enrolled")]
    NotEnrolled,
    /// It already belongs to somebody.
    #[error("this phone is already enrolled")]
    AlreadyEnrolled,
    /// The phone doesn't hold such a visit: show Today.
    #[error("no such visit on this phone")]
    NoSuchVisit,
    /// There is no such item, or it was settled meanwhile.
    #[error("no such item")]
    NoSuchItem,
    /// The rules don't allow it here: show the reason's text.
    #[error("not possible now: {reason}")]
    NotPossible {
        /// The reason's key, see [`crate::words`].
        reason: String,
    },
    /// The step asks for a reason: ask for it and try again.
    #[error("a reason is needed")]
    NeedsReason,
    /// Closeout items are missing and not declared: show the closeout.
    #[error("closeout items are missing: {items:?}")]
    Gaps {
        /// Keys of what is missing.
        items: Vec<String>,
    },
    /// A value is empty, impossible or of the wrong form.
    #[error("the value of {field} can't be")]
    WrongValue {
        /// The field's name.
        field: String,
    },
    /// More than a fact or a photo may hold.
    #[error("too large: {size_bytes} bytes, at most {limit_bytes}")]
    TooLarge {
        /// What it has.
        size_bytes: u64,
        /// What it may have.
        limit_bytes: u64,
    },
    /// The phone's storage is full: free some and try again.
    #[error("the storage is full")]
    StorageFull,
    /// The office locked the phone, or it has been offline for longer than its lease. What is unsent stays.
    #[error("this phone is locked")]
    Locked,
    /// The app is going away: try again when it is back.
    #[error("the engine is suspended")]
    Suspended,
    /// The caller withdrew it before it had begun.
    #[error("it was withdrawn")]
    Cancelled,
    /// The store failed in a way that only support can act on; `detail` is for them.
    #[error("the store failed: {detail}")]
    Failed {
        /// What happened.
        detail: String,
    },
}

impl ActError {
    /// A step that the rules don't allow, by the reason's key.
    pub fn not_possible(reason: &str) -> Self {
        Self::NotPossible { reason: reason.to_owned() }
    }

    /// A value that can't be.
    pub fn wrong_value(field: &str) -> Self {
        Self::WrongValue { field: field.to_owned() }
    }
}

impl EngineError {
    /// The part of it that a caller acts on.
    pub fn act(&self) -> ActError {
        match self {
            Self::Act(act) => act.clone(),
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == rusqlite::ErrorCode::DiskFull =>
            {
                ActError::StorageFull
            }
            Self::File(error) if error.kind() == std::io::ErrorKind::StorageFull => ActError::StorageFull,
            Self::Sqlite(_) | Self::File(_) | Self::Damaged { .. } | Self::Unreadable(_) => {
                ActError::Failed { detail: self.to_string() }
            }
        }
    }
}
