//! DMN files that nobody here wrote.

use std::path::{Path, PathBuf};
use std::process::Command;

use casework::dmn::{Model, read};

use crate::ask::Dice;
use crate::engine::Engine;
use crate::voices::{Count, compare};

/// Inputs asked of each table.
const INPUTS: usize = 300;

/// Whether all voices agree on all tables that casework reads, and it reads some.
pub fn run(mut folders: Vec<PathBuf>) -> bool {
    folders.extend(packages());
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &folders {
        collect(folder, &mut files);
    }
    files.sort();
    println!(
        "| file | decisions | loaded, or why refused | inputs compared | claims of the check | differences |\n|---|---|---|---|---|---|"
    );
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
                    "| {} | - | line {}: {}{more} | | | |",
                    name.display(),
                    errors[0].line,
                    errors[0]
                );
            }
            Ok(model) => {
                loaded += 1;
                let (count, note) = ask(&text, &model);
                let Count {
                    asked: inputs,
                    claims,
                    differences: wrong,
                    ..
                } = count;
                asked += inputs;
                differences += wrong;
                let decisions = model.tables.len();
                println!(
                    "| {} | {decisions} | loaded{note} | {inputs} | {claims} | {wrong} |",
                    name.display()
                );
            }
        }
    }
    println!(
        "\n{loaded} files loaded, {refused} refused with the reason, {asked} inputs compared, {differences} differences"
    );
    differences == 0 && loaded > 0
}

fn ask(text: &str, model: &Model) -> (Count, String) {
    let (mut count, mut note) = (Count::default(), String::new());
    for table in &model.tables {
        match Engine::new(text, table) {
            Ok(engine) => compare(&engine, table, INPUTS, &mut Dice::new(1), &mut count),
            Err(reason) => {
                let reason = reason.lines().next().unwrap_or_default();
                note.push_str(&format!("; {} not read by the engine: {reason}", table.id));
            }
        }
    }
    (count, note)
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
