//! The network between phones and server, as bad as the seed says.

use super::dice::Dice;
use truckroll_core::device::{Header, Reply};

/// How often each fault happens, in a thousand requests. Each seed draws its own, so that every fault meets every other
/// one and also has seeds for itself.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    /// The request never arrives.
    pub request_lost: u32,
    /// It arrives; the reply never does.
    pub reply_lost: u32,
    /// The reply breaks off in its body.
    pub reply_cut: u32,
    /// The request arrives twice, the second time later.
    pub duplicated: u32,
    /// It takes so long that later ones overtake it.
    pub overtaken: u32,
    /// A captive portal answers: 200 with a page, or a redirect.
    pub portal: u32,
    /// An edge answers 404 although the server is there.
    pub edge_not_found: u32,
    /// 429 with `Retry-After`.
    pub too_many: u32,
    /// 503, with and without `Retry-After`.
    pub unavailable: u32,
    /// A careless cache gives the reply to an earlier request to the same address.
    pub stale: u32,
    /// The longest ordinary delay, milliseconds.
    pub delay_max_ms: i64,
}

impl Weather {
    /// A quiet day.
    pub fn good() -> Self {
        Self { delay_max_ms: 150, ..Self::default() }
    }

    /// The weather of a seed: each fault is there or not, and as often as it may be.
    pub fn draw(dice: &mut Dice) -> Self {
        let mut often =
            |most: i64| if dice.in_thousand(500) { u32::try_from(dice.between(1, most)).unwrap_or(0) } else { 0 };
        Self {
            request_lost: often(200),
            reply_lost: often(150),
            reply_cut: often(100),
            duplicated: often(100),
            overtaken: often(200),
            portal: often(60),
            edge_not_found: often(60),
            too_many: often(60),
            unavailable: often(60),
            stale: often(60),
            delay_max_ms: dice.between(50, 3_000),
        }
    }
}

/// What becomes of one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It arrives and the reply comes back.
    Whole,
    /// It never arrives.
    RequestLost,
    /// The reply never arrives.
    ReplyLost,
    /// The reply's body ends too early; the host notices, or doesn't.
    ReplyCut {
        /// The host's client noticed.
        noticed: bool,
    },
    /// Something between them answers.
    Impostor(Reply),
    /// An old reply from the same address comes, if there is one.
    Stale,
}

/// The way of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// What becomes of it.
    pub fate: Fate,
    /// How long it takes to the server, milliseconds.
    pub there_ms: i64,
    /// And back.
    pub back_ms: i64,
    /// A second copy arrives so much later than the first.
    pub again_ms: Option<i64>,
}

impl Weather {
    /// The way of the next request.
    pub fn passage(&self, dice: &mut Dice) -> Passage {
        let delay = |dice: &mut Dice| {
            if dice.in_thousand(self.overtaken) {
                dice.between(2_000, 40_000)
            } else {
                dice.between(20, self.delay_max_ms.max(20))
            }
        };
        let (there_ms, back_ms) = (delay(dice), delay(dice));
        let again_ms = dice.in_thousand(self.duplicated).then(|| dice.between(1, 120_000));
        Passage { fate: self.fate(dice), there_ms, back_ms, again_ms }
    }

    fn fate(&self, dice: &mut Dice) -> Fate {
        if dice.in_thousand(self.request_lost) {
            Fate::RequestLost
        } else if dice.in_thousand(self.reply_lost) {
            Fate::ReplyLost
        } else if dice.in_thousand(self.reply_cut) {
            Fate::ReplyCut { noticed: dice.in_thousand(500) }
        } else if dice.in_thousand(self.portal) {
            Fate::Impostor(portal(dice))
        } else if dice.in_thousand(self.edge_not_found) {
            Fate::Impostor(page(404, "<html><h1>404 Not Found</h1><hr>edge</html>"))
        } else if dice.in_thousand(self.too_many) {
            let mut reply = page(429, "slow down");
            reply.headers.push(header("retry-after", &dice.between(1, 90).to_string()));
            Fate::Impostor(reply)
        } else if dice.in_thousand(self.unavailable) {
            let mut reply = page(503, "<html>maintenance</html>");
            if dice.in_thousand(500) {
                reply.headers.push(header("retry-after", &dice.between(1, 60).to_string()));
            }
            Fate::Impostor(reply)
        } else if dice.in_thousand(self.stale) {
            Fate::Stale
        } else {
            Fate::Whole
        }
    }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.to_owned() }
}

fn page(status: u16, body: &str) -> Reply {
    Reply { status, headers: vec![header("content-type", "text/html")], body: body.as_bytes().to_vec() }
}

fn portal(dice: &mut Dice) -> Reply {
    match dice.between(0, 2) {
        0 => page(200, "<html><form action=/login>Welcome to the guest network</form></html>"),
        // Some portals claim to be what was asked for.
        1 => Reply {
            status: 200,
            headers: vec![header("content-type", "application/json")],
            body: br#"{"login":"required"}"#.to_vec(),
        },
        _ => {
            let mut reply = page(302, "");
            reply.headers.push(header("location", "/portal"));
            reply
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_weather_loses_nothing() {
        let mut dice = Dice::new(3);
        for _ in 0..1_000 {
            let passage = Weather::good().passage(&mut dice);
            assert_eq!((passage.fate, passage.again_ms), (Fate::Whole, None));
            assert!(passage.there_ms <= 150 && passage.back_ms <= 150);
        }
    }

    #[test]
    fn seeds_draw_every_fault() {
        let weathers: Vec<Weather> = (0..200).map(|seed| Weather::draw(&mut Dice::new(seed))).collect();
        let rates: [fn(&Weather) -> u32; 10] = [
            |w| w.request_lost,
            |w| w.reply_lost,
            |w| w.reply_cut,
            |w| w.duplicated,
            |w| w.overtaken,
            |w| w.portal,
            |w| w.edge_not_found,
            |w| w.too_many,
            |w| w.unavailable,
            |w| w.stale,
        ];
        for rate in rates {
            assert!(weathers.iter().any(|weather| rate(weather) > 0));
            assert!(weathers.iter().any(|weather| rate(weather) == 0));
        }
    }
}
