//! Frames CSV rows and counts physical lines.
//!
//! The `csv` crate takes a row apart, but its line numbers are those at which it began to look for the row, before the
//! rest of a CRLF and before empty lines. And an unclosed quote would swallow the rest of the file. So rows are cut here
//! first, strictly after RFC 4180, and each goes through the crate by itself.

use super::ImportError;
use std::io::{BufReader, Read};

/// Most bytes of one row. What is longer is an unclosed quote or not a job.
pub const ROW_MAX_BYTES: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One framed row.
#[derive(Debug)]
pub struct Record {
    /// The physical line on which it starts; the header's is 1.
    pub line: u64,
    /// Its fields, or the number of the field that can't be read and why.
    pub fields: Result<csv::ByteRecord, (usize, &'static str)>,
}

/// The rows of a file.
pub struct Records<R> {
    input: std::io::Bytes<BufReader<R>>,
    /// Bytes to read again, last one first: what follows a row whose quote is broken.
    again: Vec<u8>,
    /// Number of the physical line that is read next.
    line: u64,
}

/// Where in a row the scan stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scan {
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl<R: Read> Records<R> {
    /// Rows of `input`, past a byte-order mark.
    ///
    /// # Errors
    /// [`ImportError::Utf16`], or what reading fails with.
    pub fn new(input: R) -> Result<Self, ImportError> {
        let mut records =
            Self { input: BufReader::with_capacity(16 * 1024, input).bytes(), again: Vec::new(), line: 1 };
        let mut start = Vec::new();
        while start.len() < BYTE_ORDER_MARK.len() {
            match records.next_byte()? {
                Some(byte) => start.push(byte),
                None => break,
            }
        }
        if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
            return Err(ImportError::Utf16);
        }
        if start != BYTE_ORDER_MARK {
            records.again.extend(start.iter().rev());
        }
        Ok(records)
    }

    fn next_byte(&mut self) -> Result<Option<u8>, std::io::Error> {
        match self.again.pop() {
            Some(byte) => Ok(Some(byte)),
            None => self.input.next().transpose(),
        }
    }

    /// Appends one physical line with its end to `row`, at most `ROW_MAX_BYTES` of it. False at the file's end.
    fn read_line(&mut self, row: &mut Vec<u8>) -> Result<bool, std::io::Error> {
        let mut any = false;
        while let Some(byte) = self.next_byte()? {
            any = true;
            if row.len() <= ROW_MAX_BYTES {
                row.push(byte);
            }
            if byte == b'\r' {
                match self.next_byte()? {
                    Some(b'\n') => row.push(b'\n'),
                    Some(other) => self.again.push(other),
                    None => {}
                }
            }
            if matches!(byte, b'\r' | b'\n') {
                break;
            }
        }
        if any {
            self.line += 1;
        }
        Ok(any)
    }

    /// The next row that isn't empty.
    ///
    /// # Errors
    /// What reading fails with.
    pub fn next_record(&mut self) -> Result<Option<Record>, std::io::Error> {
        let mut row = Vec::new();
        loop {
            row.clear();
            let line = self.line;
            if !self.read_line(&mut row)? {
                return Ok(None);
            }
            if row.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                continue;
            }
            let first_line_end = row.len();
            let fields = match self.complete(&mut row)? {
                Ok(()) => take_apart(&row),
                Err(broken) => {
                    self.again.extend(row[first_line_end..].iter().rev());
                    self.line = line + 1;
                    Err(broken)
                }
            };
            return Ok(Some(Record { line, fields }));
        }
    }

    /// Reads on until every quote is closed. The error names the field.
    fn complete(&mut self, row: &mut Vec<u8>) -> Result<Result<(), (usize, &'static str)>, std::io::Error> {
        let mut scan = Scan::FieldStart;
        let mut field = 0;
        let mut scanned = 0;
        loop {
            for byte in &row[scanned..] {
                scan = match (scan, byte) {
                    (Scan::Quoted, b'"') => Scan::QuoteInQuoted,
                    (Scan::Quoted, _) | (Scan::QuoteInQuoted, b'"') => Scan::Quoted,
                    (_, b',') => {
                        field += 1;
                        Scan::FieldStart
                    }
                    (Scan::FieldStart, b'"') => Scan::Quoted,
                    (state, b'\r' | b'\n') => state,
                    (Scan::QuoteInQuoted, _) => return Ok(Err((field, "has text after its closing quote"))),
                    (Scan::FieldStart | Scan::Plain, _) => Scan::Plain,
                };
            }
            scanned = row.len();
            if scanned > ROW_MAX_BYTES {
                return Ok(Err((field, "makes the row longer than 64 KiB; is a quote not closed?")));
            }
            if scan != Scan::Quoted {
                return Ok(Ok(()));
            }
            if !self.read_line(row)? {
                return Ok(Err((field, "has a quote that is never closed")));
            }
        }
    }
}

fn take_apart(row: &[u8]) -> Result<csv::ByteRecord, (usize, &'static str)> {
    let mut fields = csv::ByteRecord::new();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(row.len()).from_reader(row);
    match reader.read_byte_record(&mut fields) {
        Ok(true) => Ok(fields),
        Ok(false) | Err(_) => Err((0, "can't be read")),
    }
}
