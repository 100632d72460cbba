//! What the boards of a company follow: each changed card is read, serialised and compressed once, whoever watches.

use super::{Refusal, Server};
use crate::dispatch::{BoardCard, BoardStep, CardChange};
use crate::locked::locked;
use axum::body::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;
use tokio::sync::watch;
use truckroll_core::id::{CompanyId, VisitId};

/// Cards that are held for watchers who keep up or nearly do; whoever is further behind is served by the store.
const HELD_MAX: usize = 2_048;
/// Events that a watcher takes at once.
const STEP: usize = 64;
/// How long the follower waits when the store failed.
const PAUSE: Duration = Duration::from_secs(1);

/// A server-sent event, for the document.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct StreamEvent {
    /// `card`, `change` or `poke`.
    event: String,
    /// Where the stream resumes after it: opaque, and only rising. A poke has none.
    id: Option<String>,
    /// A card as JSON, a `Change` of one, or `{}`.
    data: String,
}

/// How much of a card an event shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All of it.
    Card,
    /// What changed since the card that the watcher has.
    Change,
}

/// An event as it travels, in both forms. Each is made when the first watcher asks for it.
#[derive(Debug)]
pub(super) struct Frame {
    /// What it shows.
    pub(super) card: BoardCard,
    whole: Lines,
    change: Lines,
}

/// The bytes of one form.
#[derive(Debug, Default)]
struct Lines {
    plain: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Frame {
    /// The event of a card.
    pub(super) fn of(card: BoardCard) -> Self {
        Self { card, whole: Lines::default(), change: Lines::default() }
    }

    /// The event's name and its data.
    pub(super) fn event(&self, form: Form) -> (&'static str, &str) {
        match (form, &self.card.change) {
            (Form::Change, Some(change)) => ("change", &change.json),
            (Form::Card, _) | (Form::Change, None) => ("card", &self.card.json),
        }
    }

    /// The bytes for a watcher of the one company, compressed if it wants that.
    pub(super) fn bytes(&self, form: Form, compressed: bool) -> Bytes {
        let lines = match form {
            Form::Card => &self.whole,
            Form::Change => &self.change,
        };
        let plain = lines.plain.get_or_init(|| {
            let (name, data) = self.event(form);
            format!("event: {name}\nid: {}\ndata: {data}\n\n", self.card.id).into()
        });
        if compressed { lines.gzip.get_or_init(|| piece(plain)).clone() } else { plain.clone() }
    }
}

/// The start of a gzip stream (RFC 1952): no name, no time, unknown system.
pub(super) const GZIP_HEAD: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A piece of a gzip stream that refers to nothing outside itself and ends on a byte: the same bytes fit into every
/// watcher's stream, so a thousand compressed streams cost one compression and no state each.
pub(super) fn piece(text: &[u8]) -> Bytes {
    let mut deflate = Compress::new(Compression::default(), false);
    // A deflate block that doesn't shrink grows by a few bytes for every 64 KiB, and the flush adds five.
    let mut out = Vec::with_capacity(text.len() + text.len() / 1024 + 64);
    match deflate.compress_vec(text, &mut out, FlushCompress::Sync) {
        Ok(_) => out.into(),
        Err(error) => {
            tracing::error!(%error, "an event can't be compressed");
            Bytes::new()
        }
    }
}

/// The boards that somebody watches.
#[derive(Default)]
pub(super) struct Live(Mutex<HashMap<CompanyId, Weak<Board>>>);

/// One company's changes, newest of each visit.
pub(super) struct Board {
    state: Mutex<State>,
    /// The number up to which everything is in here.
    reached: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    frames: BTreeMap<u64, (VisitId, Arc<Frame>)>,
    numbers: HashMap<VisitId, u64>,
    /// Everything that changed after this number is in `frames`.
    from: u64,
    /// The latest number at which something about no visit was seen: whoever may watch is to be asked again.
    access: u64,
    /// The number at which the newest card of every visit was known; `None` while only a part of what follows is.
    complete: Option<u64>,
}

/// What a watcher has to do next.
enum Next {
    /// These came after its place. Who has taken them has every visit's newest card as of the number; without one, there
    /// is more.
    Frames(Vec<Arc<Frame>>, Option<u64>),
    /// It stands before what is held: the store knows.
    Behind,
}

impl Live {
    /// The company's board, followed from now on.
    fn board(&self, server: &Server, company: CompanyId, head: u64) -> Arc<Board> {
        let mut boards = locked(&self.0);
        boards.retain(|_, board| board.strong_count() > 0);
        if let Some(board) = boards.get(&company).and_then(Weak::upgrade) {
            return board;
        }
        let board = Arc::new(Board {
            state: Mutex::new(State { from: head, complete: Some(head), ..State::default() }),
            reached: watch::channel(head).0,
        });
        boards.insert(company, Arc::downgrade(&board));
        tokio::spawn(follow(server.clone(), company, Arc::downgrade(&board), head));
        board
    }
}

impl Board {
    /// What came after a place.
    fn after(&self, place: u64) -> Next {
        let state = locked(&self.state);
        if place < state.from {
            return Next::Behind;
        }
        let frames: Vec<_> =
            state.frames.range(place + 1..).take(STEP).map(|(_, (_, frame))| Arc::clone(frame)).collect();
        let complete = state.complete.filter(|complete| frames.len() < STEP && *complete >= place);
        Next::Frames(frames, complete)
    }

    /// The latest number at which it may have changed who may watch.
    fn access(&self) -> u64 {
        locked(&self.state).access
    }

    fn add(&self, step: &BoardStep, reached: u64) {
        let mut state = locked(&self.state);
        if step.access {
            state.access = reached;
        }
        state.complete = step.complete.then_some(step.head);
        for card in &step.cards {
            if let Some(older) = state.numbers.insert(card.visit, card.seq) {
                state.frames.remove(&older);
            }
            state.frames.insert(card.seq, (card.visit, Arc::new(Frame::of(card.clone()))));
        }
        while state.frames.len() > HELD_MAX
            && let Some((seq, (visit, _))) = state.frames.pop_first()
        {
            state.numbers.remove(&visit);
            state.from = seq;
        }
        drop(state);
        self.reached.send_replace(reached);
    }
}

/// One watcher's place in a company's board. It holds a few shared events at most, however far it lags.
pub(super) struct Feed {
    company: CompanyId,
    board: Arc<Board>,
    reached: watch::Receiver<u64>,
    /// The number of what was taken last.
    at: u64,
    /// The latest number at which it may have changed who may watch, and that was noticed.
    noticed: u64,
    /// The number of the last event of an earlier connection, 0 without one: what came before isn't taken for held.
    began: u64,
    /// The watcher had every visit's newest card as of this number when what it takes now was looked up. `None` for one
    /// that lags.
    held: Option<u64>,
    /// The same for when it has taken that.
    then_held: Option<u64>,
}

impl Feed {
    /// Follows a company from the last event that the watcher has.
    ///
    /// # Errors
    /// When the company can't be read.
    pub(super) async fn open(server: &Server, company: CompanyId, last_id: Option<String>) -> Result<Self, Refusal> {
        let (at, head) = server
            .run(move |dispatch, _| {
                let head = dispatch.company(company).read(|reader| Ok::<_, crate::dispatch::Error>(reader.head()?))?;
                Ok((dispatch.board_place(company, last_id.as_deref())?, head))
            })
            .await?;
        let board = server.live.board(server, company, head);
        let (reached, noticed) = (board.reached.subscribe(), board.access());
        Ok(Self { company, reached, noticed, board, at, began: at, held: None, then_held: None })
    }

    /// Whether it may have changed who may watch; said once.
    pub(super) fn notice_access(&mut self) -> bool {
        let access = self.board.access();
        std::mem::replace(&mut self.noticed, access) < access
    }

    /// What comes after the watcher's place, a few at once; nothing when it has everything. `None` when the store fails.
    pub(super) async fn next(&mut self, server: &Server) -> Option<Vec<Arc<Frame>>> {
        // What was looked up before has been taken.
        self.held = self.then_held.take();
        loop {
            // Marked before the look: what comes after it wakes the next round.
            self.reached.borrow_and_update();
            if let Next::Frames(frames, complete) = self.board.after(self.at) {
                self.then_held = complete;
                return Some(frames);
            }
            self.held = None;
            let (company, at) = (self.company, self.at);
            let step = server.run(move |dispatch, _| dispatch.board_step(company, at)).await.ok()?;
            if !step.cards.is_empty() {
                return Some(step.cards.into_iter().map(|card| Arc::new(Frame::of(card))).collect());
            }
            self.at = step.head.max(self.at);
        }
    }

    /// In which form the watcher can read an event: a change only if it got the card before it on this connection, and
    /// nothing of the visit since.
    pub(super) fn form(&self, frame: &Frame) -> Form {
        let has = |change: &CardChange| {
            self.began < change.from && self.held.is_some_and(|held| (change.from..change.until).contains(&held))
        };
        if frame.card.change.as_ref().is_some_and(has) { Form::Change } else { Form::Card }
    }

    /// The watcher has this.
    pub(super) fn take(&mut self, frame: &Frame) {
        self.at = frame.card.seq;
    }

    /// Waits until there is something new. `None` when the server stops.
    pub(super) async fn changed(&mut self) -> Option<()> {
        self.reached.changed().await.ok()
    }
}

/// Reads what changed, for as long as somebody watches.
async fn follow(server: Server, company: CompanyId, board: Weak<Board>, head: u64) {
    let mut heads = server.dispatch().company(company).watch();
    let mut stopping = server.stopping.clone();
    let mut at = head;
    loop {
        // Marked before the look: what is committed after it wakes the next round.
        heads.borrow_and_update();
        match server.run(move |dispatch, _| dispatch.board_step(company, at)).await {
            Ok(step) => {
                let reached = step.cards.last().map_or(step.head, |card| card.seq);
                let Some(board) = board.upgrade() else { return };
                if reached > at {
                    board.add(&step, reached);
                    at = reached;
                }
                if !step.cards.is_empty() {
                    continue;
                }
            }
            Err(_) => {
                // Its reason is in the log already.
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        }
        tokio::select! {
            changed = heads.changed() => if changed.is_err() { return },
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        if board.strong_count() == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use std::io::Read;

    fn card(visit: u128, seq: u64) -> BoardCard {
        let visit = VisitId(uuid::Uuid::from_u128(visit));
        BoardCard { visit, seq, id: format!("id-{seq}"), json: format!("{{\"seq\":{seq}}}").into(), change: None }
    }

    fn numbers(next: Next) -> Option<Vec<u64>> {
        match next {
            Next::Frames(frames, _) => Some(frames.iter().map(|frame| frame.card.seq).collect()),
            Next::Behind => None,
        }
    }

    #[test]
    fn pieces_of_any_events_in_any_order_are_one_gzip_stream() {
        let frames = [Frame::of(card(1, 7)), Frame::of(card(2, 9)), Frame::of(card(1, 11))];
        for order in [[0, 1, 2], [2, 0, 0], [1, 1, 1]] {
            let mut stream = GZIP_HEAD.to_vec();
            let mut wanted = String::new();
            for index in order {
                stream.extend_from_slice(&frames[index].bytes(Form::Card, true));
                wanted.push_str(std::str::from_utf8(&frames[index].bytes(Form::Card, false)).unwrap());
            }
            let mut found = vec![0; wanted.len()];
            flate2::read::GzDecoder::new(stream.as_slice()).read_exact(&mut found).unwrap();
            assert_eq!(String::from_utf8(found).unwrap(), wanted);
        }
    }

    #[test]
    fn a_board_holds_the_newest_of_each_visit_and_sends_those_behind_to_the_store() {
        let board = Board { state: Mutex::new(State { from: 5, ..State::default() }), reached: watch::channel(5).0 };
        let step = |cards: Vec<BoardCard>| BoardStep { head: 0, access: false, cards, complete: true };
        board.add(&step(vec![card(1, 6), card(2, 8)]), 8);
        board.add(&step(vec![card(1, 9)]), 9);
        assert_eq!(numbers(board.after(4)), None);
        assert_eq!(numbers(board.after(5)), Some(vec![8, 9]));
        assert_eq!(numbers(board.after(9)), Some(Vec::new()));
        let many = (0..HELD_MAX as u64).map(|number| card(u128::from(number) + 100, number + 10)).collect();
        board.add(&step(many), 10 + HELD_MAX as u64);
        assert_eq!(numbers(board.after(8)), None, "what had to go is the store's to tell");
        assert_eq!(numbers(board.after(9)).unwrap().len(), STEP);
    }
}
