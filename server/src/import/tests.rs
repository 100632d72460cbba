#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::job::JobReader;
use super::report::{ImportReport, JobSession, Stored, Verdict};
use super::technician::{TechnicianReader, TechnicianRow};
use super::value::{self, Ambiguous};
use super::*;
use std::collections::HashMap;
use truckroll_core::gate::GatePolicy;

/// An import into a store that is only a map: what a store must do with drafts.
fn import(csv: &[u8], store: &mut HashMap<String, job::ContentHash>) -> ImportReport {
    let reader = JobReader::new(csv, GatePolicy::default()).unwrap();
    let mut session = JobSession::new(reader.unknown_columns());
    for row in reader {
        match row.unwrap() {
            Err(refusal) => session.refuse(refusal),
            Ok(draft) => {
                let stored = store.get(draft.number()).copied().map(Stored::Imported);
                if session.take(&draft, stored) == Verdict::Store {
                    store.insert(draft.number().to_owned(), draft.content);
                }
            }
        }
    }
    session.finish()
}

fn once(csv: &str) -> ImportReport {
    import(csv.as_bytes(), &mut HashMap::new())
}

const COLUMNS: &[(&str, &str)] = &[
    ("job_number", "J1"),
    ("date", "2026-11-23"),
    ("call_type", "same_day"),
    ("job_type", "repair"),
    ("trade", "hvac"),
    ("customer_name", "A"),
    ("phone", "+1 555"),
    ("email", ""),
    ("address", "1 Main St"),
    ("lat", "38.25"),
    ("lon", "-85.76"),
    ("time_zone", "America/Kentucky/Louisville"),
    ("access_notes", "front"),
    ("scope", "fix it"),
    ("window_start", "08:00"),
    ("window_end", "10:00"),
    ("quoted_amount", ""),
    ("quote_state", ""),
    ("dispatch_fee", ""),
    ("promise_type", ""),
    ("warranty_until", ""),
    ("decision_makers", ""),
    ("escalation_flags", ""),
    ("parts", ""),
    ("estimated_minutes", ""),
];

/// A file with a header and one sound row, but for these columns.
fn file_with(changes: &[(&str, &str)]) -> String {
    let header: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let row: Vec<String> = COLUMNS
        .iter()
        .map(|(name, value)| changes.iter().find(|(changed, _)| changed == name).map_or(*value, |(_, value)| value))
        .map(|value| format!("\"{}\"", value.replace('"', "\"\"")))
        .collect();
    format!("{}\n{}\n", header.join(","), row.join(","))
}

#[test]
fn one_flaw_in_a_column_refuses_the_row_at_that_column() {
    for (column, value) in [
        ("job_number", ""),
        ("date", "2026-02-30"),
        ("date", "23.11.2026"),
        ("call_type", "whenever"),
        ("call_type", ""),
        ("job_type", "demolition"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("lat", "90.01"),
        ("lat", "NaN"),
        ("lat", "north"),
        ("lon", "-180.5"),
        ("lon", "inf"),
        ("window_start", "25:00"),
        ("window_end", "07:59"),
        ("window_end", "noon"),
        ("quoted_amount", "-1"),
        ("quoted_amount", "1.234"),
        ("quoted_amount", "1,189.00"),
        ("quoted_amount", "99999999999999999999"),
        ("quote_state", "perhaps"),
        ("dispatch_fee", "free"),
        ("promise_type", "soon"),
        ("warranty_until", "2027"),
        ("decision_makers", "-1"),
        ("escalation_flags", "unusual_scope;bad_mood"),
        ("parts", "valve:lost"),
        ("parts", ":on_truck"),
        ("estimated_minutes", "0"),
        ("estimated_minutes", "-5"),
        ("estimated_minutes", "1.5"),
    ] {
        let report = once(&file_with(&[(column, value)]));
        assert_eq!(report.imported, 0, "{column}={value}");
        assert_eq!((report.refused[0].line, report.refused[0].column.as_str()), (2, column), "{value}");
    }
}

#[test]
fn what_is_empty_needs_info_and_hides_what_blocks() {
    for (changes, fields) in [
        (vec![("scope", "")], vec!["scope"]),
        (vec![("address", " ")], vec!["address"]),
        (vec![("access_notes", "")], vec!["access_notes"]),
        (vec![("lat", "")], vec!["coordinates"]),
        (vec![("lon", "")], vec!["coordinates"]),
        (vec![("window_end", "")], vec!["window"]),
        (vec![("date", "")], vec!["window"]),
        (vec![("phone", "")], vec!["phone", "email"]),
        (vec![("scope", ""), ("lon", ""), ("escalation_flags", "unusual_scope")], vec!["scope", "coordinates"]),
    ] {
        let report = once(&file_with(&changes));
        assert_eq!(report.imported, 1, "{changes:?}");
        assert_eq!(report.needs_info["J1"], fields, "{changes:?}");
        assert!(report.blocked.is_empty() && report.field_ready.is_empty(), "{changes:?}");
    }
    let by_mail = once(&file_with(&[("phone", ""), ("email", "a@example.com")]));
    assert_eq!(by_mail.field_ready, ["J1"]);
}

#[test]
fn a_part_that_nobody_confirmed_blocks_after_the_flags() {
    for (parts, blocked) in
        [("valve:on_truck;pump:confirmed", false), ("valve", true), ("valve:ordered", true), ("a:b:backordered", true)]
    {
        let report = once(&file_with(&[("parts", parts), ("escalation_flags", "unusual_scope; unusual_scope")]));
        let expected: &[&str] = if blocked { &["unusual_scope", "parts_unconfirmed"] } else { &["unusual_scope"] };
        assert_eq!(report.blocked["J1"], expected, "{parts}");
    }
}

#[test]
fn physical_lines_are_right_past_quoted_breaks_and_empty_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let rows = [
            "job_number,date,call_type,job_type,time_zone,scope",
            "A,2026-11-23,admin,repair,UTC,\"one",
            "two\"",
            "",
            "B,2026-11-23,nonsense,repair,UTC,x",
            ",,,,,",
            "C,2026-11-23,admin,repair,UTC",
            "D,2026-11-23,admin,repair,UTC,x,,",
            "E,2026-11-23,admin,repair,UTC,x,extra",
        ];
        let report = once(&rows.join(end));
        let refused: Vec<_> = report
            .refused
            .iter()
            .map(|refusal| (refusal.line, refusal.job.as_str(), refusal.column.as_str()))
            .collect();
        assert_eq!(refused, [(5, "B", "call_type"), (7, "C", "scope"), (9, "E", "column_7")], "{end:?}");
        assert_eq!(report.imported, 2);
    }
}

#[test]
fn a_broken_quote_costs_its_own_row_only() {
    let header = "job_number,date,call_type,job_type,time_zone,scope\n";
    for broken in ["A,2026-11-23,admin,repair,UTC,\"open\n", "A,2026-11-23,admin,repair,UTC,\"x\"y\n"] {
        let report = once(&format!(
            "{header}{broken}B,2026-11-23,admin,repair,UTC,\"fine, \"\"really\"\"\"\nC,2026-11-23,admin,repair,UTC,x"
        ));
        assert_eq!(report.imported, 2, "{broken}");
        assert_eq!(
            (report.refused.len(), report.refused[0].line, report.refused[0].column.as_str()),
            (1, 2, "scope"),
            "{broken}"
        );
    }
    let endless = format!(
        "{header}A,2026-11-23,admin,repair,UTC,\"{}\nB,2026-11-23,admin,repair,UTC,x\n",
        "z".repeat(records::ROW_MAX_BYTES * 3)
    );
    let report = once(&endless);
    assert_eq!((report.imported, report.refused[0].line), (1, 2));
}

#[test]
fn bytes_that_are_not_utf8_refuse_the_row_at_their_column() {
    let mut csv = file_with(&[("customer_name", "Z?e")]).into_bytes();
    let at = csv.windows(3).position(|window| window == b"Z?e").unwrap();
    csv[at + 1] = 0xEF;
    let report = import(&csv, &mut HashMap::new());
    assert_eq!(
        (report.refused[0].line, report.refused[0].job.as_str(), report.refused[0].column.as_str()),
        (2, "J1", "customer_name")
    );
}

#[test]
fn a_file_that_no_row_can_be_read_from_says_why() {
    let error = |csv: &[u8]| JobReader::new(csv, GatePolicy::default()).err().unwrap();
    assert!(matches!(error(b""), ImportError::Empty));
    assert!(matches!(error(b"\xFF\xFEj\0"), ImportError::Utf16));
    assert_eq!(error(b"job_number,date,call_type,job_type\n").column(), Some("time_zone"));
    assert_eq!(error(b"job_number,Date,call_type,job_type,time_zone,date\n").column(), Some("date"));
    assert!(matches!(error(b"job_number,\"date\n"), ImportError::Header(_)));
}

#[test]
fn unknown_columns_are_kept_and_reported_once() {
    let csv = "job_number,date,call_type,job_type,time_zone,Roof Colour,empty\nA,2026-11-23,admin,repair,UTC,red,\n";
    let draft = JobReader::new(csv.as_bytes(), GatePolicy::default()).unwrap().next().unwrap().unwrap().unwrap();
    assert_eq!(draft.plan.other.get("roof colour").map(String::as_str), Some("red"));
    assert_eq!(once(csv).unknown_columns, ["roof colour", "empty"]);
    assert!(!serde_json::to_string(&once(&file_with(&[]))).unwrap().contains("unknown_columns"));
}

#[test]
fn a_changed_job_is_refused_and_an_equal_one_is_not_imported_again() {
    let mut store = HashMap::new();
    let sound = file_with(&[]);
    assert_eq!(import(sound.as_bytes(), &mut store).imported, 1);
    let again = import(sound.as_bytes(), &mut store);
    assert_eq!((again.imported, again.field_ready, again.repeated.len()), (0, vec!["J1".to_owned()], 0));
    let changed = import(file_with(&[("scope", "something else")]).as_bytes(), &mut store);
    assert_eq!((changed.imported, changed.refused[0].column.as_str()), (0, "job_number"));
    assert!(changed.field_ready.is_empty());
}

#[test]
fn nothing_of_a_refused_row_stays() {
    let bad = file_with(&[("lat", "91")]);
    let good = file_with(&[]);
    let report = once(&format!("{bad}{}", good.lines().nth(1).unwrap()));
    assert_eq!((report.imported, report.refused.len(), report.repeated.len()), (1, 1, 0));
}

#[test]
fn a_window_on_the_night_of_a_clock_change() {
    let zone = value::time_zone("America/Kentucky/Louisville").unwrap();
    let at = |date: &str, time: &str, ambiguous| {
        value::instant(value::date(date).unwrap(), value::time(time).unwrap(), zone, ambiguous)
    };
    let earlier = at("2026-11-01", "01:30", Ambiguous::Earlier).unwrap();
    let later = at("2026-11-01", "01:30", Ambiguous::Later).unwrap();
    assert_eq!((later - earlier).num_minutes(), 60);
    assert!(at("2026-03-08", "02:30", Ambiguous::Earlier).is_err());
    let report = once(&file_with(&[("date", "2026-03-08"), ("window_start", "02:30")]));
    assert_eq!(report.refused[0].column, "window_start");
}

#[test]
fn amounts_are_exact_cents() {
    assert_eq!([value::cents("1189"), value::cents("0.5"), value::cents("89.99")], [Ok(118_900), Ok(50), Ok(8_999)]);
}

#[test]
fn technicians_are_read_and_refused_by_column() {
    let csv = "vehicle,technician_id,name,certifications,skills,home_lat,home_lon,shift_start,shift_end\n\
        van,T1,Ada,gas:2027-12-31;tdg,hvac;gas,38,-85,07:30,16:30\n\
        van,T1,Ada,gas:2027-12-31;tdg,hvac;gas,38,-85,07:30,16:30\n\
        van,T2,,,,,,,\n\
        van,T3,Bo,gas:soon,,,,,\n\
        van,T4,Cy,,,99,1,,\n";
    let rows: Vec<_> = TechnicianReader::new(csv.as_bytes()).unwrap().map(Result::unwrap).collect();
    let TechnicianRow::Draft(ada) = &rows[0] else { panic!("{:?}", rows[0]) };
    assert_eq!((ada.certifications.len(), ada.skills.len(), ada.home), (2, 2, Some((38.0, -85.0))));
    assert_eq!(rows[1], TechnicianRow::Repeated("T1".to_owned()));
    let refused: Vec<_> = rows
        .iter()
        .filter_map(|row| match row {
            TechnicianRow::Refused(refusal) => Some((refusal.line, refusal.column.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(refused, [(4, "name"), (5, "certifications"), (6, "home_lat")]);
}

/// The contractor's Monday beside the repository, if this checkout has it.
fn louisville(file: &str) -> Option<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/louisville").join(file);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {} isn't there", path.display());
    }
    bytes
}

/// The same file with its columns in the opposite order.
fn reversed_columns(csv: &[u8]) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        writer.write_record(record.iter().collect::<Vec<_>>().into_iter().rev()).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn louisville_imports_as_expected_in_every_form_twice() {
    let (Some(jobs), Some(expected)) = (louisville("jobs.csv"), louisville("expected.json")) else { return };
    let mut expected: ImportReport = serde_json::from_slice(&expected).unwrap();
    let lf = String::from_utf8(jobs).unwrap().replace("\r\n", "\n");
    let (jobs, crlf) = (lf.clone().into_bytes(), lf.replace('\n', "\r\n").into_bytes());
    let with_mark = [b"\xEF\xBB\xBF".as_slice(), &jobs].concat();
    let shuffled = reversed_columns(&crlf);
    let mut store = HashMap::new();
    for (form, csv) in [("plain", &jobs), ("crlf", &crlf), ("byte-order mark", &with_mark), ("shuffled", &shuffled)] {
        let mut report = import(csv, &mut store);
        for (refusal, wanted) in report.refused.iter_mut().zip(&expected.refused) {
            refusal.reason.clone_from(&wanted.reason);
        }
        assert_eq!(report, expected, "{form}");
        expected.imported = 0;
    }
}

#[test]
fn louisville_technicians_are_all_sound() {
    let Some(csv) = louisville("technicians.csv") else { return };
    for row in TechnicianReader::new(csv.as_slice()).unwrap() {
        assert!(matches!(row.unwrap(), TechnicianRow::Draft(_)));
    }
}
