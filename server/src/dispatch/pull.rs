//! Pull: what changed for a technician since a cursor, in pages, ended by a checkpoint (design.md section 7).

use super::facts::present_result;
use super::problem::{Error, problem};
use super::seal::Cursor;
use super::{DeviceSession, Dispatch};
use crate::store::{FeedEntry, Reader, Topic, Visit, local_day};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use truckroll_core::digest::digest;
use truckroll_core::id::{EpochId, OpId, TechnicianId, VisitId};
use truckroll_core::wire::{Checkpoint, Document, PAGE_BYTES, PullItem, PullPage, WINDOW_DAYS};
use truckroll_core::words;

/// Feed entries that are read at a time.
const BATCH: usize = 64;
/// What a page holds besides its items, bytes: cursor, checkpoint and clocks.
const ENVELOPE_BYTES: usize = 1024;
/// How often a phone that only pulls is noted as heard of, milliseconds: a write costs a sync of the disk.
const HEARD_MS: i64 = 60_000;

/// The days that a phone holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

impl Window {
    /// Around the company's today.
    pub(super) fn at(reader: &Reader<'_>, now_ms: i64) -> Result<Self, Error> {
        let today = local_day(now_ms, &reader.settings()?.time_zone);
        let days = Days::new(WINDOW_DAYS.unsigned_abs());
        Ok(Self {
            from: today.checked_sub_days(days).unwrap_or(NaiveDate::MIN),
            to: today.checked_add_days(days).unwrap_or(NaiveDate::MAX),
        })
    }

    pub(super) fn holds(&self, visit: &Visit) -> bool {
        visit.open || (self.from <= visit.day && visit.day <= self.to)
    }
}

/// Where a pull stands in the present life of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    /// The checkpoint that the phone has applied.
    base: u64,
    /// What was sent since.
    at: u64,
}

/// The oldest protocol whose phones read today's pages rightly.
const OLDEST_PROTOCOL: u32 = 1;

impl Dispatch {
    /// Whether a phone that speaks this protocol reads what it pulls rightly.
    ///
    /// # Errors
    /// 426 for one that is too old. It may push all the same: what it holds must arrive.
    pub fn must_read(protocol: u32) -> Result<(), Error> {
        if protocol >= OLDEST_PROTOCOL {
            return Ok(());
        }
        let detail = "Update the app to see what is new. What you do is sent all the same.";
        Err(problem(426, "too-old", "The app is too old", detail).into())
    }

    /// A page of what changed since the cursor; without one, from the beginning.
    ///
    /// A genuine cursor of another life of the data starts from the beginning too: the page's epoch tells the phone to
    /// fill itself again. One that is ahead of everything proves that this server was restored from a backup, and begins
    /// the next life.
    ///
    /// # Errors
    /// 400 for a cursor that this server didn't make for this phone, 403 for a phone that may not pull.
    pub fn pull(&self, now_ms: i64, session: &DeviceSession, cursor: Option<&str>) -> Result<PullPage, Error> {
        session.may_pull()?;
        let cursor = cursor.map(|text| self.open_cursor(session, text)).transpose()?;
        let position = self.position(now_ms, session, cursor)?;
        let device = session.device.id;
        self.company(session.company).read(|reader| {
            let mut page = Page { items: Vec::new(), bytes: ENVELOPE_BYTES, at: position.at };
            let complete = page.fill(reader, session.technician(), position.base, now_ms)?;
            let head = reader.head()?;
            let epoch = reader.epoch()?.id;
            let (base, at) = if complete { (head, head) } else { (position.base, page.at) };
            let checkpoint = complete.then(|| checkpoint(reader, session.technician(), head, now_ms)).transpose()?;
            let cursor = Cursor { epoch, company: session.company, device, base, at }.seal(&self.seal);
            Ok(PullPage { epoch, items: page.items, cursor, checkpoint, received_ms: now_ms, sent_ms: now_ms })
        })
    }

    /// Opens a phone's own cursor.
    pub(super) fn open_cursor(&self, session: &DeviceSession, text: &str) -> Result<Cursor, Error> {
        Cursor::open(&self.seal, text)
            .filter(|cursor| cursor.company == session.company && cursor.device == session.device.id)
            .ok_or_else(|| {
                let mut refused = problem(400, "cursor", "The cursor isn't this phone's", "Pull without one.");
                refused.field = Some("cursor".to_owned());
                refused.into()
            })
    }

    /// Where to go on, after noting what the cursor proves.
    fn position(&self, now_ms: i64, session: &DeviceSession, cursor: Option<Cursor>) -> Result<Position, Error> {
        const BEGINNING: Position = Position { base: 0, at: 0 };
        let company = self.company(session.company);
        let (epoch, head) = company.read(|reader| Ok::<_, Error>((reader.epoch()?, reader.head()?)))?;
        let heard_long_ago = now_ms.saturating_sub(session.device.last_seen_ms) >= HEARD_MS;
        let same_life = cursor.filter(|cursor| cursor.epoch == epoch.id);
        let ahead = same_life.is_some_and(|cursor| cursor.at > head || cursor.base > head);
        let confirmed = same_life.filter(|_| !ahead).map_or(0, |cursor| cursor.base);
        if ahead || confirmed > session.device.confirmed_seq || heard_long_ago {
            let (id, seen_epoch) = (session.device.id, epoch.id);
            company.commit(now_ms, move |tx| {
                // Another phone may have proved it meanwhile.
                if ahead && tx.epoch()?.id == seen_epoch {
                    tx.begin_epoch()?;
                }
                if let Some(device) = tx.device(id)? {
                    tx.confirm(&device, confirmed.max(device.confirmed_seq))?;
                    tx.touch_device(id, None, 0)?;
                }
                Ok::<_, Error>(())
            })?;
        }
        Ok(match same_life {
            Some(cursor) if !ahead => Position { base: cursor.base, at: cursor.at },
            _ => BEGINNING,
        })
    }

    /// The number of the newest change for a technician: what pokes a phone's stream.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn feed_head(&self, session: &DeviceSession) -> Result<(EpochId, u64), Error> {
        self.company(session.company).read(|reader| Ok((reader.epoch()?.id, reader.feed_head(session.technician())?)))
    }
}

/// The checkpoint of a technician's window.
pub(super) fn checkpoint(
    reader: &Reader<'_>,
    technician: TechnicianId,
    seq: u64,
    now_ms: i64,
) -> Result<Checkpoint, Error> {
    let window = Window::at(reader, now_ms)?;
    let held = reader.window(technician, window.from, window.to)?;
    let position_every_ms = reader.settings()?.travel_position_s.map(|seconds| i64::from(seconds) * 1_000);
    Ok(Checkpoint {
        seq,
        from_day: window.from,
        to_day: window.to,
        visits: held.len() as u64,
        digest: digest(&held),
        position_every_ms,
    })
}

/// A page being filled.
struct Page {
    items: Vec<PullItem>,
    bytes: usize,
    /// Everything up to here is in it.
    at: u64,
}

impl Page {
    /// Fills the page; whether everything is in it.
    fn fill(&mut self, reader: &Reader<'_>, technician: TechnicianId, base: u64, now_ms: i64) -> Result<bool, Error> {
        let window = Window::at(reader, now_ms)?;
        loop {
            let mut entries = reader.feed_after(technician, self.at, BATCH)?;
            let last_batch = entries.len() < BATCH;
            if !last_batch && let Some(last) = entries.last().map(|entry| entry.seq) {
                // What one event changed stays together: a cursor can't stand inside it.
                entries.retain(|entry| entry.seq != last);
            }
            for changes in entries.chunk_by(|one, other| one.seq == other.seq) {
                if !self.add(reader, technician, base, &window, changes)? {
                    return Ok(false);
                }
            }
            if last_batch {
                return Ok(true);
            }
        }
    }

    /// Adds what one event changed; `false` when the page is full.
    fn add(
        &mut self,
        reader: &Reader<'_>,
        technician: TechnicianId,
        base: u64,
        window: &Window,
        changes: &[FeedEntry],
    ) -> Result<bool, Error> {
        let mut items = Vec::new();
        for change in changes {
            items.extend(item(reader, technician, change, Position { base, at: self.at }, window)?);
        }
        let size: usize = items.iter().map(size).sum::<Result<usize, Error>>()?;
        if !self.items.is_empty() && self.bytes + size > PAGE_BYTES {
            return Ok(false);
        }
        self.items.append(&mut items);
        self.bytes += size;
        self.at = changes.last().map_or(self.at, |change| change.seq);
        Ok(true)
    }
}

/// Bytes of an item in a page, with its comma.
fn size(item: &PullItem) -> Result<usize, Error> {
    Ok(serde_json::to_vec(item)?.len() + 1)
}

/// What a change means for the phone now; `None` when it needn't hear of it.
fn item(
    reader: &Reader<'_>,
    technician: TechnicianId,
    change: &FeedEntry,
    position: Position,
    window: &Window,
) -> Result<Option<PullItem>, Error> {
    match change.topic {
        Topic::Visit => visit_item(reader, technician, VisitId(change.id), position, window),
        Topic::GateCode => gate_code_item(reader, technician, VisitId(change.id)),
        Topic::Result => Ok(reader.fact(OpId(change.id))?.map(|stored| PullItem::Result(present_result(&stored)))),
    }
}

fn visit_item(
    reader: &Reader<'_>,
    technician: TechnicianId,
    id: VisitId,
    position: Position,
    window: &Window,
) -> Result<Option<PullItem>, Error> {
    let Some(since) = reader.seen_since(technician, id)? else {
        // A phone that never got the visit needn't hear that it went. It may have got it in an earlier interval than the
        // latest: lost, regained and lost again between two pulls.
        let intervals = reader.intervals(technician, id, None)?;
        if !intervals.iter().any(|interval| interval.reached(position.base, position.at)) {
            return Ok(None);
        }
        return Ok(reader.revoked(technician, id)?.map(|revoked| revoke_item(id, revoked)));
    };
    // One that left the window is told to a phone that holds it: the phone drops it at the checkpoint. (One that leaves it
    // between two pages of a first sync shows in the digest.)
    let wanted = |visit: &Visit| window.holds(visit) || since <= position.base;
    let Some(visit) = reader.visit(id)?.filter(wanted) else { return Ok(None) };
    let whole = since > position.base || visit.opened_seq > position.base;
    let plan = (whole || visit.plan_rev > position.base).then(|| document(visit.plan_rev, &visit.plan)).transpose()?;
    let has_progress = visit.progress_rev > 0 && (whole || visit.progress_rev > position.base);
    let progress = has_progress.then(|| document(visit.progress_rev, &visit.progress)).transpose()?;
    Ok(Some(PullItem::Visit { visit: id, day: visit.day, open: visit.open, plan, progress }))
}

/// A visit with both documents.
pub(super) fn whole_visit_item(visit: &Visit) -> Result<PullItem, Error> {
    Ok(PullItem::Visit {
        visit: visit.id,
        day: visit.day,
        open: visit.open,
        plan: Some(document(visit.plan_rev, &visit.plan)?),
        progress: (visit.progress_rev > 0).then(|| document(visit.progress_rev, &visit.progress)).transpose()?,
    })
}

/// The end of a visit on a phone.
pub(super) fn revoke_item(visit: VisitId, revoked: crate::store::Revoked) -> PullItem {
    debug_assert!(words::knows(&revoked.code), "{} has no words", revoked.code);
    PullItem::Revoke { visit, rev: revoked.seq, code: revoked.code, to_name: revoked.to_name, at_ms: revoked.at_ms }
}

/// The gate code, or that it is taken back.
pub(super) fn gate_code_item(
    reader: &Reader<'_>,
    technician: TechnicianId,
    visit: VisitId,
) -> Result<Option<PullItem>, Error> {
    let Some((granted, rev)) = reader.gate_grant(technician, visit)? else { return Ok(None) };
    let code = if granted { reader.gate_code(visit)? } else { None };
    Ok(Some(PullItem::GateCode { visit, rev, code }))
}

fn document(rev: u64, body: &impl Serialize) -> Result<Document, Error> {
    Ok(Document { rev, body: serde_json::to_value(body)? })
}
