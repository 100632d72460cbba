//! A row whose fields have names.

use super::records::Record;
use super::{Flaw, ImportError};
use std::collections::{BTreeMap, HashMap};

/// The file's columns.
#[derive(Debug)]
pub struct Header {
    names: Vec<String>,
    index: HashMap<String, usize>,
}

impl Header {
    /// Reads the header row. Names are trimmed and compared in lower case; a column without one is `column_N`.
    ///
    /// # Errors
    /// A header that can't be taken apart, that names a column twice, or that lacks one of `required`.
    pub fn read(record: Option<Record>, required: &[&'static str]) -> Result<Self, ImportError> {
        let record = record.ok_or(ImportError::Empty)?;
        let fields = record
            .fields
            .map_err(|(field, reason)| ImportError::Header(format!("can't be read: column {} {reason}", field + 1)))?;
        let mut header = Self { names: Vec::new(), index: HashMap::new() };
        for (number, field) in fields.iter().enumerate() {
            let text = std::str::from_utf8(field)
                .map_err(|_| ImportError::Header(format!("isn't UTF-8 in column {}", number + 1)))?;
            let name = match text.trim() {
                "" => format!("column_{}", number + 1),
                name => name.to_lowercase(),
            };
            if header.index.insert(name.clone(), number).is_some() {
                return Err(ImportError::DuplicateColumn(name));
            }
            header.names.push(name);
        }
        match required.iter().find(|name| !header.index.contains_key(**name)) {
            Some(name) => Err(ImportError::MissingColumn(name)),
            None => Ok(header),
        }
    }

    /// Columns that aren't among `known`, in the file's order.
    pub fn unknown(&self, known: &[&str]) -> Vec<String> {
        self.names.iter().filter(|name| !known.contains(&name.as_str())).cloned().collect()
    }

    /// The name of a column by its number from 0, also past the header's end.
    fn name(&self, number: usize) -> String {
        self.names.get(number).cloned().unwrap_or_else(|| format!("column_{}", number + 1))
    }
}

/// A row with as many fields as the header, all of them text.
#[derive(Debug)]
pub struct Row<'a> {
    /// The physical line on which it starts; the header's is 1.
    pub line: u64,
    header: &'a Header,
    fields: Vec<&'a str>,
}

impl<'a> Row<'a> {
    /// Names a record's fields. `None` for a row without any content: what spreadsheets leave below a table.
    ///
    /// # Errors
    /// A broken quote, bytes that aren't UTF-8, too few fields, or content past the last column.
    pub fn new(header: &'a Header, record: &'a Record) -> Result<Option<Self>, Flaw> {
        let fields = record
            .fields
            .as_ref()
            .map_err(|(number, reason)| Flaw::new(&header.name(*number), format!("this field {reason}")))?;
        let mut texts = Vec::with_capacity(header.names.len());
        for (number, field) in fields.iter().enumerate() {
            let text = std::str::from_utf8(field)
                .map_err(|_| Flaw::new(&header.name(number), "this field isn't UTF-8"))?
                .trim();
            if number < header.names.len() {
                texts.push(text);
            } else if !text.is_empty() {
                return Err(Flaw::new(
                    &header.name(number),
                    format!("the row has {} fields, the header only {}", fields.len(), header.names.len()),
                ));
            }
        }
        if texts.iter().all(|text| text.is_empty()) {
            return Ok(None);
        }
        if texts.len() < header.names.len() {
            return Err(Flaw::new(
                &header.name(texts.len()),
                format!("the row ends after {} of {} fields", texts.len(), header.names.len()),
            ));
        }
        Ok(Some(Self { line: record.line, header, fields: texts }))
    }

    /// A field, trimmed; empty if the file has no such column.
    pub fn get(&self, column: &str) -> &'a str {
        self.header.index.get(column).and_then(|number| self.fields.get(*number)).copied().unwrap_or_default()
    }

    /// The value of a field that may be empty.
    ///
    /// # Errors
    /// What `parse` says, at this column.
    pub fn optional<T>(&self, column: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Flaw> {
        match self.get(column) {
            "" => Ok(None),
            text => parse(text).map(Some).map_err(|reason| Flaw::new(column, reason)),
        }
    }

    /// Fields that aren't empty, by column.
    pub fn filled(&self) -> BTreeMap<&str, &str> {
        self.header
            .names
            .iter()
            .map(String::as_str)
            .zip(self.fields.iter().copied())
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// What a refused row says in a column, as far as it can be read: to name the row to a person.
pub fn best_effort(header: &Header, record: &Record, column: &str) -> String {
    let Ok(fields) = &record.fields else { return String::new() };
    let field = header.index.get(column).and_then(|number| fields.get(*number)).unwrap_or_default();
    String::from_utf8_lossy(field).trim().to_owned()
}
