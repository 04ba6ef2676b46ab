//! A clerk's view of the county's rules: what is shown is what is kept, and a change says what it changed.

use casework::dmn::{self, Row};
use casework::office::clerk::{self, Change, Field, Mode, RowKind, change, differences, fields, row_from, sentence};
use proptest::prelude::*;

use crate::taihe::{FILES_OF_TAIHE, TAIHE};

fn model() -> dmn::Model {
    dmn::read(&FILES_OF_TAIHE["routing.dmn"]).expect("the county's model")
}

/// What a browser sends of a form that nobody touched.
fn typed(fields: &[clerk::NamedField]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for field in fields {
        let name = field.name.clone();
        let chosen = |choices: &[(casework::zh::cells::Choice, bool)]| -> Vec<String> {
            choices
                .iter()
                .filter(|(_, on)| *on)
                .map(|(choice, _)| choice.code.clone())
                .collect()
        };
        match &field.field {
            Field::Words { mode, choices } => {
                let mode = match mode {
                    Mode::Any => "any",
                    Mode::Some => "some",
                    Mode::Not => "not",
                };
                pairs.push((format!("{name}.mode"), mode.to_owned()));
                pairs.extend(chosen(choices).into_iter().map(|code| (name.clone(), code)));
            }
            Field::Flag(flag) => pairs.push((name, flag.map_or(String::new(), |flag| flag.to_string()))),
            Field::Range(from, to) => {
                let end = |end: &Option<i64>| end.map_or(String::new(), |end| end.to_string());
                pairs.push((format!("{name}.from"), end(from)));
                pairs.push((format!("{name}.to"), end(to)));
            }
            Field::Choice { choices } => pairs.extend(chosen(choices).into_iter().map(|code| (name.clone(), code))),
            Field::Limit { count, units } => {
                pairs.push((format!("{name}.count"), count.clone()));
                pairs.extend(chosen(units).into_iter().map(|unit| (format!("{name}.unit"), unit)));
            }
            Field::Number(text) | Field::Text(text) => pairs.push((name, text.clone())),
            Field::Complex(_) => {}
        }
    }
    pairs
}

#[test]
fn a_form_that_nobody_touched_changes_no_row() {
    let (pack, model) = (&*TAIHE, model());
    let mut rows = 0;
    for table in &model.tables {
        for rule in &table.rules {
            let fields = fields(pack, table, Some(rule));
            assert!(
                !fields.iter().any(|field| matches!(field.field, Field::Complex(_))),
                "{} row {} needs expert mode",
                table.id,
                rule.number
            );
            assert_eq!(row_from(pack, table, Some(rule), &typed(&fields)), Ok(Row::of(rule)));
            rows += 1;
        }
    }
    assert!(rows > 100, "{rows}");
}

#[test]
fn rows_are_read_without_codes_or_brackets() {
    let (pack, model) = (&*TAIHE, model());
    for table in &model.tables {
        for rule in &table.rules {
            let line = sentence(pack, table, rule).line();
            assert!(
                !line.contains(['[', ']', '"']) && !line.contains("not("),
                "{} row {}: {line}",
                table.id,
                rule.number
            );
        }
    }
    let urgency = model.table("urgency").expect("a table");
    let line = sentence(pack, urgency, &urgency.rules[6]).line();
    assert_eq!(line, "任何情况：紧急程度为一般");
}

#[test]
fn what_is_wrong_is_said_with_the_field() {
    let (pack, model) = (&*TAIHE, model());
    let table = model.table("deadlines").expect("a table");
    let rule = &table.rules[0];
    let mut pairs = typed(&fields(pack, table, Some(rule)));
    for (name, value) in &mut pairs {
        if name == "then.limit.count" {
            "0".clone_into(value);
        } else if name == "if.urgency.mode" {
            "some".clone_into(value);
        }
    }
    pairs.retain(|(name, _)| name != "if.urgency");
    let problems = row_from(pack, table, Some(rule), &pairs).expect_err("two mistakes");
    let names: Vec<_> = problems.iter().map(|problem| problem.name.as_str()).collect();
    assert_eq!(names, ["if.urgency", "then.limit"]);
    assert!(
        problems
            .iter()
            .all(|problem| !problem.zh.is_empty() && !problem.en.is_empty())
    );
}

#[test]
fn a_changed_cell_is_a_changed_row_and_order_is_said_where_it_decides() {
    let (files, pack, model) = (&*FILES_OF_TAIHE, &*TAIHE, model());
    let text = &files["routing.dmn"];
    let changed_to = |decision: &str, what: Change| {
        let mut new = files.clone();
        let written = change(text, decision, what).expect("a change that fits");
        new.insert("routing.dmn".into(), written);
        differences(files, &new, pack)
    };
    let table = model.table("deadlines").expect("a table");
    let mut row = Row::of(&table.rules[0]);
    let limit = table
        .outputs
        .iter()
        .position(|column| column.name == "limit")
        .expect("a column");
    row.outputs[limit] = "45min".into();
    let found = changed_to("deadlines", Change::Replace(1, row));
    let [table_difference] = found.as_slice() else {
        panic!("one table: {found:?}")
    };
    assert_eq!(table_difference.decision, "deadlines");
    let [row_difference] = table_difference.rows.as_slice() else {
        panic!("one row: {table_difference:?}")
    };
    assert_eq!(
        (row_difference.kind, row_difference.was, row_difference.is),
        (RowKind::Changed, Some(1), Some(1))
    );
    assert_eq!(row_difference.cells.len(), 1);
    assert_eq!(row_difference.cells[0].after, "45分钟");

    let found = changed_to("urgency", Change::Up(3));
    assert_eq!(
        found[0].rows.iter().map(|row| row.kind).collect::<Vec<_>>(),
        [RowKind::Moved]
    );
    let found = changed_to("obligations", Change::Up(3));
    assert!(found.is_empty(), "the order of obligations decides nothing: {found:?}");
    let found = changed_to("obligations", Change::Remove(5));
    assert_eq!(
        found[0].rows.iter().map(|row| row.kind).collect::<Vec<_>>(),
        [RowKind::Removed]
    );

    let mut new = files.clone();
    let ranking = new.get_mut("ranking.csv").expect("a list");
    *ranking = ranking.replacen("1,police-accept,police\n", "", 1);
    let found = differences(files, &new, pack);
    assert_eq!(found[0].rows[0].sentence, "第 1 位：接报处置（公安机关）");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Removed minus added is what the table lost, and nothing is said of equal tables.
    #[test]
    fn differences_add_up(gone in proptest::collection::btree_set(1_usize..30, 0..6)) {
        let (files, pack) = (&*FILES_OF_TAIHE, &*TAIHE);
        let mut text = files["routing.dmn"].clone();
        for row in gone.iter().rev() {
            text = change(&text, "obligations", Change::Remove(*row)).expect("a row");
        }
        let mut new = files.clone();
        new.insert("routing.dmn".into(), text);
        let found = differences(files, &new, pack);
        prop_assert_eq!(found.is_empty(), gone.is_empty());
        let count = |kind| found.iter().flat_map(|table| &table.rows).filter(|row| row.kind == kind).count();
        prop_assert_eq!(count(RowKind::Removed) - count(RowKind::Added), gone.len());
        let back = differences(&new, files, pack);
        let added = back.iter().flat_map(|table| &table.rows).filter(|row| row.kind == RowKind::Added).count();
        prop_assert_eq!(added, count(RowKind::Removed));
    }
}
