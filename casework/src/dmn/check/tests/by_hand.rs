//! One table per kind of finding, with its sentences.

use super::{Kind, Report, Scope, ValueKind, checked, checked_for, column, rows_of, table};
use crate::dmn::sfeel::Value;
use crate::dmn::{Column, HitPolicy, Table};
use crate::zh::check::{chinese, english};

fn inputs() -> Vec<Column> {
    let mut inputs = vec![
        column(
            "situation",
            ValueKind::Text,
            Some("\"abandoned\",\"bullying\",\"dropout\""),
        ),
        column("danger", ValueKind::Flag, None),
        column("age", ValueKind::Whole, Some("[0..17]")),
    ];
    for (column, label) in inputs.iter_mut().zip(["情形", "现实危险", "年龄"]) {
        label.clone_into(&mut column.label);
    }
    inputs
}

fn rules(hit_policy: HitPolicy, rows: &[[&str; 4]]) -> Table {
    let row = |[a, b, c, out]: &[&str; 4]| {
        (
            vec![(*a).to_owned(), (*b).to_owned(), (*c).to_owned()],
            format!("\"{out}\""),
        )
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    table(hit_policy, inputs(), Some("\"P1\",\"P2\",\"P3\""), &rows)
}

fn named(column: &Column, word: &str) -> Option<String> {
    (column.name == "situation" && word == "dropout").then(|| "失学".to_owned())
}

/// All sentences of a report, English and Chinese.
fn said(table: &Table, report: &Report) -> Vec<(String, String)> {
    report
        .findings
        .iter()
        .map(|one| (english(table, one), chinese(table, one, &named)))
        .collect()
}

#[test]
fn a_gap() {
    let table = rules(
        HitPolicy::Unique,
        &[
            ["\"abandoned\",\"bullying\"", "-", "-", "P1"],
            ["\"dropout\"", "true", "-", "P1"],
            ["\"dropout\"", "false", "<6", "P2"],
        ],
    );
    let report = checked(&table);
    assert_eq!(report.findings.len(), 1);
    let gap = &report.findings[0];
    assert_eq!((gap.kind, gap.distance), (Kind::Gap, 2));
    assert_eq!(gap.example, [Value::from("dropout"), false.into(), 6.into()]);
    assert_eq!(
        said(&table, &report),
        [(
            "no row matches where situation is \"dropout\", and danger is false, and age is [6..17]. \
             For example: situation = \"dropout\", danger = false, age = 6."
                .to_owned(),
            "没有规则覆盖：情形=失学；现实危险=否；年龄=6–17。例如：情形=失学；现实危险=否；年龄=6。".to_owned()
        )]
    );
}

#[test]
fn defaults_choose_the_counter_example() {
    let table = rules(HitPolicy::First, &[["\"abandoned\"", "-", "<14", "P1"]]);
    let defaults = vec![
        ("situation", "bullying".into()),
        ("danger", false.into()),
        ("age", 9.into()),
    ];
    let report = checked_for(
        &table,
        &Scope {
            defaults,
            ..Scope::of(&table)
        },
        u32::MAX,
    );
    assert_eq!((report.findings[0].kind, report.findings[0].distance), (Kind::Gap, 0));
    assert_eq!(report.findings[0].example[0], "bullying".into());
}

#[test]
fn overlaps() {
    let rows = [
        ["-", "true", "-", "P1"],
        ["\"dropout\"", "-", ">=14", "P2"],
        ["-", "false", "<14", "P3"],
        ["\"abandoned\",\"bullying\"", "false", ">=14", "P3"],
        ["\"dropout\"", "true", "[0..5]", "P1"],
    ];
    let table = rules(HitPolicy::Unique, &rows);
    let report = checked(&table);
    assert_eq!(rows_of(&report, Kind::Overlap), [[1, 2], [1, 5]]);
    assert_eq!(
        said(&table, &report)[1],
        (
            "rows 1 and 2 match together where situation is \"dropout\", and danger is true, and age is [14..17]. \
             UNIQUE allows one. For example: situation = \"dropout\", danger = true, age = 14."
                .to_owned(),
            "第 1、2 行同时符合：情形=失学；现实危险=是；年龄=14–17。同一情况只能有一行符合，否则无法取舍。\
             例如：情形=失学；现实危险=是；年龄=14。"
                .to_owned()
        )
    );
    let report = checked(&rules(HitPolicy::Any, &rows));
    assert_eq!(rows_of(&report, Kind::Conflict), [[1, 2]]);
    // Row 5 agrees with row 1 wherever it matches.
    assert_eq!(rows_of(&report, Kind::Redundant), [[5]]);
    assert!(checked(&rules(HitPolicy::First, &rows[..4])).sound());
    assert_eq!(rows_of(&checked(&rules(HitPolicy::First, &rows)), Kind::Hidden), [[5]]);
}

#[test]
fn rows_that_never_answer() {
    let rows = [
        ["-", "-", "<14", "P1"],
        ["-", "true", "-", "P1"],
        ["\"abandoned\"", "-", "<=17", "P2"],
        ["\"abandoned\"", "true", "-", "P3"],
        ["-", "false", ">17", "P3"],
        ["-", "-", "-", "P3"],
    ];
    let table = rules(HitPolicy::First, &rows);
    let report = checked(&table);
    assert_eq!(rows_of(&report, Kind::Never), [[5]]);
    assert_eq!(rows_of(&report, Kind::Hidden), [[4]]);
    assert_eq!(report.findings.len(), 2);
    assert_eq!(
        said(&table, &report),
        [
            (
                "row 5 can never match: no allowed value of column age passes its test.".to_owned(),
                "第 5 行永远不会符合：“年龄”一栏没有一个允许的值满足它。".to_owned()
            ),
            (
                "row 4 never answers: row 2 comes first wherever it matches.".to_owned(),
                "第 4 行永远用不上：凡符合它的情况，都已由第 2 行优先答复。".to_owned()
            ),
        ]
    );
    // By priority row 4 loses to the P1 of row 2 as well, and row 3 no longer comes before it.
    let report = checked(&rules(HitPolicy::Priority, &rows));
    assert_eq!(rows_of(&report, Kind::Hidden), [[4]]);
}

#[test]
fn a_row_hidden_only_by_several_together() {
    let rows = [
        ["-", "-", "<6", "P1"],
        ["-", "-", "[6..13]", "P2"],
        ["-", "-", ">=14", "P1"],
        ["-", "true", "-", "P3"],
    ];
    let report = checked(&rules(HitPolicy::First, &rows));
    assert_eq!(rows_of(&report, Kind::Hidden), [[4]]);
    assert_eq!(report.findings[0].by, [1, 2, 3]);
}

#[test]
fn rows_that_change_nothing() {
    let rows = [
        ["\"dropout\"", "-", "-", "P1"],
        ["\"dropout\"", "true", "-", "P1"],
        ["\"dropout\"", "true", "-", "P2"],
        ["-", "-", "<6", "P2"],
    ];
    let table = rules(HitPolicy::Collect, &rows);
    let report = checked(&table);
    assert_eq!(rows_of(&report, Kind::Redundant), [[2]]);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(
        said(&table, &report),
        [(
            "row 2 changes nothing: without it the answers are the same, by row 1.".to_owned(),
            "第 2 行多余：删去它，结果不变，因为第 1 行已经这样规定。".to_owned()
        )]
    );
    // The catch-all says for row 1 what it says itself.
    let first = [
        ["\"dropout\"", "-", "-", "P3"],
        ["-", "true", "-", "P1"],
        ["-", "-", "-", "P3"],
    ];
    assert_eq!(
        rows_of(&checked(&rules(HitPolicy::First, &first)), Kind::Redundant),
        Vec::<Vec<usize>>::new()
    );
    let first = [
        ["\"dropout\"", "false", "-", "P3"],
        ["-", "true", "-", "P1"],
        ["-", "-", "-", "P3"],
    ];
    assert_eq!(
        rows_of(&checked(&rules(HitPolicy::First, &first)), Kind::Redundant),
        [[1]]
    );
}

#[test]
fn what_is_not_declared() {
    let table = rules(
        HitPolicy::Collect,
        &[["\"truancy\"", "-", "-", "P1"], ["\"dropout\"", "-", "-", "P9"]],
    );
    let report = checked(&table);
    assert_eq!(rows_of(&report, Kind::Outside), [[1], [2]]);
    assert_eq!(rows_of(&report, Kind::Never), [[1]]);
    let said = said(&table, &report);
    assert_eq!(
        said[1].0,
        "row 1, column situation: \"truancy\" is not among the allowed values of this column."
    );
    assert_eq!(said[1].1, "第 1 行“情形”一栏写了不允许的值：“truancy”。");
    assert_eq!(said[2].1, "第 2 行“out”一栏写了不允许的值：“P9”。");
}

#[test]
fn whole_numbers_leave_no_gap_where_decimals_do() {
    for (kind, gaps) in [(ValueKind::Whole, 0), (ValueKind::Number, 1)] {
        let rows = ["<=5", "[6..17]", ">17"].map(|test| (vec![test.to_owned()], "\"p\"".to_owned()));
        let table = table(HitPolicy::Unique, vec![column("age", kind, None)], None, &rows);
        let report = checked(&table);
        assert_eq!(report.findings.len(), gaps, "{kind}");
        for gap in &report.findings {
            assert_eq!(gap.example, [Value::from(rust_decimal::Decimal::new(51, 1))]);
            assert!(
                english(&table, gap).contains("age is (5..6)"),
                "{}",
                english(&table, gap)
            );
            assert!(
                chinese(&table, gap, &named).contains("age=5–6（不含两端）"),
                "{}",
                chinese(&table, gap, &named)
            );
        }
    }
}

#[test]
fn what_need_not_be_answered_is_no_gap() {
    let rows = [["\"abandoned\",\"dropout\"", "-", "-", "P1"]];
    let collect = rules(HitPolicy::Collect, &rows);
    assert!(checked(&collect).sound());
    let unique = rules(HitPolicy::Unique, &rows);
    assert_eq!(rows_of(&checked(&unique), Kind::Gap).len(), 1);
    let optional = vec![("situation", "bullying".into())];
    assert!(
        checked_for(
            &unique,
            &Scope {
                optional,
                ..Scope::of(&unique)
            },
            u32::MAX
        )
        .sound()
    );
    let absent = Scope {
        absent: vec!["situation"],
        ..Scope::of(&unique)
    };
    let report = checked_for(&unique, &absent, u32::MAX);
    assert_eq!(rows_of(&report, Kind::Gap).len(), 1);
    assert!(chinese(&unique, &report.findings[0], &named).contains("未填、“bullying”"));
}

#[test]
fn an_open_question_says_what_is_left() {
    let table = rules(
        HitPolicy::First,
        &[["\"dropout\"", "true", "-", "P1"], ["-", "-", ">3", "P1"]],
    );
    let report = checked_for(&table, &Scope::of(&table), 1);
    assert!(!report.sound());
    let said: Vec<String> = report.undecided.iter().map(|open| english(&table, open)).collect();
    assert!(
        said.iter()
            .any(|line| line.starts_with("not decided in time: whether every input is covered.")),
        "{said:?}"
    );
    let said: Vec<String> = report
        .undecided
        .iter()
        .map(|open| chinese(&table, open, &named))
        .collect();
    assert!(
        said.iter().any(|line| line.contains("是否每种情况都有规则覆盖")),
        "{said:?}"
    );
}
