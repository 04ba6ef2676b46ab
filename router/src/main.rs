//! `router`: routes reports, drives the clock, and is the operator's command line.
//!
//! `route`, `due` and `check` need a county pack and nothing else: no database, no broker, no environment.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod serve;
mod tick;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
