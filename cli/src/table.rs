//! Tables for people.

use crate::exit::Failure;
use serde_json::Value;
use std::io::{self, Write};

/// A column: its heading, and where in a row its value is, as a JSON pointer.
pub(crate) type Column = (&'static str, &'static str);

/// Prints for whoever reads. A reader that has seen enough (`… | head`) is no failure.
///
/// # Errors
/// When the output can't be written for another reason.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// A table of JSON rows, its columns as wide as their widest cell.
pub(crate) fn table(columns: &[Column], rows: &[Value]) -> String {
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|(_, pointer)| cell(row.pointer(pointer))).collect()).collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(number, (heading, _))| {
            let widest = cells.iter().map(|row| row[number].chars().count()).max().unwrap_or(0);
            widest.max(heading.chars().count())
        })
        .collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let mut out = line(columns.iter().map(|(heading, _)| *heading).collect());
    for row in &cells {
        out.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    out
}

/// A value as a cell: text bare, lists with commas, what is absent as nothing.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace(['\n', '\r', '\t'], " "),
        Some(Value::Array(items)) => items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(", "),
        Some(Value::Object(fields)) => {
            match fields.get("name").or_else(|| fields.get("label")).or_else(|| fields.get("number")) {
                Some(name) => cell(Some(name)),
                None => fields
                    .iter()
                    .map(|(key, value)| format!("{key}={}", cell(Some(value))))
                    .collect::<Vec<_>>()
                    .join(" "),
            }
        }
        Some(other) => other.to_string(),
    }
}

/// A record as lines of name and value.
pub(crate) fn lines(fields: &[Column], record: &Value) -> String {
    let width = fields.iter().map(|(heading, _)| heading.chars().count()).max().unwrap_or(0);
    fields
        .iter()
        .map(|(heading, pointer)| (heading, cell(record.pointer(pointer))))
        .filter(|(_, text)| !text.is_empty())
        .map(|(heading, text)| format!("{heading:<width$}  {text}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [json!({ "a": "one", "b": ["x", "y"] }), json!({ "a": "three", "b": { "name": "Ana" } })];
        assert_eq!(
            table(&[("A", "/a"), ("LIST", "/b"), ("NONE", "/c")], &rows),
            "A      LIST  NONE\none    x, y\nthree  Ana\n"
        );
    }

    #[test]
    fn empty_fields_of_a_record_are_left_out() {
        assert_eq!(lines(&[("name", "/n"), ("note", "/x")], &json!({ "n": 1, "x": null })), "name  1\n");
    }
}
