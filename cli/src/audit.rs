//! `truckroll audit`: is the log what was written?

use crate::client::Connection;
use crate::exit::Failure;
use crate::table::print;
use clap::Subcommand;

/// Check the event log.
#[derive(clap::Args, Debug)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: Audit,
}

#[derive(Subcommand, Debug)]
enum Audit {
    /// Walk the whole log: numbers without a gap, every link of the chain, every payload that is left. Fails if one was changed.
    Verify,
}

/// Runs one command.
pub(crate) async fn run(args: AuditArgs, json: bool) -> Result<(), Failure> {
    let client = args.connection.open()?;
    let Audit::Verify = args.command;
    let answer = client.get("/v1/office/audit").await?;
    if answer["intact"] != true {
        return Err(Failure::because(answer["detail"].as_str().unwrap_or("the log was changed")));
    }
    let text = if json { format!("{answer}\n") } else { format!("{} events, intact\n", answer["events"]) };
    print(&text)
}
