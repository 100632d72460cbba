//! How requests travel: through the weather to the server and back, or not.

use super::event::{Event, Exchange, Purpose};
use super::ledger;
use super::network::{Fate, Passage};
use super::outside;
use super::world::World;
use anyhow::Result;
use truckroll_core::device::{EffectResult, Input, Network, Reply};

impl World<'_> {
    /// A request sets out.
    pub(super) fn send(&mut self, exchange: Exchange) {
        self.phones[exchange.phone].sent += 1;
        if self.phones[exchange.phone].network == Network::Offline {
            self.schedule.at(self.now_ms + 30, Event::Comes { exchange, reply: None });
            return;
        }
        let mut passage = self.weather.passage(&mut self.dice);
        let key = (exchange.phone, exchange.request.path.clone());
        if passage.fate == Fate::Stale {
            if let Some(reply) = self.cache.get(&key).cloned() {
                // Its clock readings are old: what is learnt from them is nobody's promise.
                let boot = self.phones[exchange.phone].clock.now(self.now_ms).boot_id;
                self.ledger.misled.insert(boot);
                self.say_detail(exchange.phone, || format!("{} is answered by a cache", exchange.request.path));
                self.schedule.at(self.now_ms + passage.back_ms, Event::Comes { exchange, reply: Some(reply) });
                return;
            }
            passage.fate = Fate::Whole;
        }
        match passage.fate.clone() {
            Fate::RequestLost => {
                let at_ms = self.now_ms + self.dice.between(5_000, 60_000);
                self.schedule.at(at_ms, Event::Comes { exchange, reply: None });
            }
            Fate::Impostor(reply) => {
                let at_ms = self.now_ms + passage.there_ms;
                self.schedule.at(at_ms, Event::Comes { exchange, reply: Some(reply) });
            }
            Fate::Whole | Fate::ReplyLost | Fate::ReplyCut { .. } | Fate::Stale => {
                if let Some(again_ms) = passage.again_ms {
                    let at_ms = self.now_ms + passage.there_ms + again_ms;
                    let event = Event::Arrives { exchange: exchange.clone(), passage: passage.clone(), copy: true };
                    self.schedule.at(at_ms, event);
                }
                self.schedule.at(self.now_ms + passage.there_ms, Event::Arrives { exchange, passage, copy: false });
            }
        }
    }

    /// It reaches the server, also when the app that sent it is dead meanwhile.
    pub(super) fn arrives(&mut self, exchange: Exchange, passage: &Passage, copy: bool) -> Result<()> {
        let reply = self.server.answer(&exchange.request, self.now_ms)?;
        self.after_server()?;
        if copy {
            return Ok(());
        }
        if let Some(reply) = &reply
            && reply.status == 200
            && exchange.request.path.starts_with("/v1/sync")
        {
            self.cache.insert((exchange.phone, exchange.request.path.clone()), reply.clone());
        }
        let (wait_ms, reply) = match (reply, &passage.fate) {
            (None, _) => (passage.back_ms, None),
            (Some(_), Fate::ReplyLost) => (self.dice.between(5_000, 60_000), None),
            (Some(_), Fate::ReplyCut { noticed: true }) => (passage.back_ms, None),
            (Some(reply), Fate::ReplyCut { noticed: false }) => {
                let kept = self.dice.place(reply.body.len().max(1));
                (passage.back_ms, Some(Reply { body: reply.body[..kept].to_vec(), ..reply }))
            }
            (Some(reply), _) => (passage.back_ms, Some(reply)),
        };
        self.schedule.at(self.now_ms + wait_ms, Event::Comes { exchange, reply });
        Ok(())
    }

    /// Its reply, or the end of waiting for one, reaches the phone.
    pub(super) fn comes(&mut self, exchange: Exchange, reply: Option<Reply>) -> Result<()> {
        let Exchange { phone, life, purpose, request } = exchange;
        let reply = reply.filter(|_| self.phones[phone].network != Network::Offline);
        let status = reply.as_ref().map_or(0, |reply| reply.status);
        let path = request.path.split('?').next().unwrap_or_default();
        self.say_detail(phone, || format!("{path} → {status}"));
        match purpose {
            Purpose::Effect(effect) if self.phones[phone].life == life => {
                let result = reply.map_or_else(|| EffectResult::Failed("no reply".to_owned()), EffectResult::Replied);
                self.give(phone, Input::Completed { effect, result }).map(drop)
            }
            Purpose::Effect(_) => Ok(()),
            // The phone's system uploads parts whether the app lives or not, and tells whoever lives then.
            Purpose::Part { sha256, part } => {
                let input = Input::PartSent { sha256, part, reply };
                if self.phones[phone].gone {
                    Ok(())
                } else if self.phones[phone].engine.is_none() || self.phones[phone].suspended {
                    self.phones[phone].ended_parts.push(input);
                    Ok(())
                } else {
                    self.give(phone, input).map(drop)
                }
            }
        }
    }

    /// What the server committed, and whether it still lives.
    pub(super) fn after_server(&mut self) -> Result<()> {
        for company in 0..self.server.companies.len() {
            let (head, known) = (self.server.head(company)?, self.server.companies[company].head);
            if head < known {
                self.note(ledger::broken("I3", format!("the head fell from {known} to {head}")));
            }
            if head > known {
                self.follow_commits(company, head)?;
            }
        }
        if self.server.dispatch.is_none() && self.server.database.switch().is_dead() {
            // From here on it is down, not dying: the switch has done its work.
            self.server.database.switch().revive();
            self.say("server", || "died at a commit".to_owned());
            self.plan_server_start();
        }
        Ok(())
    }

    fn follow_commits(&mut self, place: usize, head: u64) -> Result<()> {
        let company = &mut self.server.companies[place];
        for (visit, plan, progress) in
            outside::revisions_after(self.server.database.outside(), company.id, company.head)?
        {
            company.revisions.entry(visit).or_default().push((plan, progress));
        }
        company.head = head;
        for phone in self.in_use() {
            let is_theirs = self.phones[phone].owner.company == place;
            if is_theirs && (self.quiet || self.dice.in_thousand(600)) {
                let at_ms = self.now_ms + self.dice.between(20, 2_000);
                self.schedule.at(at_ms, Event::Poked { phone, life: self.phones[phone].life });
            }
        }
        Ok(())
    }
}
