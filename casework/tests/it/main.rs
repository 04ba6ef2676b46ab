//! Tests of casework against the county pack that ships, against naive readings of the tables it was made
//! from, and against input that means harm.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should say where")]

mod calendar;
mod clerk;
mod clerk_words;
mod disclosure;
mod dmn;
mod dmn_fuzz;
mod dmn_write;
mod explain;
mod floor;
mod grid;
mod liveness;
mod matcher;
mod mutants;
mod naive;
mod oracle;
mod packs;
mod replay;
mod reports;
mod returned;
mod samples;
mod sfeel;
mod soundness;
mod tables;
mod taihe;
mod units;
mod unknown;
