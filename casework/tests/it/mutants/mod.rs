//! Is the Taihe model guarded? Every small change of it that harms anybody must be caught: by a sample, by reading the
//! pack, by the liveness check or by the check of the table. `cargo test -p casework mutants -- --nocapture` prints
//! the score.

mod harm;
mod make;
mod samples;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use casework::dmn::grid::Grid;
use casework::dmn::{Model, Table, check, read};
use casework::office::{liveness, soundness};

use crate::taihe::{FILES_OF_TAIHE, TAIHE};
use harm::Harm;
use make::{Mutant, mutants};
use samples::Samples;

/// Harmful changes that nothing catches, and why that is borne. None.
const SURVIVORS: [&str; 0] = [];

static MODEL: LazyLock<Model> = LazyLock::new(|| read(&FILES_OF_TAIHE["routing.dmn"]).unwrap());

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Nobody gets less or later.
    Harmless,
    Sample,
    Pack,
    Liveness,
    Table,
    Survived,
}

fn fate(mutant: &Mutant, harm: &Harm, samples: &Samples) -> Fate {
    let (pack, problems) = TAIHE.with_table(mutant.table.clone());
    if !harm.of(mutant, &pack) {
        Fate::Harmless
    } else if samples.differ(&mutant.table.id, &pack) {
        Fate::Sample
    } else if !problems.is_empty() {
        Fate::Pack
    } else if !liveness::check(&pack).is_empty() {
        Fate::Liveness
    } else if !table_is_sound(&mutant.table) {
        Fate::Table
    } else {
        Fate::Survived
    }
}

/// The check of a table, as `router check` asks it of the county's model.
fn table_is_sound(table: &Table) -> bool {
    let scope = soundness::scope(table);
    let mut steps = 0_u32;
    let report = check::check(table, &Grid::new(table), &scope, &mut || {
        steps += 1;
        steps < 100_000
    });
    report.findings.is_empty()
}

#[test]
fn every_harmful_change_is_caught() {
    let (harm, samples) = (Harm::new(), Samples::read());
    for table in &MODEL.tables {
        let same = TAIHE.with_table(table.clone());
        assert!(
            same.1.is_empty() && !samples.differ(&table.id, &same.0) && table_is_sound(table),
            "{}",
            table.id
        );
    }
    // What a ticket shows is compared cell by cell with a list of its own (`disclosure.rs`).
    let judged = MODEL.tables.iter().filter(|table| table.id != "disclosure");
    let mutants: Vec<Mutant> = judged.flat_map(mutants).collect();
    let half = mutants.len().div_ceil(2);
    let judge = |part: &[Mutant]| {
        part.iter()
            .map(|mutant| fate(mutant, &harm, &samples))
            .collect::<Vec<_>>()
    };
    let fates: Vec<Fate> = std::thread::scope(|scope| {
        let parts: Vec<_> = mutants.chunks(half).map(|part| scope.spawn(|| judge(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let mut score: BTreeMap<(&str, Fate), usize> = BTreeMap::new();
    for (mutant, fate) in mutants.iter().zip(&fates) {
        *score.entry((&mutant.table.id, *fate)).or_default() += 1;
    }
    let count = |wanted: &dyn Fn(Fate) -> bool| fates.iter().filter(|fate| wanted(**fate)).count();
    let harmful = count(&|fate| fate != Fate::Harmless);
    let killed = count(&|fate| !matches!(fate, Fate::Harmless | Fate::Survived));
    println!(
        "{} mutants: {harmful} harmful, {killed} killed, {} harmless",
        mutants.len(),
        mutants.len() - harmful
    );
    for ((table, fate), count) in &score {
        println!("  {table:<12} {fate:?}: {count}");
    }
    let survivors: Vec<&str> = mutants
        .iter()
        .zip(&fates)
        .filter(|(_, fate)| **fate == Fate::Survived)
        .map(|(mutant, _)| mutant.name.as_str())
        .collect();
    assert_eq!(survivors, SURVIVORS, "survivors");
    assert!(harmful > 1_500, "{harmful}");
    // Without the samples the checks alone must still see what the law asks.
    assert!(count(&|fate| fate == Fate::Liveness) + count(&|fate| fate == Fate::Pack) > 0);
}
