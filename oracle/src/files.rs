//! DMN files that nobody here wrote.

use std::path::{Path, PathBuf};
use std::process::Command;

use casework::dmn::{Model, Table, read};

use crate::answer::ours;
use crate::ask::{Dice, candidates, inputs};
use crate::engine::Engine;

/// Inputs asked of each table.
const INPUTS: usize = 300;

/// Whether both engines agree on all tables that casework reads, and it reads some.
pub fn run(mut folders: Vec<PathBuf>) -> bool {
    folders.extend(packages());
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &folders {
        collect(folder, &mut files);
    }
    files.sort();
    println!("| file | decisions | loaded, or why refused | inputs compared | differences |\n|---|---|---|---|---|");
    let (mut loaded, mut refused, mut asked, mut differences) = (0, 0, 0, 0);
    for file in &files {
        let Ok(text) = std::fs::read_to_string(file) else {
            continue;
        };
        if !text.contains("decisionTable") {
            continue;
        }
        let name = folders
            .iter()
            .find_map(|folder| file.strip_prefix(folder).ok())
            .unwrap_or(file);
        match read(&text) {
            Err(errors) => {
                refused += 1;
                let more = if errors.len() > 1 {
                    format!(" (and {} more)", errors.len() - 1)
                } else {
                    String::new()
                };
                println!(
                    "| {} | - | line {}: {}{more} | | |",
                    name.display(),
                    errors[0].line,
                    errors[0]
                );
            }
            Ok(model) => {
                loaded += 1;
                let Compared { inputs, wrong, note } = compare(&text, &model);
                asked += inputs;
                differences += wrong;
                println!(
                    "| {} | {} | loaded{note} | {inputs} | {wrong} |",
                    name.display(),
                    model.tables.len()
                );
            }
        }
    }
    println!(
        "\n{loaded} files loaded, {refused} refused with the reason, {asked} inputs compared, {differences} differences"
    );
    differences == 0 && loaded > 0
}

#[derive(Default)]
struct Compared {
    inputs: usize,
    wrong: usize,
    note: String,
}

fn compare(text: &str, model: &Model) -> Compared {
    let mut compared = Compared::default();
    for table in &model.tables {
        match Engine::new(text, table) {
            Ok(engine) => ask(&engine, table, &mut compared),
            Err(reason) => {
                let reason = reason.lines().next().unwrap_or_default();
                compared
                    .note
                    .push_str(&format!("; {} not read by the engine: {reason}", table.id));
            }
        }
    }
    compared
}

fn ask(engine: &Engine, table: &Table, compared: &mut Compared) {
    let mut dice = Dice::new(1);
    let candidates = candidates(table);
    for _ in 0..INPUTS {
        let Some(inputs) = inputs(table, &candidates, &mut dice) else {
            return;
        };
        compared.inputs += 1;
        let (ours, theirs) = (ours(table, &inputs), engine.answer(table, &inputs));
        if theirs.as_ref() != Ok(&ours) {
            compared.wrong += 1;
            eprintln!(
                "{} differs for {inputs:?}\n  casework {ours:?}\n  engine   {theirs:?}",
                table.id
            );
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "dmn") {
            files.push(path);
        }
    }
}

/// The folders of the engine's packages: they bring models of the standard's compatibility kit and examples.
fn packages() -> Vec<PathBuf> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new("cargo")
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--manifest-path",
            manifest,
        ])
        .output();
    let metadata = output
        .ok()
        .and_then(|output| serde_json::from_slice::<serde_json::Value>(&output.stdout).ok());
    let packages = metadata.as_ref().and_then(|metadata| metadata["packages"].as_array());
    let folder = |package: &serde_json::Value| {
        let ours = package["name"].as_str().is_some_and(|name| name.starts_with("dsntk"));
        ours.then(|| {
            Path::new(package["manifest_path"].as_str()?)
                .parent()
                .map(Path::to_owned)
        })
        .flatten()
    };
    packages.into_iter().flatten().filter_map(folder).collect()
}
