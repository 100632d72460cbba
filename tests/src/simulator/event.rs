//! What is coming in a run, and the requests that are on their way.

use super::network::Passage;
use truckroll_core::device::{EffectId, Reply, Request};

/// Something that happens at a moment of virtual time. Phones are named by their place in the fleet; a `life` says for
/// which process of the app it is meant.
pub enum Event {
    /// Somebody does something.
    Act,
    /// A request reaches the server.
    Arrives {
        /// The request.
        exchange: Exchange,
        /// What the network does to it.
        passage: Passage,
        /// It is a second copy: nobody waits for its reply.
        copy: bool,
    },
    /// A reply, or the end of waiting for one, reaches the phone.
    Comes {
        /// The request.
        exchange: Exchange,
        /// What came.
        reply: Option<Reply>,
    },
    /// The key store has signed.
    Signed {
        /// Which phone's.
        phone: usize,
        /// For this process.
        life: u64,
        /// What was asked.
        effect: EffectId,
        /// ECDSA, DER.
        signature: Vec<u8>,
    },
    /// A wake-up that the engine asked for.
    Wakes {
        /// Which phone.
        phone: usize,
        /// For this process.
        life: u64,
        /// Only if it is the latest that was asked for.
        wake: u64,
    },
    /// A push notification.
    Poked {
        /// Which phone.
        phone: usize,
        /// For this process.
        life: u64,
    },
    /// A killed app is opened again.
    PhoneStarts {
        /// Which phone.
        phone: usize,
        /// The whole phone was restarted.
        rebooted: bool,
    },
    /// A suspended app comes back.
    Resumes {
        /// Which phone.
        phone: usize,
        /// For this process.
        life: u64,
    },
    /// A full phone has room again; its app is opened anew.
    PhoneHasRoom {
        /// Which phone.
        phone: usize,
    },
    /// A technician gets a code, and tries to enrol.
    Enrols {
        /// Which phone.
        phone: usize,
    },
    /// The office takes back what it decided about a phone.
    LetBackIn {
        /// Which phone.
        phone: usize,
    },
    /// A killed server comes back.
    ServerStarts,
    /// A full server has room again.
    ServerHasRoom,
    /// Somebody of an office gets their role back, or a technician their place.
    RoleReturns {
        /// The company's place.
        company: usize,
        /// Who.
        lost: LostRole,
    },
}

/// A role that somebody lost for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostRole {
    /// Somebody of the office, by their place: they may only look.
    Officer(usize),
    /// A technician, by their phone's place: they don't work here.
    Technician(usize),
}

/// What a request is for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// The engine waits for its result.
    Effect(EffectId),
    /// The phone's system uploads a part, and tells whatever process of the app there is.
    Part {
        /// Of this picture.
        sha256: String,
        /// The part's number.
        part: u32,
    },
}

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The phone's place in the fleet.
    pub phone: usize,
    /// The process that asked.
    pub life: u64,
    /// What it is for.
    pub purpose: Purpose,
    /// The request.
    pub request: Request,
}
