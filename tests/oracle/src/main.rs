//! Measures casework's decision tables against an independent DMN engine.
//!
//! `oracle random [TABLES]` makes random tables of all hit policies and kinds as DMN files, asks both the same and
//! says where they differ. `oracle files [DIR…]` does so with DMN files that other people wrote: those inside the
//! packages of the engine, and those in the given folders; what casework refuses is listed with the reason.
//! `oracle saved FILE SAVED` says whether a file means the same after an editor saved it.
//! Exit code 1 = a difference.

mod answer;
mod ask;
mod engine;
mod files;
mod random;
mod saved;
mod voices;

use std::process::ExitCode;

/// Tables made by `random` unless told otherwise.
const TABLES: usize = 1_500;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let sound = match arguments.next().as_deref() {
        Some("random") => random::run(arguments.next().and_then(|count| count.parse().ok()).unwrap_or(TABLES)),
        Some("files") => files::run(arguments.map(Into::into).collect()),
        Some("saved") => saved::run(&arguments.collect::<Vec<_>>()),
        _ => {
            eprintln!("usage: oracle random [TABLES] | files [DIR...] | saved FILE SAVED");
            return ExitCode::from(2);
        }
    };
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
