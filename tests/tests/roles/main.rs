//! Who may do what: every operation of the OpenAPI document, tried by every kind of caller, over real HTTP against the
//! real server.
//!
//! The expected answers are in `table.csv`, written by people and never derived: an operation without a row fails, and so
//! does a row without an operation. Two companies in different time zones stand on the server: East, whose things are
//! asked for, and West. `both` is a dispatcher of both, with one log-in; `other` is West's dispatcher in West, with East's
//! ids; `stranger` is the same dispatcher who says `?company=` East; `device` is an East technician's phone.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod house;
mod request;

use house::{House, Seen};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = include_str!("table.csv");

/// Rows of the table: operation, then the expected status by caller.
fn table() -> Vec<(String, BTreeMap<String, u16>)> {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let callers: Vec<&str> = lines.next().unwrap().split(',').map(str::trim).skip(1).collect();
    assert_eq!(callers, house::CALLERS);
    let row = |line: &str| {
        let mut cells = line.split(',').map(str::trim);
        let operation = cells.next().unwrap().to_owned();
        let statuses: Vec<u16> = cells.map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(statuses.len(), callers.len(), "{operation}");
        (operation, callers.iter().map(|caller| (*caller).to_owned()).zip(statuses).collect())
    };
    lines.map(row).collect()
}

/// `GET /v1/board` of every operation in the document that the server itself gives.
fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let verbs: Vec<String> = item.as_object().unwrap().keys().map(|verb| verb.to_uppercase()).collect();
        verbs.into_iter().map(|verb| format!("{verb} {path}")).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_table_says() {
    let house = House::new().await;
    let table = table();
    let rows: BTreeSet<String> = table.iter().map(|(operation, _)| operation.clone()).collect();
    assert_eq!(rows.len(), table.len(), "an operation stands twice in the table");
    let known = operations(&house.document().await);
    assert_eq!(rows.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without an operation");
    assert_eq!(known.difference(&rows).collect::<Vec<_>>(), Vec::<&String>::new(), "operations without a row");

    let mut wrong = Vec::new();
    for (operation, expected) in &table {
        for caller in house::CALLERS {
            let Seen { status, body } = house.try_as(caller, operation).await;
            if status != expected[caller] {
                wrong.push(format!(
                    "{operation} as {caller}: {status}, expected {}: {}",
                    expected[caller],
                    body.trim()
                ));
            }
            for secret in house.hidden_from(caller, operation) {
                if body.contains(&secret) {
                    wrong.push(format!("{operation} tells {caller} {secret:?}: {body}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// West's owner may do everything in West. What East has is answered word for word like what nobody has.
#[tokio::test]
async fn another_companys_ids_are_answered_like_ids_that_dont_exist() {
    let house = House::new().await;
    let mut tried = 0;
    for operation in operations(&house.document().await) {
        let is_about_one_thing = operation.contains('{') && !operation.starts_with("PUT /v1/blobs");
        if !is_about_one_thing || operation.contains("{day}") {
            continue;
        }
        let (theirs, nobodys) = house.theirs_and_nobodys(&operation).await;
        assert_eq!(theirs.status, nobodys.status, "{operation}: {} / {}", theirs.body, nobodys.body);
        assert_eq!(theirs.body, nobodys.body, "{operation}");
        assert!([404, 400].contains(&theirs.status), "{operation}: {} {}", theirs.status, theirs.body);
        tried += 1;
    }
    assert!(tried >= 25, "{tried}");
}
