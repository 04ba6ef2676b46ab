//! Words that a clerk writes into a cell are read as what they mean, and only as that.

use casework::clerk::{parse, words};
use casework::dmn::sfeel::{Item, Kind, Test, Value};
use casework::dmn::{self, Column, Model, Row, Table};
use proptest::prelude::*;

use crate::oracle::config;
use crate::taihe::{FILES_OF_TAIHE, TAIHE};

fn model() -> Model {
    dmn::read(&FILES_OF_TAIHE["routing.dmn"]).unwrap()
}

fn column(table: &str, name: &str) -> Column {
    let model = model();
    let table = model.table(table).unwrap();
    let mut columns = table.inputs.iter().chain(&table.outputs);
    columns.find(|column| column.name == name).unwrap().clone()
}

#[test]
fn every_row_of_the_county_reads_back_from_its_words() {
    for table in &model().tables {
        for rule in &table.rules {
            let cells = words::cells(&TAIHE, table, &rule.tests, &rule.outputs);
            let new = Row {
                was: None,
                ..Row::of(rule)
            };
            assert_eq!(
                parse::row(&TAIHE, table, None, &cells),
                Ok(new),
                "{} {cells:?}",
                table.id
            );
            assert_eq!(
                parse::row(&TAIHE, table, Some(rule), &cells),
                Ok(Row::of(rule)),
                "{}",
                table.id
            );
        }
    }
}

#[test]
fn words_are_read_as_people_write_them() {
    let test = |column: &Column, text: &str| parse::test(&TAIHE, column, text).map(|test| test.to_string());
    let age = column("obligations", "age");
    for (text, cell) in [
        ("8岁至13岁", "[8..13]"),
        ("8至13", "[8..13]"),
        ("小于8岁", "<= 7"),
        ("不满14周岁", "<= 13"),
        ("8岁以下", "<= 8"),
        ("14岁以上", ">= 14"),
        ("大于8岁", ">= 9"),
        ("8.0", "8"),
        ("", "-"),
        ("不限", "-"),
        ("不是9岁，也不是3", "not(9,3)"),
        ("3岁以下；16岁以上", "<= 3,>= 16"),
    ] {
        assert_eq!(test(&age, text), Ok(cell.to_owned()), "{text}");
    }
    let suspect = column("obligations", "suspect");
    let either = Ok("\"guardian\",\"family\"".to_owned());
    for text in [
        "监护人或其他家庭成员",
        "监护人、其他家庭成员",
        " 监护人 ， 其他家庭成员 ",
    ] {
        assert_eq!(test(&suspect, text), either, "{text}");
    }
    let neither = Ok("not(\"guardian\",\"stranger\")".to_owned());
    for text in ["不是监护人，也不是陌生人", "不是监护人、陌生人"] {
        assert_eq!(test(&suspect, text), neither, "{text}");
    }
    let long = "被遗弃或长期处于无人照料状态、孤儿或家庭困难，基本生活难以保障";
    let codes = Ok("\"abandoned\",\"orphan\",\"hardship\"".to_owned());
    assert_eq!(test(&column("urgency", "situation"), long), codes);
    for (column, text, says) in [
        (&suspect, "\"guardian\"", "不是“嫌疑人”一栏的词"),
        (&suspect, "guardian", "不要写代码"),
        (&suspect, "邻居", "可写：监护人；其他家庭成员"),
        (&suspect, "监护人、", "监护人"),
        (&age, "< 8", "小于14岁"),
        (&age, "[0..7]", "小于14岁"),
        (&age, "13岁至8岁", "看不懂"),
        (&age, "8.5岁", "看不懂"),
        (&age, "18岁", "0岁至17岁"),
        (&column("urgency", "present_danger"), "true", "“是”“否”"),
    ] {
        let problem = test(column, text).unwrap_err();
        assert!(problem.zh.contains(says), "{text}: {problem:?}");
        assert!(!problem.en.is_empty());
    }
}

#[test]
fn answers_are_one_word_each_and_a_basis_keeps_its_form() {
    let value = |column: &Column, text: &str| parse::value(&TAIHE, column, text);
    let limit = column("deadlines", "limit");
    for (text, code) in [
        ("30分钟", "30min"),
        ("24 小时", "24h"),
        ("3日", "3sd"),
        ("5工作日", "5wd"),
        ("1个月", "1mo"),
    ] {
        assert_eq!(value(&limit, text), Ok(code.into()), "{text}");
    }
    for text in ["30min", "30", "半天", "99999999999日"] {
        assert!(
            value(&limit, text).unwrap_err().zh.contains("3分钟、3小时、3日"),
            "{text}"
        );
    }
    assert!(value(&column("escalation", "minimum"), "3日").is_err());
    assert_eq!(value(&column("escalation", "percent"), "50"), Ok(50.into()));
    assert_eq!(value(&column("deadlines", "grade"), "V"), Ok("V".into()));
    assert!(
        value(&column("obligations", "role"), "主办或协办")
            .unwrap_err()
            .zh
            .contains("只能写一项")
    );
    assert!(value(&column("deadlines", "basis"), " ").is_err());

    let model = model();
    let table = model.table("deadlines").unwrap();
    let rule = &table.rules[0];
    let mut cells = words::cells(&TAIHE, table, &rule.tests, &rule.outputs);
    assert_eq!(cells[5], "本县规定");
    cells[3] = "一刻钟".into();
    cells[6] = String::new();
    let problems = parse::row(&TAIHE, table, Some(rule), &cells).unwrap_err();
    assert_eq!(problems.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [3, 6]);
    cells[3] = "45分钟".into();
    cells[6] = "P".into();
    let row = parse::row(&TAIHE, table, None, &cells).unwrap();
    assert_eq!(row.outputs[2..], rule.outputs[2..]);
}

/// A test of the words and numbers that a column allows.
fn allowed(column: &Column) -> BoxedStrategy<Test> {
    let item: BoxedStrategy<Item> = match column.kind {
        Kind::Text => {
            let values: Vec<Value> = column.allowed.as_ref().unwrap().values().into_iter().cloned().collect();
            prop::sample::select(values).prop_map(Item::Is).boxed()
        }
        Kind::Flag => any::<bool>().prop_map(|flag| Item::Is(flag.into())).boxed(),
        Kind::Whole | Kind::Number => (1_i64..9, 1_i64..9, 0_u8..4)
            .prop_map(|(low, more, kind)| {
                let low = dmn::sfeel::Bound {
                    at: low.into(),
                    included: true,
                };
                let mut high = low;
                high.at += rust_decimal::Decimal::from(more);
                match kind {
                    0 => Item::Is(Value::Number(low.at)),
                    1 => Item::Between(Some(low), None),
                    2 => Item::Between(None, Some(low)),
                    _ => Item::Between(Some(low), Some(high)),
                }
            })
            .prop_filter(
                "within the levels",
                |item| !matches!(item, Item::Between(_, Some(high)) if high.at > 9.into()),
            )
            .boxed(),
    };
    let items = prop::collection::vec(item, 1..5);
    prop_oneof![
        Just(Test::Any),
        items.clone().prop_map(Test::OneOf),
        items.prop_map(Test::Not),
    ]
    .boxed()
}

/// A table and tests for a row of it.
fn random_row() -> impl Strategy<Value = (Table, Vec<Test>)> {
    prop::sample::select(model().tables).prop_flat_map(|table| {
        let tests: Vec<_> = table.inputs.iter().map(allowed).collect();
        (Just(table), tests)
    })
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn random_cells_read_back((table, tests) in random_row()) {
        for (column, test) in table.inputs.iter().zip(tests) {
            let said = words::test(&TAIHE, column, &test);
            prop_assert_eq!(parse::test(&TAIHE, column, &said), Ok(test), "{}: {}", column.name, said);
        }
    }

    #[test]
    fn no_words_panic(text in "[不限是或岁至以上下满小大于也，、；。0-9\"<(监护人陌生]{0,20}") {
        for table in &model().tables {
            for column in table.inputs.iter().chain(&table.outputs) {
                if let Ok(test) = parse::test(&TAIHE, column, &text) {
                    let said = words::test(&TAIHE, column, &test);
                    prop_assert_eq!(parse::test(&TAIHE, column, &said), Ok(test), "{} {}", text, said);
                }
                let _ = parse::value(&TAIHE, column, &text);
            }
        }
    }
}
