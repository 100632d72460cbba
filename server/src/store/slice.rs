//! A part of a long list.

/// At most so many of what comes after one of a list's items; by default all of it.
#[derive(Clone, Copy, Debug)]
pub struct Slice<Id> {
    /// The item before; `None` begins the list.
    pub after: Option<Id>,
    /// How many; `None` for all.
    pub limit: Option<usize>,
}

impl<Id> Default for Slice<Id> {
    fn default() -> Self {
        Self { after: None, limit: None }
    }
}

impl<Id> Slice<Id> {
    /// The limit as SQL has it: -1 is none.
    pub(super) fn limit(&self) -> i64 {
        self.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX))
    }
}
