//! `docs/security.md` names no test that does not exist, and leaves out no requirement.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fs};

use tests::root;

/// The requirements of ASVS 5.0.0 at levels 1 and 2, each with its level.
const REQUIREMENTS: &str = "1.1.1/2 1.1.2/2 1.2.1/1 1.2.2/1 1.2.3/1 1.2.4/1 1.2.5/1 1.2.6/2 1.2.7/2 1.2.8/2 1.2.9/2 1.3.1/1 1.3.2/1 1.3.3/2 \
    1.3.4/2 1.3.5/2 1.3.6/2 1.3.7/2 1.3.8/2 1.3.9/2 1.3.10/2 1.3.11/2 1.4.1/2 1.4.2/2 1.4.3/2 1.5.1/1 1.5.2/2 \
    2.1.1/1 2.1.2/2 2.1.3/2 2.2.1/1 2.2.2/1 2.2.3/2 2.3.1/1 2.3.2/2 2.3.3/2 2.3.4/2 2.4.1/2 3.2.1/1 3.2.2/1 3.3.1/1 \
    3.3.2/2 3.3.3/2 3.3.4/2 3.4.1/1 3.4.2/1 3.4.3/2 3.4.4/2 3.4.5/2 3.4.6/2 3.5.1/1 3.5.2/1 3.5.3/1 3.5.4/2 3.5.5/2 \
    3.7.1/2 3.7.2/2 4.1.1/1 4.1.2/2 4.1.3/2 4.2.1/2 4.3.1/2 4.3.2/2 4.4.1/1 4.4.2/2 4.4.3/2 4.4.4/2 5.1.1/2 5.2.1/1 \
    5.2.2/1 5.2.3/2 5.3.1/1 5.3.2/1 5.4.1/2 5.4.2/2 5.4.3/2 6.1.1/1 6.1.2/2 6.1.3/2 6.2.1/1 6.2.2/1 6.2.3/1 6.2.4/1 \
    6.2.5/1 6.2.6/1 6.2.7/1 6.2.8/1 6.2.9/2 6.2.10/2 6.2.11/2 6.2.12/2 6.3.1/1 6.3.2/1 6.3.3/2 6.3.4/2 6.4.1/1 \
    6.4.2/1 6.4.3/2 6.4.4/2 6.5.1/2 6.5.2/2 6.5.3/2 6.5.4/2 6.5.5/2 6.6.1/2 6.6.2/2 6.6.3/2 6.8.1/2 6.8.2/2 6.8.3/2 \
    6.8.4/2 7.1.1/2 7.1.2/2 7.1.3/2 7.2.1/1 7.2.2/1 7.2.3/1 7.2.4/1 7.3.1/2 7.3.2/2 7.4.1/1 7.4.2/1 7.4.3/2 7.4.4/2 \
    7.4.5/2 7.5.1/2 7.5.2/2 7.6.1/2 7.6.2/2 8.1.1/1 8.1.2/2 8.2.1/1 8.2.2/1 8.2.3/2 8.3.1/1 8.4.1/2 9.1.1/1 9.1.2/1 \
    9.1.3/1 9.2.1/1 9.2.2/2 9.2.3/2 9.2.4/2 10.1.1/2 10.1.2/2 10.2.1/2 10.2.2/2 10.3.1/2 10.3.2/2 10.3.3/2 10.3.4/2 \
    10.4.1/1 10.4.2/1 10.4.3/1 10.4.4/1 10.4.5/1 10.4.6/2 10.4.7/2 10.4.8/2 10.4.9/2 10.4.10/2 10.4.11/2 10.5.1/2 \
    10.5.2/2 10.5.3/2 10.5.4/2 10.5.5/2 10.6.1/2 10.6.2/2 10.7.1/2 10.7.2/2 10.7.3/2 11.1.1/2 11.1.2/2 11.2.1/2 \
    11.2.2/2 11.2.3/2 11.3.1/1 11.3.2/1 11.3.3/2 11.4.1/1 11.4.2/2 11.4.3/2 11.4.4/2 11.5.1/2 11.6.1/2 12.1.1/1 \
    12.1.2/2 12.1.3/2 12.2.1/1 12.2.2/1 12.3.1/2 12.3.2/2 12.3.3/2 12.3.4/2 13.1.1/2 13.2.1/2 13.2.2/2 13.2.3/2 \
    13.2.4/2 13.2.5/2 13.3.1/2 13.3.2/2 13.4.1/1 13.4.2/2 13.4.3/2 13.4.4/2 13.4.5/2 14.1.1/2 14.1.2/2 14.2.1/1 \
    14.2.2/2 14.2.3/2 14.2.4/2 14.3.1/1 14.3.2/2 14.3.3/2 15.1.1/1 15.1.2/2 15.1.3/2 15.2.1/1 15.2.2/2 15.2.3/2 \
    15.3.1/1 15.3.2/2 15.3.3/2 15.3.4/2 15.3.5/2 15.3.6/2 15.3.7/2 16.1.1/2 16.2.1/2 16.2.2/2 16.2.3/2 16.2.4/2 \
    16.2.5/2 16.3.1/2 16.3.2/2 16.3.3/2 16.3.4/2 16.4.1/2 16.4.2/2 16.4.3/2 16.5.1/2 16.5.2/2 16.5.3/2 17.1.1/2 \
    17.2.1/2 17.2.2/2 17.2.3/2 17.2.4/2 17.3.1/2 17.3.2/2";

fn rows(text: &str) -> Vec<Vec<String>> {
    let (_, list) = text.split_once("## ASVS 5.0.0").unwrap();
    let rows = list
        .lines()
        .filter(|line| line.starts_with("| ") && line[2..].starts_with(|c: char| c.is_ascii_digit()));
    rows.map(|line| {
        line.trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().to_owned())
            .collect()
    })
    .collect()
}

#[test]
fn every_requirement_has_its_line_and_every_named_test_exists() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows = rows(&text);
    let listed: Vec<String> = rows.iter().map(|row| format!("{}/{}", row[0], row[1])).collect();
    let wanted: Vec<&str> = REQUIREMENTS.split_whitespace().collect();
    assert_eq!(listed, wanted, "requirement/level");
    for row in &rows {
        assert_eq!(row.len(), 5, "{row:?}");
        assert!(
            ["met", "partly", "not met", "n/a"].contains(&row[2].as_str()),
            "{row:?}"
        );
        // What is not met, or does not apply, says why.
        assert!(!row[3].is_empty(), "{row:?}");
    }
}

#[test]
fn every_path_in_it_exists() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    // Whatever stands in backquotes and looks like a path of the repository.
    let quoted: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let tops: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut seen = 0;
    for quoted in quoted {
        let (path, name) = quoted
            .split_once("::")
            .map_or((quoted, None), |(path, name)| (path, Some(name)));
        let top = path.split('/').next().unwrap();
        // `deny.toml` and `tests/run` are paths, `platform::foreign` is not.
        let looks = path.contains('/') || name.is_none() && path.contains('.');
        if !looks || !tops.iter().any(|known| known == top) {
            continue;
        }
        let file = root().join(path);
        assert!(file.exists(), "{path} does not exist");
        if let Some(name) = name {
            let text = fs::read_to_string(&file).unwrap();
            // Steps and drills of the deployment are functions of the shell.
            let found = if file.extension().is_some_and(|ext| ext == "sh") {
                text.lines().any(|line| line.starts_with(&format!("{name}() ")))
            } else {
                text.contains(&format!("fn {name}("))
            };
            assert!(found, "{path} has no test {name}");
        }
        seen += 1;
    }
    assert!(seen > 50, "{seen} paths");
}

#[test]
fn everything_that_attacks_found_is_held_by_a_test_that_runs() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (_, list) = text.split_once("## What attacks and kills once found").unwrap();
    let (list, _) = list.split_once("\n## ").unwrap();
    let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| S")).collect();
    let numbers: Vec<&str> = rows.iter().map(|row| row[2..].split(' ').next().unwrap()).collect();
    let wanted: Vec<String> = (1..=18).map(|n| format!("S{n}")).collect();
    assert_eq!(numbers, wanted);
    let run = fs::read_to_string(root().join("tests/run")).unwrap();
    let (_, plan) = run.split_once("\nPLAN=(\n").unwrap();
    let (plan, _) = plan.split_once("\n)\n").unwrap();
    let plan: Vec<&str> = plan.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let deployment = fs::read_to_string(root().join("tests/lib/deployment.sh")).unwrap();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        let held: Vec<&str> = cells[3].split('`').skip(1).step_by(2).collect();
        assert!(!held.is_empty(), "{row}");
        for test in held {
            let (path, name) = test.split_once("::").unwrap_or_else(|| panic!("{test} names no test"));
            let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
            let runs = match path {
                // A drill of the deployment that nobody calls is none.
                "tests/lib/deployment.sh" => deployment
                    .lines()
                    .any(|line| line.starts_with("  ok ") && line.contains(name)),
                "tests/lib/steps.sh" => {
                    let step = name.trim_start_matches("run_").replace('_', "-");
                    plan.contains(&step.as_str())
                }
                _ => {
                    let (before, _) = text
                        .split_once(&format!("fn {name}("))
                        .unwrap_or_else(|| panic!("{path} has no {name}"));
                    let marks: Vec<&str> = before.lines().rev().take(4).collect();
                    marks
                        .iter()
                        .any(|mark| mark.trim_start().starts_with("#[test]") || mark.contains("#[tokio::test"))
                        && !marks.iter().any(|mark| mark.contains("#[ignore"))
                }
            };
            assert!(runs, "{test} does not run");
        }
    }
}
