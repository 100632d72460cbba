//! Sending pictures: what the server lacks is handed to the host at once, thumbnails before originals.

use super::clocks::day_number;
use super::effect::{Effect, EffectResult, Method, Network, Part, Reply, Request};
use super::reply::{Heard, hear, hear_reply};
use super::store::{Role, Upload};
use super::{Engine, EngineError};
use crate::bugs::{self, Bug};
use crate::clock::Now;
use crate::wire::{BlobReply, BlobRequest, PART_MAX_BYTES, PART_MIN_BYTES};
use std::collections::BTreeSet;

/// Pictures that are asked about or handed over at once: enough to keep a link busy, few enough to stage.
const AT_ONCE: usize = 3;
/// A picture is cut into about so many parts: a cut link then repeats little, and a large picture isn't a thousand requests.
const PARTS_AIMED_AT: u64 = 64;

impl Engine {
    /// The next pictures that may go on this connection: thumbnails and signatures first, then originals, in order of capture.
    fn sendable(&self) -> impl Iterator<Item = &Upload> {
        let on_wifi = self.link.network == Network::Wifi;
        let wifi_only = self.settings.wifi_only;
        let may_go = move |upload: &&Upload| {
            upload.verified_day.is_none() && (upload.role != Role::Original || on_wifi || !wifi_only || upload.send_now)
        };
        let small = self.uploads.iter().filter(|upload| upload.role != Role::Original);
        small
            .chain(self.uploads.iter().filter(|upload| upload.role == Role::Original))
            .filter(may_go)
            .filter(|upload| !self.link.gone.contains(&upload.sha256))
    }

    /// Pictures that nobody is working on and that may go.
    fn waiting(&self) -> Vec<Upload> {
        let asked: BTreeSet<&str> = self.link.asked.values().map(|(sha256, _)| sha256.as_str()).collect();
        self.sendable()
            .filter(|upload| !asked.contains(upload.sha256.as_str()) && !self.link.handed.contains_key(&upload.sha256))
            .cloned()
            .collect()
    }

    /// Whether a token is worth getting for pictures alone.
    pub(super) fn uploads_wanted(&self, now: &Now) -> bool {
        self.link.upload_backoff.left_ms(now) == 0 && self.sendable().next().is_some()
    }

    /// How many pictures may go on this connection and haven't arrived.
    pub(crate) fn uploads_unsettled(&self) -> bool {
        self.sendable().next().is_some()
    }

    pub(super) fn next_uploads(&mut self, now: &Now) -> Result<(), EngineError> {
        if self.link.token(now).is_none()
            || self.link.upload_backoff.left_ms(now) > 0
            || !self.next_batch(now).is_empty()
        {
            return Ok(());
        }
        let free = AT_ONCE.saturating_sub(self.link.asked.len() + self.link.handed.len());
        for upload in self.waiting().into_iter().take(free) {
            let part_bytes = if upload.part_bytes > 0 { upload.part_bytes } else { part_bytes(upload.size_bytes) };
            let request = BlobRequest {
                sha256: upload.sha256.clone(),
                size_bytes: upload.size_bytes,
                media_type: upload.media_type.clone(),
                part_bytes,
            };
            let id = self.next_id();
            let body = serde_json::to_vec(&request)?;
            let auth = self.access(now);
            let request = Request { method: Method::Post, path: "/v1/blobs".to_owned(), body, auth };
            self.emit(Effect::Send { id, request });
            self.link.ask(id, &upload.sha256, now);
        }
        Ok(())
    }

    pub(super) fn blob_answered(&mut self, sha256: &str, result: EffectResult, now: &Now) -> Result<(), EngineError> {
        match hear::<BlobReply>(result) {
            Heard::Answer(reply) => {
                self.link.upload_backoff.worked();
                self.blob_state(sha256, &reply, now)?;
                self.hand_over(sha256, &reply.upload_token)
            }
            Heard::Unauthorized => {
                self.link.drop_token();
                self.upload_failed("HTTP 401", None, now);
                Ok(())
            }
            Heard::Noise { what, retry_after } => {
                self.upload_failed(&what, retry_after.as_deref(), now);
                Ok(())
            }
            Heard::TooLarge => {
                self.upload_failed("HTTP 413", None, now);
                Ok(())
            }
            Heard::Refused(problem) => {
                self.upload_failed(&problem.detail, None, now);
                Ok(())
            }
        }
    }

    fn upload_failed(&mut self, what: &str, retry_after: Option<&str>, now: &Now) {
        what.clone_into(&mut self.link.last_error);
        self.link.upload_backoff.failed(now, retry_after, &mut self.random);
        self.changed_sync();
    }

    /// Takes in what the server says about a picture.
    fn blob_state(&mut self, sha256: &str, reply: &BlobReply, now: &Now) -> Result<(), EngineError> {
        let Some(index) = self.uploads.iter().position(|upload| upload.sha256 == sha256) else { return Ok(()) };
        let mut upload = self.uploads[index].clone();
        if reply.part_bytes > 0 {
            upload.part_bytes = reply.part_bytes;
        }
        let mut missing = reply.missing.clone();
        missing.retain(|part| *part < upload.part_count());
        upload.missing = Some(missing);
        if reply.verified {
            upload.verified_day = Some(day_number(self.now_ms(now)));
        }
        self.store.transaction(|store| store.put_upload(&upload))?;
        if reply.verified {
            self.store.unstage_all(sha256)?;
            self.link.handed.remove(sha256);
            // A packet that waited for its last picture can go with the next checkpoint.
            let waits = self.visits.get(&upload.visit).is_some_and(|slot| slot.clear.handed_over);
            self.link.pull_wanted |= waits;
        }
        self.changed_visit(upload.visit);
        self.uploads[index] = upload;
        Ok(())
    }

    /// Stages all missing parts and hands them to the host at once: iOS uploads them while the app is dead.
    fn hand_over(&mut self, sha256: &str, token: &str) -> Result<(), EngineError> {
        let Some(upload) = self.uploads.iter().find(|upload| upload.sha256 == sha256).cloned() else { return Ok(()) };
        let missing = upload.missing.clone().unwrap_or_default();
        if upload.verified_day.is_some() || missing.is_empty() {
            return Ok(());
        }
        let Some(bytes) = self.store.picture(sha256)? else {
            "a picture is gone from this phone".clone_into(&mut self.link.last_error);
            self.link.gone.insert(sha256.to_owned());
            self.changed_sync();
            return Ok(());
        };
        let mut parts = Vec::with_capacity(missing.len());
        for number in &missing {
            let (start, end) = upload.part_range(*number);
            let slice = usize::try_from(start)
                .ok()
                .zip(usize::try_from(end).ok())
                .and_then(|(start, end)| bytes.get(start..end));
            let Some(slice) = slice else { continue };
            let file = self.store.stage_part(sha256, *number, slice)?;
            parts.push(Part {
                number: *number,
                path: format!("/v1/blobs/{sha256}/{number}"),
                bytes: if file.is_some() { Vec::new() } else { slice.to_vec() },
                file,
                size_bytes: end - start,
            });
        }
        self.link.handed.insert(sha256.to_owned(), missing.into_iter().collect());
        self.emit(Effect::UploadParts { sha256: sha256.to_owned(), token: token.to_owned(), parts });
        Ok(())
    }

    /// A part arrived or didn't. A part that did is never sent again, even by the next life of the app.
    pub(super) fn part_sent(
        &mut self,
        sha256: &str,
        part: u32,
        reply: Option<&Reply>,
        now: &Now,
    ) -> Result<(), EngineError> {
        let arrived = match reply {
            Some(reply) if reply.status == 204 && reply.body.is_empty() => Some(None),
            Some(reply) => match hear_reply::<BlobReply>(reply) {
                Heard::Answer(state) => Some(Some(state)),
                Heard::Unauthorized | Heard::TooLarge | Heard::Refused(_) | Heard::Noise { .. } => None,
            },
            None => None,
        };
        if let Some(waiting) = self.link.handed.get_mut(sha256) {
            waiting.remove(&part);
        }
        // All parts are back: what is still missing, if anything, is asked for again, also if noting this one fails.
        if self.link.handed.get(sha256).is_some_and(BTreeSet::is_empty) {
            self.link.handed.remove(sha256);
            if bugs::is_on(Bug::PictureVerifiedByParts) {
                let arrived =
                    BlobReply { verified: true, missing: Vec::new(), part_bytes: 0, upload_token: String::new() };
                self.blob_state(sha256, &arrived, now)?;
            }
        }
        match arrived {
            Some(state) => {
                self.link.upload_backoff.worked();
                self.part_arrived(sha256, part)?;
                if let Some(state) = state {
                    self.blob_state(sha256, &state, now)?;
                }
            }
            None => self.upload_failed(
                "a part of a photo didn't arrive",
                reply.and_then(|reply| reply.header("retry-after")),
                now,
            ),
        }
        Ok(())
    }

    fn part_arrived(&mut self, sha256: &str, part: u32) -> Result<(), EngineError> {
        let Some(index) = self.uploads.iter().position(|upload| upload.sha256 == sha256) else { return Ok(()) };
        let mut upload = self.uploads[index].clone();
        if let Some(missing) = &mut upload.missing {
            missing.retain(|missing| *missing != part);
        }
        self.store.transaction(|store| store.put_upload(&upload))?;
        self.store.unstage_part(sha256, part)?;
        self.changed_visit(upload.visit);
        self.uploads[index] = upload;
        Ok(())
    }
}

/// The part size to ask for: a multiple of 64 KiB, so that the picture has some 64 parts or fewer.
fn part_bytes(size_bytes: u64) -> u64 {
    size_bytes.div_ceil(PARTS_AIMED_AT).next_multiple_of(PART_MIN_BYTES).clamp(PART_MIN_BYTES, PART_MAX_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_small_for_photos_and_bounded_for_large_files() {
        assert_eq!(part_bytes(20_000), PART_MIN_BYTES);
        assert_eq!(part_bytes(3_000_000), PART_MIN_BYTES);
        assert_eq!(part_bytes(8_000_000), 2 * PART_MIN_BYTES);
        assert_eq!(part_bytes(1_000_000_000), PART_MAX_BYTES);
    }
}
