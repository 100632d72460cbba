//! The board: one card per visit, resumable by where the watcher stands.

use super::problem::{Error, not_found};
use super::seal::Purpose;
use super::{Dispatch, UserSession};
use crate::locked::locked;
use crate::store::{Reader, Role, Settings, Visit};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use truckroll_core::card::{Card, CardException, card};
use truckroll_core::change::Change;
use truckroll_core::escalation::EscalationPolicy;
use truckroll_core::id::{CompanyId, VisitId};

/// Cards that are kept serialised: a large company's month.
const CARDS_MAX: usize = 20_000;
/// Cards of one step of a stream.
const STEP: usize = 128;

/// Serialised cards, made once for all watchers.
#[derive(Default)]
pub(super) struct Cards(Mutex<HashMap<(CompanyId, VisitId), Serialised>>);

/// A card as JSON.
#[derive(Clone)]
struct Serialised {
    /// The number of the event that it shows.
    seq: u64,
    json: Arc<str>,
    /// From the card that was here before it.
    change: Option<CardChange>,
}

/// How a card came from an earlier one of its visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardChange {
    /// The earlier card's number.
    pub from: u64,
    /// The earlier card was the newest at every number from `from` up to this one, exclusive.
    pub until: u64,
    /// A [`Change`] as JSON.
    pub json: Arc<str>,
}

/// A card on its way to a watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardCard {
    /// Whose card.
    pub visit: VisitId,
    /// The company's number of the event that it shows.
    pub seq: u64,
    /// Where a watcher stands who has it: opaque, and rising within a company.
    pub id: String,
    /// The card as JSON.
    pub json: Arc<str>,
    /// What changed since the card that was serialised before it, if that is known.
    pub change: Option<CardChange>,
}

/// A company's part of a board over several.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CompanyBoard {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Its cards, by their latest changes.
    pub cards: Vec<Card>,
}

/// A step of what a board follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardStep {
    /// The newest cards of visits that changed since, by their numbers; at most a few.
    pub cards: Vec<BoardCard>,
    /// The company's newest number when they were read.
    pub head: u64,
    /// Something changed that is about no visit: perhaps who may watch.
    pub access: bool,
    /// These are all.
    pub complete: bool,
}

/// Where a watcher stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    epoch: u64,
    seq: u64,
}

impl Dispatch {
    /// Every visit's card, in the order of their latest changes.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn board(&self, user: &UserSession) -> Result<Vec<Card>, Error> {
        user.require(Role::Viewer)?;
        self.company(user.company).read(|reader| {
            let policy = reader.settings()?.escalation;
            reader
                .visits_changed_after(0, usize::MAX)?
                .into_iter()
                .filter_map(|(id, _)| reader.visit(id).transpose())
                .map(|visit| present(reader, &policy, &visit?))
                .collect()
        })
    }

    /// The boards of everybody's companies in one, for a dispatcher of several. A company where they may not look isn't there.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn boards(&self, users: &[UserSession]) -> Result<Vec<CompanyBoard>, Error> {
        let looking = users.iter().filter(|user| user.require(Role::Viewer).is_ok());
        looking
            .map(|user| {
                let Settings { name, time_zone, .. } =
                    self.company(user.company).read(|reader| Ok::<_, Error>(reader.settings()?))?;
                Ok(CompanyBoard { company: user.company, name, time_zone, cards: self.board(user)? })
            })
            .collect()
    }

    /// One visit's card.
    ///
    /// # Errors
    /// 404 for an unknown visit.
    pub fn card(&self, user: &UserSession, visit: VisitId) -> Result<Card, Error> {
        self.company(user.company).read(|reader| {
            let visit = reader.visit(visit)?.ok_or_else(|| not_found("visit"))?;
            present(reader, &reader.settings()?.escalation, &visit)
        })
    }

    /// The number after which a watcher must hear of everything, from the id of the last event that it got.
    ///
    /// A watcher without a place, with one that isn't this server's, of an earlier life of the data, or ahead of it, gets
    /// every card: a board never misses a state.
    ///
    /// # Errors
    /// When the company can't be read.
    pub fn board_place(&self, company: CompanyId, last_event_id: Option<&str>) -> Result<u64, Error> {
        let Some(place) = last_event_id.and_then(|id| self.open_place(company, id)) else { return Ok(0) };
        self.company(company).read(|reader| {
            let is_of_this_life = place.epoch == reader.epoch()?.number && place.seq <= reader.head()?;
            Ok(if is_of_this_life { place.seq } else { 0 })
        })
    }

    /// The newest cards of visits that changed after a number.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn board_step(&self, company: CompanyId, after: u64) -> Result<BoardStep, Error> {
        self.company(company).read(|reader| {
            let (epoch, head) = (reader.epoch()?.number, reader.head()?);
            let access = reader.is_about_no_visit_after(after)?;
            let cards = reader
                .visits_changed_after(after, STEP)?
                .into_iter()
                .map(|(visit, seq)| {
                    let Serialised { json, change, .. } = self.serialised(reader, visit, seq)?;
                    Ok(BoardCard { visit, seq, id: self.seal_place(company, Place { epoch, seq }), json, change })
                })
                .collect::<Result<Vec<_>, Error>>()?;
            let complete = cards.len() < STEP;
            Ok(BoardStep { cards, head, access, complete })
        })
    }

    fn serialised(&self, reader: &Reader<'_>, id: VisitId, seq: u64) -> Result<Serialised, Error> {
        let key = (reader.company(), id);
        let earlier = locked(&self.cards.0).get(&key).cloned();
        if let Some(held) = earlier.as_ref().filter(|held| held.seq == seq) {
            return Ok(held.clone());
        }
        let visit = reader.visit(id)?.ok_or_else(|| not_found("visit"))?;
        let card = present(reader, &reader.settings()?.escalation, &visit)?;
        let earlier = earlier.filter(|earlier| earlier.seq < seq);
        let change = earlier.map(|earlier| changed(reader, &earlier, &card)).transpose()?.flatten();
        let made = Serialised { seq, json: serde_json::to_string(&card)?.into(), change };
        let mut cards = locked(&self.cards.0);
        if cards.len() >= CARDS_MAX {
            cards.clear();
        }
        // A reader who began earlier may come later: the newest stays.
        if cards.get(&key).is_none_or(|held| held.seq < seq) {
            cards.insert(key, made.clone());
        }
        Ok(made)
    }

    /// Fixed widths: ids rise as texts too.
    fn seal_place(&self, company: CompanyId, place: Place) -> String {
        let text = format!("{:08}-{:016}", place.epoch, place.seq);
        let tag = self.seal.tag(Purpose::Board, format!("{company}{text}").as_bytes());
        format!("{text}-{tag}")
    }

    fn open_place(&self, company: CompanyId, id: &str) -> Option<Place> {
        let (text, tag) = id.rsplit_once('-')?;
        if !self.seal.is_mine(Purpose::Board, format!("{company}{text}").as_bytes(), tag) {
            return None;
        }
        let (epoch, seq) = text.split_once('-')?;
        Some(Place { epoch: epoch.parse().ok()?, seq: seq.parse().ok()? })
    }
}

/// How a card came from an earlier one; `None` if those who have the earlier one may not all have the same.
fn changed(reader: &Reader<'_>, earlier: &Serialised, card: &Card) -> Result<Option<CardChange>, Error> {
    let Some(until) = reader.card_holds_until(card.visit, earlier.seq)? else { return Ok(None) };
    let change = Change::between(earlier.seq, &serde_json::from_str(&earlier.json)?, &serde_json::to_value(card)?);
    Ok(Some(CardChange { from: earlier.seq, until, json: serde_json::to_string(&change)?.into() }))
}

/// The card of a visit.
fn present(reader: &Reader<'_>, escalation: &EscalationPolicy, visit: &Visit) -> Result<Card, Error> {
    let exceptions: Vec<CardException> = reader
        .open_exceptions(Some(visit.id))?
        .into_iter()
        .map(|exception| CardException {
            id: exception.id,
            owner: escalation.owner(&exception.kind),
            due_ms: escalation.due_ms(exception.severity, exception.opened_ms),
            kind: exception.kind,
            severity: exception.severity,
            detail: exception.detail,
            technician: exception.technician,
            blocks: exception.blocks,
            opened_ms: exception.opened_ms,
        })
        .collect();
    let heard = reader.heard(visit.id)?.into_iter().collect();
    Ok(card(&visit.plan, &visit.progress, exceptions, &heard, visit.day, visit.card_seq))
}
