//! Reading replies. Only a well-formed one means anything: a captive portal answers 200 too.

use super::effect::{EffectResult, Reply};
use crate::wire::Problem;
use serde::de::DeserializeOwned;

/// What a reply says.
#[derive(Debug)]
pub(crate) enum Heard<T> {
    /// The answer.
    Answer(T),
    /// The token isn't good any more.
    Unauthorized,
    /// The request was too large for somebody on the way.
    TooLarge,
    /// The server itself refuses, and says why.
    Refused(Problem),
    /// Anything else: no reply, a portal's page, a proxy's error. Means nothing.
    Noise {
        /// What it was, for support.
        what: String,
        /// The `Retry-After` header.
        retry_after: Option<String>,
    },
}

/// Reads the result of a request.
pub(crate) fn hear<T: DeserializeOwned>(result: EffectResult) -> Heard<T> {
    match result {
        EffectResult::Replied(reply) => hear_reply(&reply),
        EffectResult::Failed(what) => Heard::Noise { what, retry_after: None },
        EffectResult::Signed(_) => Heard::Noise { what: "not a reply".to_owned(), retry_after: None },
    }
}

/// Reads a reply.
pub(crate) fn hear_reply<T: DeserializeOwned>(reply: &Reply) -> Heard<T> {
    let noise = || Heard::Noise {
        what: format!("HTTP {} that is no answer", reply.status),
        retry_after: reply.header("retry-after").map(str::to_owned),
    };
    match reply.status {
        200..=299 => serde_json::from_slice(&reply.body).map_or_else(|_| noise(), Heard::Answer),
        401 => Heard::Unauthorized,
        413 => Heard::TooLarge,
        429 => noise(),
        400..=499 => match serde_json::from_slice::<Problem>(&reply.body) {
            Ok(problem) if problem.status == reply.status => Heard::Refused(problem),
            Ok(_) | Err(_) => noise(),
        },
        _ => noise(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ChallengeReply;

    fn heard(status: u16, body: &str) -> Heard<ChallengeReply> {
        hear_reply(&Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
    }

    #[test]
    fn only_a_well_formed_answer_is_one() {
        assert!(matches!(heard(200, r#"{"challenge":"x"}"#), Heard::Answer(_)));
        assert!(matches!(heard(200, "<html>Welcome to the hotel</html>"), Heard::Noise { .. }));
        assert!(matches!(heard(302, ""), Heard::Noise { .. }));
        assert!(matches!(heard(404, "<html>"), Heard::Noise { .. }));
        assert!(matches!(heard(503, r#"{"challenge":"x"}"#), Heard::Noise { .. }));
        assert!(matches!(heard(401, ""), Heard::Unauthorized));
        assert!(matches!(heard(413, "<html>"), Heard::TooLarge));
        let problem = r#"{"type":"/problems/device-locked","title":"Locked","status":403}"#;
        assert!(matches!(heard(403, problem), Heard::Refused(_)));
        assert!(matches!(heard(404, problem), Heard::Noise { .. }), "a problem that names another status is not ours");
    }
}
