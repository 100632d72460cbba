//! What a fact's payload may hold. The phone refuses before it says "saved"; a payload that arrives wrong goes to attention.

use crate::fact::{Body, EstimateLine};

/// Longest free text, characters: a page of notes, and far below a fact's 64 KiB in any script.
pub const TEXT_MAX_CHARS: usize = 10_000;
/// Longest name or key, characters.
pub const NAME_MAX_CHARS: usize = 200;
/// Largest original of a photo or file, bytes: a 4K minute of video stays below it.
pub const BLOB_MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Years that a stated time may lie in: 2000 to 2100. Outside is a wrong clock, not a forgotten tap.
const STATED_MS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

/// What is wrong with a payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {what}")]
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// The fault's key, see [`crate::words`]: `fault.empty`, `fault.too_long`, `fault.not_a_number`, `fault.out_of_range`, `fault.not_a_hash`.
    pub what: &'static str,
}

type Checked = Result<(), Fault>;

fn fault(field: &'static str, what: &'static str) -> Checked {
    Err(Fault { field, what })
}

fn text(field: &'static str, value: &str) -> Checked {
    if value.trim().is_empty() { fault(field, "fault.empty") } else { optional_text(field, value) }
}

fn optional_text(field: &'static str, value: &str) -> Checked {
    if value.chars().count() > TEXT_MAX_CHARS { fault(field, "fault.too_long") } else { Ok(()) }
}

fn name(field: &'static str, value: &str) -> Checked {
    if value.chars().count() > NAME_MAX_CHARS { fault(field, "fault.too_long") } else { text(field, value) }
}

fn hash(field: &'static str, value: &str) -> Checked {
    let is_hex = value.len() == 64 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex { Ok(()) } else { fault(field, "fault.not_a_hash") }
}

fn size(field: &'static str, bytes: u64) -> Checked {
    if (1..=BLOB_MAX_BYTES).contains(&bytes) { Ok(()) } else { fault(field, "fault.out_of_range") }
}

fn positive(field: &'static str, value: f64) -> Checked {
    if !value.is_finite() {
        fault(field, "fault.not_a_number")
    } else if value <= 0.0 || value > 1_000_000.0 {
        fault(field, "fault.out_of_range")
    } else {
        Ok(())
    }
}

fn instant(field: &'static str, ms: i64) -> Checked {
    if STATED_MS.contains(&ms) { Ok(()) } else { fault(field, "fault.out_of_range") }
}

fn position(lat: f64, lon: f64) -> Checked {
    if !lat.is_finite() || !(-90.0..=90.0).contains(&lat) {
        fault("lat", "fault.out_of_range")
    } else if !lon.is_finite() || !(-180.0..=180.0).contains(&lon) {
        fault("lon", "fault.out_of_range")
    } else {
        Ok(())
    }
}

impl Body {
    /// Checks the values that the types alone don't exclude.
    ///
    /// # Errors
    /// The first [`Fault`], naming its field.
    pub fn check(&self) -> Checked {
        match self {
            Self::StatusSet(set) => {
                optional_text("reason", &set.reason)?;
                set.gaps.iter().try_for_each(|gap| name("gaps", gap))?;
                set.stated_at_ms.map_or(Ok(()), |ms| instant("stated_at_ms", ms))
            }
            Self::StatusUndo(_) | Self::TimeStop(_) | Self::TimeStart(_) | Self::AttentionDiscard(_) => Ok(()),
            Self::CheckInAdd(check_in) => {
                // A hopeless position is evidence too: it is graded `no_fix`, never refused.
                optional_text("reason", &check_in.reason)
            }
            Self::NoteAdd(note) => text("text", &note.text),
            Self::PhotoAdd(photo) => {
                hash("sha256", &photo.sha256)?;
                hash("thumbnail_sha256", &photo.thumbnail_sha256)?;
                size("size_bytes", photo.size_bytes)?;
                size("thumbnail_size_bytes", photo.thumbnail_size_bytes)?;
                name("media_type", &photo.media_type)?;
                optional_text("caption", &photo.caption)
            }
            Self::PartUse(line) | Self::PartReturn(line) => {
                name("name", &line.name)?;
                positive("quantity", line.quantity)?;
                optional_text("stock", &line.stock)?;
                optional_text("serial", &line.serial)
            }
            Self::ChecklistAnswer(answer) => {
                name("item", &answer.item)?;
                text("value", &answer.value)
            }
            Self::TimeAdjust(adjust) => {
                instant("at_ms", adjust.at_ms)?;
                text("reason", &adjust.reason)
            }
            Self::SignatureAdd(signature) => {
                name("signer", &signature.signer)?;
                hash("sha256", &signature.sha256)?;
                hash("document_sha256", &signature.document_sha256)?;
                size("size_bytes", signature.size_bytes)
            }
            Self::SitePinPropose(pin) => {
                position(pin.lat, pin.lon)?;
                positive("accuracy_m", pin.accuracy_m)
            }
            Self::EstimatePropose(estimate) => {
                name("title", &estimate.title)?;
                if estimate.lines.is_empty() {
                    return fault("lines", "fault.empty");
                }
                estimate.lines.iter().try_for_each(|EstimateLine { text: what, quantity, .. }| {
                    text("lines.text", what)?;
                    positive("lines.quantity", *quantity)
                })
            }
            Self::FollowUpPropose(follow_up) => {
                text("reason", &follow_up.reason)?;
                text("next_step", &follow_up.next_step)?;
                follow_up.due_ms.map_or(Ok(()), |ms| instant("due_ms", ms))
            }
            Self::FlagRaise(flag) => {
                optional_text("text", &flag.text)?;
                flag.new_eta_ms.map_or(Ok(()), |ms| instant("new_eta_ms", ms))
            }
            Self::HandoffMark(mark) => {
                name("field", &mark.field)?;
                optional_text("text", &mark.text)
            }
            Self::MessageSend(message) => text("text", &message.text),
            Self::SecretView(view) => name("secret", &view.secret),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use serde_json::json;

    fn check(kind: &str, payload: serde_json::Value) -> Checked {
        Body::decode(kind, &payload).unwrap().check()
    }

    #[test]
    fn each_fault_names_its_field() {
        assert_eq!(check("note.add@1", json!({ "text": "  " })).unwrap_err().field, "text");
        assert_eq!(check("note.add@1", json!({ "text": "x".repeat(10_001) })).unwrap_err().what, "fault.too_long");
        assert_eq!(check("part.use@1", json!({ "name": "igniter", "quantity": 0.0 })).unwrap_err().field, "quantity");
        assert_eq!(
            check("site_pin.propose@1", json!({ "lat": 91.0, "lon": 0.0, "accuracy_m": 5.0 })).unwrap_err().field,
            "lat"
        );
        assert_eq!(check("flag.raise@1", json!({ "flag": "delay", "new_eta_ms": 1 })).unwrap_err().field, "new_eta_ms");
        assert_eq!(check("part.use@1", json!({ "name": "igniter", "quantity": 2 })), Ok(()));
    }
}
