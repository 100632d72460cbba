//! What people do in a run: technicians on their phones, dispatchers in their offices.

use super::checks::running;
use super::ledger::{self, Saved};
use super::office;
use super::outside;
use super::technician;
use super::world::{JOBS, World};
use anyhow::{Result, bail};
use truckroll_core::device::Input;
use truckroll_core::id::OpId;

impl World<'_> {
    /// A technician does something on their phone.
    pub(super) fn technician_acts(&mut self) -> Result<()> {
        let place = self.any_phone();
        if self.phones[place].suspended {
            return Ok(());
        }
        let deed = technician::next_deed(&self.phones[place], self.now_ms, &mut self.dice)?;
        let Some(deed) = deed else { return Ok(()) };
        let own = self.phones[place].held()?;
        let boot_id = self.phones[place].clock.now(self.now_ms).boot_id;
        self.say_phone(place, || deed.words.clone());
        let done = self.give(place, Input::Intent(deed.intent))?;
        let reported = done.is_some();
        // Of a process that died the database may hold facts that nobody was told of; they are real all the same.
        let saved = match done {
            Some(done) => done.saved,
            None if self.phones[place].engine.is_none() => self.unreported(place)?,
            None => Vec::new(),
        };
        for op_id in saved {
            let Some(visit) = self.phones[place].visit_of(op_id)? else {
                self.note(ledger::broken("I1", format!("{op_id} was reported saved and isn't stored")));
                return Ok(());
            };
            let saved = Saved {
                phone: place,
                visit,
                at_ms: self.now_ms,
                boot_id: boot_id.clone(),
                was_own: own.contains_key(&visit),
                independent: deed.independent,
                reported,
            };
            self.say_detail(place, || format!("saved {op_id}"));
            self.ledger.saved.insert(op_id, saved);
        }
        let held = running::own_writes_stay(&self.ledger, place, &self.phones[place])?;
        self.note(held);
        Ok(())
    }

    /// Facts of a phone that nobody knows of.
    fn unreported(&self, place: usize) -> Result<Vec<OpId>> {
        let outbox = self.phones[place].outbox()?;
        Ok(outbox.into_keys().filter(|op_id| !self.ledger.saved.contains_key(op_id)).collect())
    }

    /// An office imports one more job.
    pub(super) fn create_job(&mut self, company: usize) -> Result<()> {
        self.server.companies[company].jobs += 1;
        let number = 1_000 + self.server.companies[company].jobs;
        let file = office::job_file(number, &mut self.dice);
        let now_ms = self.now_ms;
        match self.server.office(company, 1, |office| office.import_jobs(now_ms, file.as_bytes()))? {
            Some(Ok(report)) => self.say("office", || format!("imports {} job", report.imported)),
            // Its dispatcher may only look at the moment, or the disk is full.
            Some(Err(refused)) if !self.quiet => self.say("office", || format!("refused: {refused}")),
            Some(Err(refused)) => bail!("a job wasn't imported: {refused}"),
            None => {}
        }
        self.after_server()?;
        self.look_for_visits(company)
    }

    /// The offices look at what visits there are.
    pub(super) fn look_for_visits(&mut self, company: usize) -> Result<()> {
        let id = self.server.companies[company].id;
        self.server.companies[company].visits = outside::visit_ids(self.server.database.outside(), id)?;
        Ok(())
    }

    /// Somebody in an office does something about a visit.
    pub(super) fn office_acts(&mut self) -> Result<()> {
        // The second company is a small one.
        let company = usize::from(self.dice.in_thousand(120));
        if self.server.companies[company].jobs < JOBS[company] && self.dice.in_thousand(150) {
            return self.create_job(company);
        }
        let Some(dispatch) = self.server.dispatch.clone() else { return Ok(()) };
        let here = &self.server.companies[company];
        let Some(visit) = self.dice.pick(&here.visits).copied() else { return Ok(()) };
        let officer = self.dice.place(here.officers.len());
        let Some(visit) = dispatch.company(here.id).read(|reader| reader.visit(visit))? else { return Ok(()) };
        let codes: Vec<String> = (0..here.technicians.len()).map(|number| format!("T{number}")).collect();
        drop(dispatch);
        let (now_ms, dice) = (self.now_ms, &mut self.dice);
        let outcome =
            self.server.office(company, officer, |office| office::run_errand(office, now_ms, &visit, &codes, dice))?;
        match outcome {
            Some(Ok(Some(words))) => self.say("office", || words),
            Some(Ok(None)) | None => {}
            Some(Err(refused)) => self.say("office", || format!("refused: {refused}")),
        }
        self.after_server()
    }
}
