//! What is known of one phone's reachability: when it is to be poked.

use std::time::{Duration, Instant};

/// A phone with an open stream is poked there, and asks within moments. One that hasn't for so long went away without a
/// word: its connection is only not known to be dead yet.
const STREAM_PATIENCE: Duration = Duration::from_secs(60);
/// The pause after a poke that failed; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// A phone, as long as this process knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Open streams.
    pub(super) streams: usize,
    /// The newest change that it has, or was poked for.
    told: u64,
    /// Since when a stream has been open and something waits that the phone doesn't fetch.
    unheard_since: Option<Instant>,
    failures: u32,
    again_at: Option<Instant>,
}

/// What to do about a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing until something changes.
    Rest,
    /// Poke it.
    Poke,
    /// Look again then.
    At(Instant),
}

impl Line {
    /// What to do about something new at `head`.
    pub(super) fn next(&mut self, head: u64, now: Instant) -> Next {
        if head <= self.told {
            self.unheard_since = None;
            return Next::Rest;
        }
        if self.streams > 0 {
            let patient_until = *self.unheard_since.get_or_insert(now) + STREAM_PATIENCE;
            if now < patient_until {
                return Next::At(patient_until);
            }
        }
        match self.again_at {
            Some(again_at) if now < again_at => Next::At(again_at),
            _ => Next::Poke,
        }
    }

    /// The phone showed that it has everything up to here.
    pub(super) fn have(&mut self, confirmed: u64) {
        self.told = self.told.max(confirmed);
    }

    /// The phone has, or was poked for, everything up to here.
    pub(super) fn tell(&mut self, head: u64) {
        self.told = self.told.max(head);
        self.failures = 0;
        self.again_at = None;
    }

    /// A poke failed.
    pub(super) fn fail(&mut self, now: Instant) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16)).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.again_at = Some(now + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_poked_once_for_what_it_hasnt_got() {
        let (mut line, now) = (Line::default(), Instant::now());
        assert_eq!(line.next(0, now), Next::Rest);
        assert_eq!(line.next(7, now), Next::Poke);
        line.tell(7);
        assert_eq!(line.next(7, now), Next::Rest);
        line.tell(5);
        assert_eq!(line.next(7, now), Next::Rest, "an older checkpoint takes nothing back");
        assert_eq!(line.next(8, now), Next::Poke);
    }

    #[test]
    fn an_open_stream_is_trusted_for_a_minute() {
        let (mut line, now) = (Line { streams: 1, ..Line::default() }, Instant::now());
        assert_eq!(line.next(7, now), Next::At(now + STREAM_PATIENCE));
        assert_eq!(line.next(9, now + STREAM_PATIENCE / 2), Next::At(now + STREAM_PATIENCE));
        assert_eq!(line.next(9, now + STREAM_PATIENCE), Next::Poke);
        line.tell(9);
        assert_eq!(line.next(9, now + STREAM_PATIENCE), Next::Rest);
        let later = now + STREAM_PATIENCE * 9;
        assert_eq!(line.next(10, later), Next::At(later + STREAM_PATIENCE), "it gets its minute for each");
    }

    #[test]
    fn a_poke_that_fails_is_sent_again_less_and_less_often() {
        let (mut line, now) = (Line::default(), Instant::now());
        line.fail(now);
        assert_eq!(line.next(7, now), Next::At(now + FIRST_PAUSE));
        assert_eq!(line.next(7, now + FIRST_PAUSE), Next::Poke);
        for _ in 0..40 {
            line.fail(now);
        }
        assert_eq!(line.next(7, now), Next::At(now + LONGEST_PAUSE));
        line.tell(7);
        assert_eq!(line.next(8, now), Next::Poke, "it works again");
    }
}
