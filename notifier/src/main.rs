//! `notifier`: tells member units by mail what is asked of them, and calls the people on duty.
//!
//! The way of a notice: [`sender`] leases it from the store, [`mail`] says it in Chinese, [`mailer`] sends it outside any
//! transaction with a timeout around each phase, [`verdict`] judges what came of it, and the sender's recorder writes that
//! down. A notice is sent at least once: who dies between the server's 250 and the record sends it again, under the same
//! Message-ID.
//!
//! The way of a call: [`caller`] leases it, reads anew whether anybody still waits for an answer, and tries the person's numbers by a
//! [`channel`]; [`receipts`] hears what became of it.
//!
//! Beside both, [`poster`] tells group chats and units' own systems, which reach nobody.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod bounces;
mod caller;
mod channel;
mod fitting;
mod gateways;
mod hand;
mod mail;
mod mailer;
mod poster;
mod receipts;
mod sender;
mod serve;
#[cfg(test)]
mod tests;
mod verdict;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "notifier",
    version,
    about = "Sends notices to member units by mail, and calls the people on duty."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves: leases notices and calls, and sends them
    Serve,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli {
        command: Command::Serve,
    } = Cli::parse();
    match serve::serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            platform::remark!("notifier: {error:#}");
            ExitCode::FAILURE
        }
    }
}
