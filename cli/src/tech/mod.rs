//! `truckroll tech`: the technician's app at the command line, on the engine that the apps run.

mod args;
mod clock;
mod keys;
mod phone;
mod position;
mod show;

pub(crate) use args::TechArgs;

use crate::exit::Failure;
use crate::table;
use args::Tech;
use phone::{BRIEF, PATIENT, Phone};
use serde_json::{Value, json};
use truckroll_core::device::screens::SyncView;
use truckroll_core::device::{ActError, Intent};
use truckroll_core::fact::EstimateLine;
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Lane;

/// Runs one command on the phone in `--home`.
pub(crate) async fn run(args: TechArgs, json: bool) -> Result<(), Failure> {
    let phone = Phone::open(&args).await?;
    let ended = command(&phone, args, json).await;
    phone.engine.close().await;
    ended
}

async fn command(phone: &Phone, args: TechArgs, json: bool) -> Result<(), Failure> {
    match args.command {
        Tech::Enrol { url, code, name } => {
            phone.engine.enrol(url, code, name, "cli".to_owned()).await?;
            let sync = phone.settle(PATIENT).await?;
            if !sync.enrolled {
                return Err(not_enrolled(&sync));
            }
            print(json, &sync, show::sync(&sync))
        }
        Tech::Today => {
            if !args.offline {
                phone.refresh(BRIEF).await?;
            }
            let today = phone.engine.today().await?;
            print(json, &today, show::today(&today))
        }
        Tech::Show { visit } => {
            let view = phone.engine.visit(phone.visit(&visit).await?).await?;
            print(json, &view, show::visit(&view))
        }
        Tech::Closeout { visit } => {
            let view = phone.engine.closeout(phone.visit(&visit).await?).await?;
            print(json, &view, show::closeout(&view))
        }
        Tech::Attention => {
            let view = phone.engine.attention().await?;
            print(json, &view, show::attention(&view))
        }
        Tech::Messages => {
            let view = phone.engine.messages().await?;
            print(json, &view, show::messages(&view))
        }
        Tech::Sync => {
            let view = phone.refresh(PATIENT).await?;
            print(json, &view, show::sync(&view))?;
            if view.settled { Ok(()) } else { Err(Failure::Unreachable(view.headline)) }
        }
        act => {
            let (visit, intent) = intent(phone, act).await?;
            let done = phone.engine.act(intent).await?;
            // Saved: whatever the line does now takes nothing back.
            let sync = if args.offline { phone.engine.sync().await? } else { phone.settle(BRIEF).await? };
            let status = match visit {
                Some(visit) => phone.engine.visit(visit).await.ok().map(|view| (view.status, view.status_label)),
                None => None,
            };
            let answer = json!({
                "saved": done.saved,
                "status": status.as_ref().map(|(status, _)| status),
                "gate_code": done.gate_code,
                "sha256": done.sha256,
                "unsent": sync.unsent,
                "attention": sync.attention,
            });
            let mut text = match (&done.gate_code, &status) {
                (Some(code), _) => format!("gate code: {code}\n"),
                (None, Some((_, label))) => format!("saved; {label}\n"),
                (None, None) => "saved\n".to_owned(),
            };
            text.push_str(&show::waiting(&sync));
            print(json, &answer, text)
        }
    }
}

/// Prints a view as JSON, or its text.
fn print(json: bool, view: &impl serde::Serialize, text: String) -> Result<(), Failure> {
    table::print(&if json { serde_json::to_string(view)? + "\n" } else { text })
}

/// Why an enrolment came to nothing: the server said no, or nothing.
fn not_enrolled(sync: &SyncView) -> Failure {
    if sync.key == "not_enrolled" {
        let refused: Vec<&str> = sync.notices.iter().map(|notice| notice.text.as_str()).collect();
        return Failure::NotDone(ActError::not_possible(&refused.join(" ")));
    }
    Failure::Unreachable(sync.last_error.clone())
}

/// What a command wants of the engine, and the visit that it is about.
async fn intent(phone: &Phone, command: Tech) -> Result<(Option<VisitId>, Intent), Failure> {
    let visit = match command.visit() {
        Some(key) => Some(phone.visit(key).await?),
        None => None,
    };
    let intent = match (command, visit) {
        (Tech::Arrive { position, reason, stated_at_ms, .. }, Some(visit)) => {
            Intent::Arrive { visit, fix: position.fix(&phone.now())?, reason, stated_at_ms }
        }
        (Tech::CheckIn { position, reason, .. }, Some(visit)) => {
            Intent::CheckIn { visit, fix: position.fix(&phone.now())?, reason }
        }
        (Tech::Travel(step), Some(visit)) => step.intent(visit, Status::Traveling),
        (Tech::Start(step) | Tech::Resume(step), Some(visit)) => step.intent(visit, Status::InProgress),
        (Tech::Pause(step), Some(visit)) => step.intent(visit, Status::Paused),
        (Tech::Decline(step), Some(visit)) => step.intent(visit, Status::Declined),
        (Tech::CannotComplete(step), Some(visit)) => step.intent(visit, Status::CannotComplete),
        (Tech::Complete { step, outcome, gaps }, Some(visit)) => Intent::SetStatus {
            visit,
            to: Status::Completed,
            reason: step.reason,
            stated_at_ms: step.stated_at_ms,
            outcome: outcome.map(|word| word.0),
            gaps,
        },
        (Tech::Undo { .. }, Some(visit)) => Intent::Undo { visit },
        (Tech::Note { text, revises, .. }, Some(visit)) => Intent::AddNote { visit, text, revises },
        (Tech::Photo { file, kind, caption, .. }, Some(visit)) => {
            Intent::AddPhoto { visit, bytes: read(&file)?, photo_kind: kind.0, caption }
        }
        (Tech::Part { name, quantity, back: false, stock, serial, .. }, Some(visit)) => {
            Intent::UsePart { visit, name, quantity, stock, serial }
        }
        (Tech::Part { name, quantity, back: true, stock, serial, .. }, Some(visit)) => {
            Intent::ReturnPart { visit, name, quantity, stock, serial }
        }
        (Tech::Checklist { item, value, .. }, Some(visit)) => Intent::Answer { visit, item, value },
        (Tech::StartTime { kind, .. }, Some(visit)) => Intent::StartTime { visit, time_kind: kind.0 },
        (Tech::StopTime { .. }, Some(visit)) => Intent::StopTime { visit, start: running(phone, visit).await? },
        (Tech::Adjust { fact, at_ms, reason, .. }, Some(visit)) => {
            Intent::AdjustTime { visit, target: fact, at_ms, reason }
        }
        (Tech::Sign { signer, picture, .. }, Some(visit)) => {
            let document_sha256 = phone.engine.closeout(visit).await?.document_sha256;
            Intent::Sign { visit, signer, picture: read(&picture)?, document_sha256 }
        }
        (Tech::Pin { position, .. }, Some(visit)) => {
            let fix = position.fix(&phone.now())?.ok_or_else(|| Failure::because("say where the door is"))?;
            Intent::ProposePin { visit, fix }
        }
        (Tech::Estimate { title, lines, .. }, Some(visit)) => Intent::ProposeEstimate {
            visit,
            title,
            lines: lines.iter().map(|line| estimate_line(line)).collect::<Result<_, _>>()?,
        },
        (Tech::FollowUp { reason, next_step, due_ms, .. }, Some(visit)) => {
            Intent::ProposeFollowUp { visit, reason, next_step, due_ms }
        }
        (Tech::Flag { kind, text, eta_ms, .. }, Some(visit)) => {
            Intent::RaiseFlag { visit, flag: kind.0, text, new_eta_ms: eta_ms }
        }
        (Tech::Mark { field, miss, text, minutes, .. }, Some(visit)) => {
            Intent::MarkHandoff { visit, field, miss: miss.0, text, minutes_lost: minutes }
        }
        (Tech::Message { text, urgent, .. }, Some(visit)) => {
            Intent::SendMessage { visit, lane: if urgent { Lane::Urgent } else { Lane::Routine }, text }
        }
        (Tech::GateCode { .. }, Some(visit)) => Intent::ViewGateCode { visit },
        (Tech::Resend { fact }, _) => Intent::Resend { op_id: fact },
        (Tech::LateNote { fact, text }, _) => Intent::LateNote { op_id: fact, text },
        (Tech::Discard { fact }, _) => Intent::Discard { op_id: fact },
        (Tech::WifiOnly { on }, _) => Intent::SetWifiOnly { on: on == "on" },
        (other, _) => return Err(Failure::because(format!("{other:?} is not an act"))),
    };
    Ok((visit, intent))
}

/// The stretch of time that runs on a visit.
async fn running(phone: &Phone, visit: VisitId) -> Result<OpId, Failure> {
    let view = phone.engine.visit(visit).await?;
    view.running.map(|entry| entry.start_op).ok_or_else(|| Failure::because("no break, wait or parts run is on"))
}

fn read(file: &std::path::Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::because(format!("{}: {error}", file.display())))
}

/// `text;quantity;cents of one`.
fn estimate_line(line: &str) -> Result<EstimateLine, Failure> {
    let wrong = || Failure::because(format!("{line:?} is not a line like \"heat exchanger;1;89000\""));
    let mut parts = line.rsplitn(3, ';').map(str::trim);
    let (Some(cents), Some(quantity), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    Ok(EstimateLine {
        text: text.to_owned(),
        quantity: quantity.parse().map_err(|_| wrong())?,
        unit_cents: cents.parse().map_err(|_| wrong())?,
    })
}

/// A view's JSON, for tables.
fn value(view: &impl serde::Serialize) -> Value {
    // A view is made of strings, numbers and lists: serialising it into memory can't fail.
    serde_json::to_value(view).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::estimate_line;

    #[test]
    fn an_estimate_line_is_text_quantity_and_cents() {
        let line = estimate_line("valve; brass;2;1250").ok();
        assert_eq!(
            line.map(|line| (line.text, line.quantity, line.unit_cents)),
            Some(("valve; brass".into(), 2.0, 1250))
        );
        assert!(estimate_line("valve;2").is_err());
    }
}
