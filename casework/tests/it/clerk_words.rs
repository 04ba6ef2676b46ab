//! What a cell says in words is read back as the same cell, and a cell that could mean two things is not taken.

use std::sync::LazyLock;

use casework::dmn::sfeel::{Item, Kind, Test, Value, read_test};
use casework::dmn::{self, Column, Row};
use casework::zh::cells::{cells, choices, test, value, word};
use casework::zh::parse::{row_from_words, test_from_words, value_from_words};
use proptest::prelude::*;

use crate::taihe::{FILES_OF_TAIHE, TAIHE};

static MODEL: LazyLock<dmn::Model> =
    LazyLock::new(|| dmn::read(&FILES_OF_TAIHE["routing.dmn"]).expect("the county's model"));

fn column(decision: &str, name: &str) -> Column {
    let table = MODEL.table(decision).expect("a table");
    let mut columns = table.inputs.iter().chain(&table.outputs);
    columns.find(|column| column.name == name).expect("a column").clone()
}

/// A text column with these words.
fn listed(words: &[&str]) -> Column {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Column {
        name: "colour".to_owned(),
        label: String::new(),
        kind: Kind::Text,
        allowed: Some(read_test(&quoted.join(","), Kind::Text).expect("words")),
        line: 0,
    }
}

/// The test's items in an order of their own: a list means the same in any.
fn sorted(test: &Test) -> Test {
    let sort = |items: &[Item]| {
        let mut items = items.to_vec();
        items.sort_by_key(|item| format!("{item:?}"));
        items
    };
    match test {
        Test::Any => Test::Any,
        Test::OneOf(items) => Test::OneOf(sort(items)),
        Test::Not(items) => Test::Not(sort(items)),
    }
}

#[test]
fn every_row_of_the_county_is_read_back_from_its_words() {
    let (pack, model) = (&*TAIHE, &*MODEL);
    for table in &model.tables {
        for rule in &table.rules {
            let cells = cells(pack, table, &rule.tests, &rule.outputs);
            let row = row_from_words(pack, table, Some(rule.number), &cells);
            assert_eq!(row, Ok(Row::of(rule)), "{} row {}", table.id, rule.number);
            // As a new row there is nothing to fall back on.
            let row = row_from_words(pack, table, None, &cells).expect("a row");
            for (read, was) in row.tests.iter().zip(&rule.tests) {
                assert_eq!(sorted(read), sorted(was), "{} row {}", table.id, rule.number);
            }
            assert_eq!(row.outputs, rule.outputs, "{} row {}", table.id, rule.number);
        }
    }
}

#[test]
fn people_write_the_same_in_many_ways() {
    let (pack, age, situation) = (&*TAIHE, column("urgency", "age"), column("urgency", "situation"));
    let read = |column: &Column, typed: &str| {
        test_from_words(pack, column, None, typed)
            .unwrap_or_else(|problem| panic!("{typed}: {}", problem.zh))
            .to_string()
    };
    for (typed, cell) in [
        ("", "-"),
        (" 不限 ", "-"),
        ("8", "8"),
        ("8岁", "8"),
        ("８ 周岁", "8"),
        ("8岁以上", ">= 8"),
        ("大于8岁", ">= 9"),
        ("小于8岁", "<= 7"),
        ("未满14周岁", "<= 13"),
        ("8岁以下", "<= 8"),
        ("8岁至13岁", "[8..13]"),
        ("8-13", "[8..13]"),
        ("3岁、8岁以上", "3,>= 8"),
        ("不是3岁", "not(3)"),
    ] {
        let wanted = read_test(cell, Kind::Whole).expect(cell).to_string();
        assert_eq!(read(&age, typed), wanted, "{typed}");
    }
    let label = |code: &str| word(pack, &situation, code);
    let (one, two) = (label("abandoned"), label("orphan"));
    let wanted = "\"abandoned\",\"orphan\"";
    for between in ["或", " 或 ", "、", "，", ", ", "；", ";", "或者", "\n"] {
        assert_eq!(read(&situation, &format!("{one}{between}{two}")), wanted, "{between}");
    }
    for typed in [
        format!("不是{one}，也不是{two}"),
        format!("不是{one}、{two}"),
        format!("不是 {one} 或 {two}"),
    ] {
        assert_eq!(read(&situation, &typed), format!("not({wanted})"), "{typed}");
    }
    assert_eq!(read(&column("urgency", "present_danger"), "是"), "true");
    let (limit, grade) = (column("deadlines", "limit"), column("deadlines", "grade"));
    let value = |column: &Column, typed: &str| value_from_words(pack, column, None, [], typed).expect(typed);
    for (typed, code) in [
        ("30分钟", "30min"),
        ("24 小时", "24h"),
        ("3日", "3sd"),
        ("5个工作日", "5wd"),
        ("1个月", "1mo"),
    ] {
        assert_eq!(value(&limit, typed), Value::from(code), "{typed}");
    }
    assert_eq!(value(&grade, "V"), Value::from("V"));
}

#[test]
fn what_is_not_a_word_is_refused_with_words_that_are() {
    let (pack, situation) = (&*TAIHE, column("urgency", "situation"));
    let refused = |column: &Column, typed: &str| test_from_words(pack, column, None, typed).expect_err(typed).zh;
    let abandoned = word(pack, &situation, "abandoned");
    assert!(refused(&situation, "abandoned").contains(&abandoned));
    for typed in ["\"abandoned\"", "not(\"abandoned\")", "-", "遗弃或者飞碟"] {
        assert!(refused(&situation, typed).contains("可以写"), "{typed}");
    }
    for typed in [
        "[8..13]",
        ">= 8",
        "13岁至8岁",
        "八岁",
        "8.5岁",
        "8至",
        "99999999999999999999999999999999",
    ] {
        assert!(refused(&column("urgency", "age"), typed).contains("8岁以上"), "{typed}");
    }
    let value = |name: &str, typed: &str| {
        let (decision, name) = name.split_once('.').expect("a name");
        value_from_words(pack, &column(decision, name), None, [], typed)
            .expect_err(typed)
            .zh
    };
    assert!(value("deadlines.limit", "24h").contains("24小时"));
    assert!(value("deadlines.limit", "0日").contains("24小时"));
    assert!(value("escalation.minimum", "3日").contains("2小时"));
    assert!(value("escalation.percent", "一半").contains("整数"));
    assert!(value("obligations.role", "主办或协办").contains("主办、协办"));
    assert!(value("deadlines.basis", " ").contains("不能为空"));
}

#[test]
fn what_could_mean_two_things_is_not_guessed() {
    let pack = &*TAIHE;
    let colour = listed(&["红", "绿", "红或绿", "深红", "不是红"]);
    let read = |typed: &str| test_from_words(pack, &colour, None, typed);
    assert!(read("红或绿").expect_err("two readings").zh.contains("两种理解"));
    assert!(read("不是红").expect_err("two readings").zh.contains("两种理解"));
    assert_eq!(
        read("深红或绿").map(|test| test.to_string()),
        Ok("\"深红\",\"绿\"".to_owned())
    );
    // Nobody touched it: it stays.
    let was = Test::OneOf(vec![Item::Is("红或绿".into())]);
    assert_eq!(test_from_words(pack, &colour, Some(&was), "红或绿"), Ok(was));
}

#[test]
fn a_long_cell_of_almost_words_takes_no_time() {
    let colour = listed(&["或", "或或", "或或或", "，", "或，"]);
    let typed = format!("{}红", "或，".repeat(900));
    assert!(test_from_words(&TAIHE, &colour, None, &typed).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_list_of_words_is_read_back(picks in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..6), at in any::<prop::sample::Index>()) {
        let (pack, model) = (&*TAIHE, &*MODEL);
        let inputs: Vec<&Column> = model.tables.iter().flat_map(|table| &table.inputs).filter(|column| column.kind == Kind::Text).collect();
        let column = inputs[at.index(inputs.len())];
        let listed = choices(pack, column).expect("words");
        let mut items: Vec<Item> = picks.iter().map(|(pick, _)| Item::Is(listed[pick.index(listed.len())].code.as_str().into())).collect();
        items.sort_by_key(|item| format!("{item:?}"));
        items.dedup();
        let cell = if picks[0].1 { Test::Not(items) } else { Test::OneOf(items) };
        prop_assert_eq!(test_from_words(pack, column, None, &test(pack, column, &cell)), Ok(cell));
    }

    #[test]
    fn any_range_is_read_back(low in -5i64..30, span in 0i64..20, shape in 0..8u8) {
        let age = column("urgency", "age");
        let high = low + span;
        let cell = match shape {
            0 => format!("{low}"),
            1 => format!(">= {low}"),
            2 => format!("<= {high}"),
            3 => format!("[{low}..{high}]"),
            4 => format!("not({low})"),
            5 => format!("{low},[{}..{}]", high + 2, high + 4),
            6 => format!("not([{low}..{high}])"),
            _ => format!("< {low},> {high}"),
        };
        for kind in [Kind::Whole, Kind::Number] {
            let column = Column { kind, ..age.clone() };
            let cell = read_test(&cell, kind).expect("a range");
            prop_assert_eq!(test_from_words(&TAIHE, &column, None, &test(&TAIHE, &column, &cell)), Ok(cell));
        }
    }

    #[test]
    fn any_output_is_read_back(at in any::<prop::sample::Index>(), pick in any::<prop::sample::Index>(), number in 0i64..500) {
        let (pack, model) = (&*TAIHE, &*MODEL);
        let outputs: Vec<&Column> = model.tables.iter().flat_map(|table| &table.outputs).collect();
        let column = outputs[at.index(outputs.len())];
        let cell = match (column.kind, choices(pack, column)) {
            (Kind::Text, Some(listed)) => Value::from(listed[pick.index(listed.len())].code.as_str()),
            (Kind::Text, None) if column.name != "basis" => Value::from(format!("{}{}", number + 1, ["min", "h"][pick.index(2)]).as_str()),
            (Kind::Text, None) => Value::from(format!("意见 {number} 条").as_str()),
            (Kind::Flag, _) => Value::from(number % 2 == 0),
            _ => Value::from(number),
        };
        prop_assert_eq!(value_from_words(pack, column, None, [], &value(pack, column, &cell)), Ok(cell));
    }
}
