//! Enrols a phone that does nothing else, and prints its access token: for tools that try the phone's routes.
#![expect(clippy::print_stdout, reason = "a program prints")]

use anyhow::Result;
use clap::Parser;
use truckroll_tests::bench::sync::Bare;

#[derive(Parser)]
struct Arguments {
    /// The server's address.
    url: String,
    /// The office's one-time code.
    code: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    println!("{}", Bare::enrolled(&arguments.url, &arguments.code).await?.token);
    Ok(())
}
