//! Every sentence that a person reads, by key and language. Apps, server and board show these and write none of their own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::plan::words_enum;

words_enum! {
    /// A language that the words exist in.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    Language {
        /// English.
        En = "en",
        /// Spanish.
        Es = "es",
    }
}

type Table = BTreeMap<String, String>;

static ENGLISH: LazyLock<Table> = LazyLock::new(|| table(include_str!("../words/en.json")));
static SPANISH: LazyLock<Table> = LazyLock::new(|| table(include_str!("../words/es.json")));

fn table(json: &str) -> Table {
    // The tests parse both tables; a table that doesn't parse never ships. An empty one would still show keys.
    serde_json::from_str(json).unwrap_or_default()
}

impl Language {
    /// The language of a locale tag such as `es-MX`; English for any other.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("es") { Self::Es } else { Self::En }
    }

    fn table(self) -> &'static Table {
        match self {
            Self::En => &ENGLISH,
            Self::Es => &SPANISH,
        }
    }
}

/// The text of a key, with `{name}` replaced by values. A key without a text in the language falls back to English,
/// and one without any shows itself: a newer server's key is better seen than swallowed.
pub fn text(key: &str, language: Language, values: &[(&str, &str)]) -> String {
    let template = language.table().get(key).or_else(|| ENGLISH.get(key)).map_or(key, String::as_str);
    fill(template, values)
}

/// Every text of a language by its key, for pages that show them.
pub fn all(language: Language) -> &'static BTreeMap<String, String> {
    language.table()
}

/// Whether a key has a text.
pub fn knows(key: &str) -> bool {
    ENGLISH.contains_key(key)
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + length];
        out.push_str(&rest[..open]);
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=open + length]),
        }
        rest = &rest[open + length + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_the_same_placeholders() {
        let en: Table = serde_json::from_str(include_str!("../words/en.json")).unwrap();
        let es: Table = serde_json::from_str(include_str!("../words/es.json")).unwrap();
        assert_eq!(en.keys().collect::<Vec<_>>(), es.keys().collect::<Vec<_>>());
        let names = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            names.sort();
            names
        };
        for (key, text) in &en {
            assert_eq!(names(text), names(&es[key]), "{key}");
            assert!(!text.trim().is_empty() && !es[key].trim().is_empty(), "{key}");
        }
    }

    #[test]
    fn every_word_of_the_core_has_a_text() {
        use crate::{closeout, derive, fact, gate, judge, lifecycle, plan};
        let mut keys: Vec<String> = Vec::new();
        keys.extend(lifecycle::Status::ALL.iter().map(|status| format!("status.{status}")));
        keys.extend(lifecycle::Need::ALL.iter().map(|need| format!("need.{need}")));
        keys.extend(derive::VisitStatus::ALL.iter().map(|status| format!("status.{status}")));
        keys.extend(derive::OrderStatus::ALL.iter().map(|status| format!("order.{status}")));
        keys.extend(gate::FIELDS.iter().map(|field| format!("field.{field}")));
        keys.extend(gate::BLOCKING.iter().map(|kind| format!("exception.{kind}")));
        keys.extend(closeout::ITEMS.iter().map(|item| format!("closeout.{item}")));
        keys.extend(fact::FlagKind::ALL.iter().map(|kind| format!("flag.{kind}")));
        keys.extend(fact::FlagKind::ALL.iter().map(|kind| format!("exception.{kind}")));
        keys.extend(fact::PhotoKind::ALL.iter().map(|kind| format!("photo.{kind}")));
        keys.extend(fact::TimeKind::ALL.iter().map(|kind| format!("time.{kind}")));
        keys.extend(fact::WorkOutcome::ALL.iter().map(|outcome| format!("outcome.{outcome}")));
        keys.extend(judge::CustomerIntent::ALL.iter().map(|intent| format!("customer.{intent}")));
        keys.extend(judge::Severity::ALL.iter().map(|severity| format!("severity.{severity}")));
        keys.extend(plan::CallType::ALL.iter().map(|word| format!("call.{word}")));
        keys.extend(plan::JobType::ALL.iter().map(|word| format!("job.{word}")));
        keys.extend(plan::QuoteState::ALL.iter().map(|word| format!("quote.{word}")));
        keys.extend(plan::PromiseType::ALL.iter().map(|word| format!("promise.{word}")));
        keys.extend(plan::PartStatus::ALL.iter().map(|word| format!("part.{word}")));
        keys.extend(plan::Lane::ALL.iter().map(|word| format!("lane.{word}")));
        keys.extend(["already_there", "moved_meanwhile", "already_undone"].iter().map(|code| format!("merged.{code}")));
        keys.extend(
            [
                "unknown_kind",
                "invalid",
                "broken_chain",
                "undo_not_latest",
                "undo_too_late",
                "undo_not_own",
                "not_yours",
                "too_large",
                "time_frozen",
                "lost_plan",
            ]
            .iter()
            .map(|code| format!("attention.{code}")),
        );
        let lost: Vec<_> = keys.iter().filter(|key| !knows(key)).collect();
        assert!(lost.is_empty(), "no text for {lost:?}");
    }

    #[test]
    fn values_fill_and_unknown_names_stay() {
        assert_eq!(fill("moved to {name}, {at}", &[("name", "Ana")]), "moved to Ana, {at}");
        assert_eq!(fill("an open { stays", &[]), "an open { stays");
        assert_eq!(text("no.such.key", Language::Es, &[]), "no.such.key");
    }
}
