//! What changed between two states of a document: for whoever has the earlier one, a tenth of the whole.
//!
//! RFC 7396 (JSON merge patch) replaces a list whole and can't set a null, and most of what changes on a card stands in its
//! list of technicians; RFC 6902 (JSON patch) names each place by a text of its own. This names places by their keys and
//! sets values there, and does nothing else.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What to set in a card to get a later one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The `seq` of the card that changes. It is only for a watcher who has that very card; nobody else can use it.
    pub from: u64,
    /// Places and their new values: each a path of keys and list positions from the card down, the value behind it.
    pub set: Vec<Vec<Value>>,
}

impl Change {
    /// What changed from the card with the number `from`.
    pub fn between(from: u64, old: &Value, new: &Value) -> Self {
        let mut set = Vec::new();
        collect(&mut Vec::new(), old, new, &mut set);
        Self { from, set }
    }

    /// The later card. `None` when a place isn't there: then it is no change of this card.
    pub fn apply(&self, card: &Value) -> Option<Value> {
        let mut card = card.clone();
        for entry in &self.set {
            let (value, path) = entry.split_last()?;
            let place = path.iter().try_fold(&mut card, |place, key| match key {
                Value::String(name) => place.get_mut(name),
                other => place.get_mut(usize::try_from(other.as_u64()?).ok()?),
            })?;
            value.clone_into(place);
        }
        Some(card)
    }
}

/// Descends where both have the same places, and sets what differs below.
fn collect(path: &mut Vec<Value>, old: &Value, new: &Value, set: &mut Vec<Vec<Value>>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(old), Value::Object(new)) if old.len() == new.len() && old.keys().eq(new.keys()) => {
            for ((key, old), new) in old.iter().zip(new.values()) {
                path.push(key.as_str().into());
                collect(path, old, new, set);
                path.pop();
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (place, (old, new)) in old.iter().zip(new).enumerate() {
                path.push(place.into());
                collect(path, old, new, set);
                path.pop();
            }
        }
        _ => set.push(path.iter().chain([new]).cloned().collect()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// Documents that resemble each other: few names, few values.
    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0_u8..4).prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[abc]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_sequence_of_documents_through_changes_equals_the_whole_ones(
            documents in prop::collection::vec(document(), 1..8)
        ) {
            let mut held = documents[0].clone();
            for (number, pair) in documents.windows(2).enumerate() {
                let change = Change::between(number as u64, &pair[0], &pair[1]);
                let line = serde_json::to_string(&change).unwrap();
                held = serde_json::from_str::<Change>(&line).unwrap().apply(&held).unwrap();
                prop_assert_eq!(&held, &pair[1]);
            }
        }
    }

    #[test]
    fn a_change_names_only_what_differs() {
        let old =
            json!({"seq": 4, "status": "on_site", "since_ms": null, "crew": [{"name": "Ana", "at": 1}], "tags": []});
        let new =
            json!({"seq": 7, "status": "on_site", "since_ms": 9, "crew": [{"name": "Ana", "at": 2}], "tags": ["x"]});
        let change = Change::between(4, &old, &new);
        assert_eq!(
            serde_json::to_value(&change).unwrap(),
            json!({"from": 4, "set": [["crew", 0, "at", 2], ["seq", 7], ["since_ms", 9], ["tags", ["x"]]]})
        );
        assert_eq!(change.apply(&old).unwrap(), new);
        assert_eq!(Change::between(7, &new, &new).set, Vec::<Vec<Value>>::new());
    }

    #[test]
    fn a_change_of_another_document_is_refused() {
        let change = Change { from: 1, set: vec![vec![json!("crew"), json!(1), json!("x")]] };
        assert_eq!(change.apply(&json!({"crew": []})), None);
        assert_eq!(Change { from: 1, set: vec![Vec::new()] }.apply(&json!({})), None);
        assert_eq!(Change { from: 1, set: vec![vec![json!(true), json!(1)]] }.apply(&json!([1])), None);
    }
}
