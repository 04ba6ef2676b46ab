//! `notifier`: sends notices to member units by mail.

#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "notifier", version, about = "Sends notices to member units by mail.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves: leases notices and sends them
    Serve,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli {
        command: Command::Serve,
    } = Cli::parse();
    match notifier::serve::serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            platform::remark!("notifier: {error:#}");
            ExitCode::FAILURE
        }
    }
}
