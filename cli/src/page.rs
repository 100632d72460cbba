//! Keeps `docs/cli.md` true: its generated part is made here from the arguments, the exit codes and the routes.
//!
//! `UPDATE_PAGES=1 cargo test -p truckroll-cli page` writes it anew.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use crate::Arguments;
use crate::exit::Failure;
use clap::CommandFactory;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use truckroll_core::device::ActError;
use truckroll_core::wire::Problem;

const BEGIN: &str = "<!-- generated: begin -->\n";
const END: &str = "<!-- generated: end -->\n";

/// Every command with its arguments, one line each.
fn commands(out: &mut String) {
    fn walk(command: &clap::Command, path: &str, out: &mut String) {
        let path = format!("{path} {}", command.get_name()).trim().to_owned();
        if command.has_subcommands() {
            for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
                walk(inner, &path, out);
            }
            return;
        }
        let mut line = path;
        for argument in
            command.get_arguments().filter(|argument| !matches!(argument.get_id().as_str(), "help" | "json"))
        {
            let name = argument.get_value_names().map_or(String::new(), |names| names[0].to_string());
            let shown = match argument.get_long() {
                Some(long) if argument.get_action().takes_values() => format!("--{long} {name}"),
                Some(long) => format!("--{long}"),
                None => name,
            };
            let shown = if argument.is_required_set() { shown } else { format!("[{shown}]") };
            write!(line, " {shown}").unwrap();
        }
        writeln!(out, "| `{line}` | {} |", command.get_about().map(ToString::to_string).unwrap_or_default()).unwrap();
    }
    out.push_str("## Commands\n\n| Command | What it does |\n| --- | --- |\n");
    walk(&Arguments::command(), "", out);
}

/// The name of the schema that a media type's content refers to.
fn schema_name(content: &Value) -> String {
    let name =
        |schema: &Value| schema["$ref"].as_str().map(|path| path.rsplit('/').next().unwrap_or_default().to_owned());
    content
        .as_object()
        .into_iter()
        .flatten()
        .map(|(media_type, content)| {
            let schema = &content["schema"];
            match (name(schema), name(&schema["items"])) {
                (Some(one), _) => one,
                (None, Some(many)) => format!("[{many}]"),
                (None, None) => media_type.clone(),
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// Every route, and the fields of what the office's routes answer.
fn routes(out: &mut String) {
    let document = serde_json::to_value(truckroll_server::openapi()).unwrap();
    out.push_str("\n## HTTP paths\n\n| Request | Body | Answer | What it does |\n| --- | --- | --- | --- |\n");
    let mut named = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = schema_name(&operation["requestBody"]["content"]);
            let answer = schema_name(&operation["responses"]["200"]["content"]);
            named.extend([&body, &answer].map(|name| name.trim_matches(['[', ']']).to_owned()));
            let method = method.to_uppercase();
            writeln!(
                out,
                "| `{method} {path}` | {body} | {answer} | {} |",
                operation["summary"].as_str().unwrap_or_default()
            )
            .unwrap();
        }
    }
    out.push_str("\n## JSON shapes\n\nThe whole document is at `/v1/openapi.json`; `?` marks what may be absent.\n\n");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if !named.contains(name) {
            continue;
        }
        let fields = fields(&document, schema);
        if !fields.is_empty() {
            writeln!(out, "- **{name}**: {}", fields.join(", ")).unwrap();
        }
    }
}

/// The fields of an object, those of flattened parts too.
fn fields(document: &Value, schema: &Value) -> Vec<String> {
    if let Some(path) = schema["$ref"].as_str() {
        return fields(document, document.pointer(path.trim_start_matches('#')).unwrap_or(&Value::Null));
    }
    let parts = ["allOf", "oneOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    let mut all: Vec<String> = Vec::new();
    for field in parts.flat_map(|part| fields(document, part)) {
        if !all.contains(&field) {
            all.push(field);
        }
    }
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let mark = if required.contains(&name.as_str()) { "" } else { "?" };
        all.push(format!("`{name}`{mark}"));
    }
    all
}

/// The codes with which commands end.
fn exit_codes(out: &mut String) {
    let problem = |status| {
        Failure::of(Problem {
            kind: String::new(),
            title: String::new(),
            status,
            detail: String::new(),
            field: None,
            items: Vec::new(),
        })
    };
    let rows = [
        ("0".to_owned(), "Done. For a technician's act: saved, whether it was delivered yet or not."),
        (Failure::because("").code().to_string(), "Failed: a file, a folder, the machine."),
        ("2".to_owned(), "The arguments can't be understood."),
        (problem(409).code().to_string(), "Refused by the rules, of the server or of the engine. Nothing was saved."),
        (Failure::Unreachable(String::new()).code().to_string(), "The server can't be reached."),
        (problem(401).code().to_string(), "The token isn't good."),
    ];
    assert_eq!(Failure::NotDone(ActError::NeedsReason).code(), problem(409).code());
    out.push_str("\n## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n");
    for (code, meaning) in rows {
        writeln!(out, "| {code} | {meaning} |").unwrap();
    }
}

#[test]
fn the_page_says_what_the_command_does() {
    let mut generated = String::new();
    commands(&mut generated);
    exit_codes(&mut generated);
    routes(&mut generated);
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    let page = std::fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    let (before, rest) = page.split_once(BEGIN).expect("the page has a generated part");
    let (stands, after) = rest.split_once(END).expect("the generated part has an end");
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&file, format!("{before}{BEGIN}{generated}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(stands, generated, "docs/cli.md is behind: UPDATE_PAGES=1 cargo test -p truckroll-cli page");
}
