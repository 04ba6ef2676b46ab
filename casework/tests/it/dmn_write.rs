//! Changed rows are written into the file and nothing else is.

use std::collections::HashSet;

use casework::dmn::sfeel::Value;
use casework::dmn::{Draft, Row, Table, write};
use proptest::prelude::*;

use crate::dmn::{MODELER, model, small};
use crate::oracle::config;
use crate::sfeel;
use crate::taihe::FILES_OF_TAIHE;

/// The files that are written into: as saved, with carriage returns, with a prefix, on a single line, and ours.
fn files() -> Vec<String> {
    let line: String = MODELER.lines().map(str::trim_start).collect();
    let small = small(
        "hitPolicy=\"ANY\"",
        "",
        &[("-", "\"a\""), ("< 3", ""), ("not(4,[5..6))", "\"b&<\"")],
    );
    let prefixed = small
        .replace("xmlns=", "xmlns:d=")
        .replace("</", "</d:")
        .replace('<', "<d:")
        .replace("<d:/d:", "</d:");
    vec![
        MODELER.clone(),
        MODELER.replace('\n', "\r\n"),
        line,
        small,
        prefixed,
        FILES_OF_TAIHE["routing.dmn"].clone(),
    ]
}

/// A draft of a table with rows that moved, went, changed and came.
fn draft(table: &Table) -> impl Strategy<Value = Draft> + use<> {
    let tests: Vec<_> = table.inputs.iter().map(|column| sfeel::test(column.kind)).collect();
    let outputs: Vec<_> = table
        .outputs
        .iter()
        .map(|column| prop_oneof![1 => Just(Value::Null), 3 => sfeel::value(column.kind)])
        .collect();
    let new = (tests, outputs).prop_map(|(tests, outputs)| Row {
        was: None,
        tests,
        outputs,
    });
    let table = table.clone();
    let as_is = Draft::of(&table).rows;
    let keep = prop::collection::vec(0_u8..8, as_is.len());
    let shuffled = prop_oneof![Just(as_is.clone()).boxed(), Just(as_is).prop_shuffle().boxed()];
    (
        shuffled,
        keep,
        prop::collection::vec((new, any::<prop::sample::Index>()), 0..4),
    )
        .prop_map(move |(mut rows, keep, new)| {
            for ((row, fate), other) in rows.iter_mut().zip(&keep).zip(&table.rules) {
                if *fate == 1 {
                    row.tests.clone_from(&other.tests);
                    row.outputs.clone_from(&other.outputs);
                }
            }
            let mut fate = keep.iter();
            rows.retain(|_| fate.next() != Some(&0));
            for (row, at) in new {
                rows.insert(at.index(rows.len() + 1), row);
            }
            Draft {
                decision: table.id.clone(),
                rows,
            }
        })
}

fn file_and_drafts() -> impl Strategy<Value = (String, Vec<Draft>)> {
    let weights = files()
        .into_iter()
        .map(|text| (if text.len() > 50_000 { 1 } else { 6 }, text));
    let file = weights.map(|(weight, text)| (weight, Just(text).boxed())).collect();
    proptest::strategy::Union::new_weighted(file).prop_flat_map(|text: String| {
        let drafts: Vec<_> = model(&text).tables.iter().map(draft).collect();
        (Just(text), drafts)
    })
}

fn says(row: &Row) -> (&[casework::dmn::sfeel::Test], &[Value]) {
    (&row.tests, &row.outputs)
}

/// All ids, and whether each is there once.
fn ids(text: &str) -> (HashSet<String>, bool) {
    let document = roxmltree::Document::parse(text).unwrap();
    let all: Vec<String> = document
        .descendants()
        .filter_map(|node| node.attribute("id").map(str::to_owned))
        .collect();
    let set: HashSet<String> = all.iter().cloned().collect();
    let once = set.len() == all.len();
    (set, once)
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn what_is_written_reads_back_and_the_rest_stays((text, drafts) in file_and_drafts()) {
        let written = write(&text, &drafts).unwrap();
        let (before, after) = (model(&text), model(&written));
        for ((old, new), draft) in before.tables.iter().zip(&after.tables).zip(&drafts) {
            let rows = Draft::of(new).rows;
            prop_assert_eq!(
                rows.iter().map(says).collect::<Vec<_>>(),
                draft.rows.iter().map(says).collect::<Vec<_>>()
            );
            let heads = |table: &Table| format!("{:?}{:?}{:?}", table.id, table.hit_policy, table.name);
            prop_assert_eq!(heads(old), heads(new));
        }
        prop_assert!(outside_rows(&text) == outside_rows(&written), "something beside the rows changed");
        prop_assert!(ids(&written).1, "an id stands twice");
        for comment in text.split("<!--").skip(1).filter_map(|rest| rest.split("-->").next()) {
            prop_assert!(written.contains(comment), "{}", comment);
        }
        for row in drafts.iter().zip(&before.tables).flat_map(|(draft, table)| kept(&text, table, draft)) {
            prop_assert!(written.contains(&row), "{}", row);
        }
    }
}

/// The text without rows, the comments that move with them, and white space.
fn outside_rows(text: &str) -> String {
    let document = roxmltree::Document::parse(text).unwrap();
    let mut out = text.to_owned();
    let rows: Vec<_> = document
        .descendants()
        .filter(|node| node.tag_name().name() == "rule" || node.is_comment())
        .collect();
    for row in rows.iter().rev() {
        out.replace_range(row.range(), "");
    }
    out.split_whitespace().collect()
}

/// The XML of the rows that a draft doesn't change.
fn kept(text: &str, table: &Table, draft: &Draft) -> Vec<String> {
    let document = roxmltree::Document::parse(text).unwrap();
    let decision = document
        .descendants()
        .find(|node| node.tag_name().name() == "decision" && node.attribute("id") == Some(&table.id))
        .unwrap();
    let rows: Vec<_> = decision
        .descendants()
        .filter(|node| node.tag_name().name() == "rule")
        .collect();
    draft
        .rows
        .iter()
        .filter_map(|row| {
            let index = row.was? - 1;
            (Row::of(&table.rules[index]) == *row).then(|| text[rows[index].range()].to_owned())
        })
        .collect()
}

#[test]
fn a_draft_that_changes_nothing_changes_no_byte() {
    for text in files() {
        let drafts: Vec<Draft> = model(&text).tables.iter().map(Draft::of).collect();
        assert_eq!(write(&text, &drafts).unwrap(), text);
        assert_eq!(write(&text, &[]).unwrap(), text);
    }
}

#[test]
fn one_cell_is_one_difference() {
    let table = &model(&MODELER).tables[0];
    let mut draft = Draft::of(table);
    draft.rows[2].tests[1] = casework::dmn::sfeel::read_test("< 3.5", table.inputs[1].kind).unwrap();
    draft.rows[2].outputs[0] = Value::Null;
    let wanted = MODELER
        .replace(
            "<inputEntry id=\"UnaryTests_32\" />",
            "<inputEntry id=\"UnaryTests_32\" ><text>&lt; 3.5</text></inputEntry>",
        )
        .replace("<text>\"this month\"</text>", "<text></text>");
    assert_eq!(write(&MODELER, &[draft]).unwrap(), wanted);
}

#[test]
fn a_new_row_looks_like_its_neighbours() {
    let text = &FILES_OF_TAIHE["routing.dmn"];
    let table = model(text).table("urgency").unwrap().clone();
    let mut draft = Draft::of(&table);
    let new = Row {
        was: None,
        ..draft.rows[2].clone()
    };
    draft.rows.insert(0, new);
    let written = write(text, &[draft]).unwrap();
    let row = written.split("<rule").nth(1).unwrap().split("</rule>").next().unwrap();
    let number = table.rules.len() + 1;
    assert!(row.starts_with(&format!(" id=\"urgency_row_{number}\">\n        <inputEntry id=\"urgency_row_{number}_in_1\"><text>\"abuse-injury\"</text></inputEntry>\n")), "{row}");
    assert!(row.contains("<text>&lt;= 13</text>"), "{row}");
}

#[test]
fn a_draft_that_does_not_fit_is_refused() {
    let visit = Draft::of(&model(&MODELER).tables[0]);
    let changed = |change: fn(&mut Draft)| {
        let mut draft = visit.clone();
        change(&mut draft);
        write(&MODELER, &[draft]).unwrap_err()[0].to_string()
    };
    for (change, reason) in [
        (
            (|draft| draft.decision = "nothing".into()) as fn(&mut Draft),
            "decision nothing: the file has no such decision",
        ),
        (
            |draft| draft.rows[1].was = Some(9),
            "decision visit, row 2: there is no row 9 in the original",
        ),
        (
            |draft| draft.rows[1].was = Some(1),
            "decision visit, row 2: row 1 of the original stands here twice",
        ),
        (
            |draft| drop(draft.rows[0].tests.pop()),
            "decision visit, row 1: the row has more or fewer cells",
        ),
        (
            |draft| draft.rows[0].outputs[1] = "much".into(),
            "decision visit, row 1, column share: \"much\" is not a number",
        ),
        (
            |draft| draft.rows[0].tests[0] = casework::dmn::sfeel::Test::OneOf(Vec::new()),
            "row 1: a cell holds what",
        ),
    ] {
        let found = changed(change);
        assert!(found.contains(reason), "{found}");
    }
    let twice = write(&MODELER, &[visit.clone(), visit]).unwrap_err();
    assert!(twice[0].to_string().contains("two drafts"));
}
