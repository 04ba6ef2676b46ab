//! Mistakes of the model's rows, and files outside the subset of DMN.

use casework::dmn;
use casework::pack::Pack;

use super::broken;
use crate::taihe::FILES_OF_TAIHE;

#[test]
fn a_word_outside_the_vocabulary_in_the_model() {
    // Both in the cell and in the declared values, as an editor would write it.
    for (old, new, column) in [
        ("orphan", "orphanage", "situation"),
        ("acceptance-receipt", "receipt", "evidence"),
        ("case-filed", "case-opened", "start"),
        ("womens-federation", "women", "unit_kind"),
        ("school-staff", "teacher", "suspect"),
    ] {
        let mut files = FILES_OF_TAIHE.clone();
        let text = files["routing.dmn"].replace(&format!("\"{old}\""), &format!("\"{new}\""));
        files.insert("routing.dmn".into(), text);
        let problems = Pack::read(&files).err().unwrap_or_default();
        let found = problems
            .iter()
            .any(|p| p.file == "routing.dmn" && p.line > 1 && p.reason.contains(new) && p.reason.contains(column));
        assert_eq!(found, column != "suspect", "{new}: {problems:#?}");
    }
}

#[test]
fn a_rule_naming_a_kind_that_nobody_is() {
    let mut files = FILES_OF_TAIHE.clone();
    let units: Vec<_> = FILES_OF_TAIHE["units.csv"]
        .lines()
        .filter(|line| !line.contains(",justice,"))
        .collect();
    files.insert("units.csv".into(), units.join("\n"));
    let problems = Pack::read(&files).unwrap_err();
    let rows: Vec<_> = problems
        .iter()
        .filter(|p| p.reason.contains("no unit of units.csv is of kind justice"))
        .collect();
    assert_eq!(rows.len(), 4, "{problems:#?}");
    assert!(rows.iter().all(|p| p.file == "routing.dmn" && p.line > 1));
}

#[test]
fn a_missing_or_endless_deadline() {
    let id = |column: &str| format!("<outputEntry id=\"deadlines_1_out_{column}\"><text>");
    let limit = id("limit");
    for (new, reason) in [
        ("\"0min\"", "leaves no time"),
        ("\"soon\"", "is not a limit"),
        ("\"-\"", "is not a limit"),
        ("\"4000sd\"", "longer than ten years"),
    ] {
        let problems = broken("routing.dmn", &format!("{limit}\"30min\""), &format!("{limit}{new}"));
        assert!(
            problems.iter().any(|p| p.reason.contains(reason)),
            "{new}: {problems:#?}"
        );
        assert!(
            problems
                .iter()
                .any(|p| p.reason.contains("police-accept has no sign limit at urgency P1")),
            "{problems:#?}"
        );
    }
    // The row asks for an urgency that its neighbour already answers.
    let cell = "<inputEntry id=\"deadlines_1_in_urgency\"><text>";
    let problems = broken("routing.dmn", &format!("{cell}\"P1\""), &format!("{cell}\"P2\""));
    assert!(
        problems
            .iter()
            .any(|p| p.reason.contains("has no sign limit at urgency P1")),
        "{problems:#?}"
    );
    assert!(
        problems.iter().any(|p| p.reason.contains("rows [1, 4] all match")),
        "{problems:#?}"
    );
}

#[test]
fn escalation_must_climb() {
    let percent = |row: u8| format!("<outputEntry id=\"escalation_{row}_out_percent\"><text>");
    for (row, old, new) in [(1, "50", "100"), (3, "25", "0"), (4, "50", "25"), (4, "50", "10")] {
        let problems = broken(
            "routing.dmn",
            &format!("{}{old}", percent(row)),
            &format!("{}{new}", percent(row)),
        );
        assert!(
            problems.iter().any(|p| p.reason.contains("must come after level")),
            "{row} {new}: {problems:#?}"
        );
    }
    let level = "<inputEntry id=\"escalation_3_in_level\"><text>";
    let problems = broken("routing.dmn", &format!("{level}3"), &format!("{level}5"));
    assert!(
        problems.iter().any(|p| p.reason.contains("without a gap")),
        "{problems:#?}"
    );
}

#[test]
fn outside_the_subset_of_dmn() {
    let model = &FILES_OF_TAIHE["routing.dmn"];
    let cases = [
        (
            "hitPolicy=\"FIRST\"",
            "hitPolicy=\"OUTPUT ORDER\"",
            "hit policy OUTPUT ORDER",
        ),
        (
            "typeRef=\"integer\"><text>age",
            "typeRef=\"date\"><text>age",
            "type date",
        ),
        ("<text>age</text>", "<text>age + 1</text>", "one plain name"),
        ("<text>&lt; 14</text>", "<text>before 14</text>", "before 14"),
        (
            "<decision id=\"urgency\"",
            "<decision id=\"obligations\"",
            "second decision",
        ),
        (
            "<inputEntry id=\"urgency_1_in_age\"><text>-</text></inputEntry>",
            "",
            "the row has",
        ),
        (
            "<inputEntry id=\"urgency_1_in_age\">",
            "<inputEntry id=\"urgency_1_in_age\" expressionLanguage=\"javascript\">",
            "javascript",
        ),
        ("20191111/MODEL", "20151101/MODEL", "DMN 1.3"),
        ("</definitions>", "", "well-formed"),
    ];
    for (old, new, reason) in cases {
        assert!(model.contains(old), "{old}");
        let errors = dmn::read(&model.replacen(old, new, 1)).unwrap_err();
        assert!(
            errors.iter().any(|error| error.to_string().contains(reason)),
            "{reason}: {errors:#?}"
        );
        assert!(errors.iter().all(|error| error.line > 0));
    }
    let bombs = [
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_owned(),
        "<a>".repeat(200_000),
        String::new(),
    ];
    for text in bombs {
        assert!(dmn::read(&text).is_err());
    }
}

#[test]
fn newer_dmn_versions_are_read() {
    for version in ["20211108", "20230324"] {
        let text = FILES_OF_TAIHE["routing.dmn"].replace("20191111/MODEL", &format!("{version}/MODEL"));
        assert_eq!(dmn::read(&text).unwrap().tables.len(), 5);
    }
}
