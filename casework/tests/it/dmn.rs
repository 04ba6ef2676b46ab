//! What is read of a DMN file, what is refused and how, and what its tables answer.

use std::path::Path;
use std::sync::LazyLock;

use casework::dmn::sfeel::{Kind, Value};
use casework::dmn::{HitPolicy, Inputs, Model, Table, read};
use rust_decimal::Decimal;

/// A file with all that the modelling tools write, and every kind of column.
pub(crate) static MODELER: LazyLock<String> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/dmn/modeler.dmn");
    std::fs::read_to_string(path).unwrap()
});

pub(crate) fn model(text: &str) -> Model {
    read(text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn number(text: &str) -> Value {
    Value::Number(text.parse::<Decimal>().unwrap())
}

/// The numbers of the rows that answer.
fn rows(table: &Table, inputs: &[(&'static str, Value)]) -> Vec<usize> {
    let inputs: Inputs<'_> = inputs.iter().cloned().collect();
    table
        .evaluate(&inputs)
        .unwrap()
        .iter()
        .map(|rule| rule.number)
        .collect()
}

/// A table over one number with one text output, as small as it gets.
pub(crate) fn small(attributes: &str, output: &str, rows: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let rows: String = rows
        .iter()
        .map(|(cell, says)| {
            let (cell, says) = (escape(cell), escape(says));
            format!("<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{says}</text></outputEntry></rule>\n")
        })
        .collect();
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\"><decision id=\"d\" name=\"D\">\
         <decisionTable {attributes}><input><inputExpression typeRef=\"number\"><text>n</text></inputExpression></input>\
         <output name=\"o\" typeRef=\"string\">{output}</output>\n{rows}</decisionTable></decision></definitions>"
    )
}

#[test]
fn a_file_of_the_modelling_tools() {
    let model = model(&MODELER);
    let [visit, grants] = model.tables.as_slice() else {
        panic!("{model:#?}");
    };
    assert_eq!(
        (visit.hit_policy, grants.hit_policy),
        (HitPolicy::Priority, HitPolicy::Unique)
    );
    let columns: Vec<_> = visit
        .inputs
        .iter()
        .map(|column| (column.name.as_str(), column.kind))
        .collect();
    let wanted = [
        ("age", Kind::Whole),
        ("income", Kind::Number),
        ("living_with", Kind::Text),
        ("seen", Kind::Flag),
    ];
    assert_eq!(columns, wanted);
    assert_eq!(visit.rules[1].outputs, ["this week".into(), number("0.25")]);
    assert_eq!(visit.rules[2].outputs[1], Value::Null);
    assert_eq!(visit.rules[1].tests[0].to_string(), "[3..12],15,[16..17]");
    assert_eq!(visit.rules[1].tests[1].to_string(), "(-0.5..99.5)");

    let child = |age: i64, income: &str, with: &str, seen: bool| {
        [
            ("age", age.into()),
            ("income", number(income)),
            ("living_with", with.into()),
            ("seen", seen.into()),
        ]
    };
    // Rows 1 and 2 match; the first declared output goes first.
    assert_eq!(rows(visit, &child(5, "99.49", "alone", false)), [1]);
    assert_eq!(rows(visit, &child(13, "99.49", "alone", false)), [0; 0]);
    assert_eq!(rows(visit, &child(17, "-0.499", "grandparents", false)), [2]);
    assert_eq!(rows(visit, &child(17, "99.5", "grandparents", false)), [3]);
    // Nobody declared that; it is as unknown as null.
    assert_eq!(rows(visit, &child(17, "1", "robots", false)), [0; 0]);
    assert_eq!(rows(visit, &[("living_with", "alone".into()), ("age", 3.into())]), [1]);

    // What the columns leave out comes from the input data, its definition and the decision's variable.
    assert_eq!(grants.inputs[0].name, "child need");
    assert_eq!(
        grants.inputs[0].allowed.as_ref().unwrap().to_string(),
        "\"food\",\"care\""
    );
    assert_eq!(
        (grants.outputs[0].name.as_str(), grants.outputs[0].kind),
        ("grant", Kind::Number)
    );
    assert!(model.table("Home visit").is_some_and(|table| table.id == "visit"));
}

#[test]
fn a_prefix_is_as_good_as_none() {
    let mut text = MODELER.replace("xmlns=", "xmlns:dmn=");
    for name in [
        "definitions",
        "decision",
        "decisionTable",
        "input",
        "inputExpression",
        "inputValues",
        "output",
        "outputValues",
        "rule",
        "inputEntry",
        "outputEntry",
        "text",
        "description",
        "extensionElements",
        "variable",
        "itemDefinition",
        "typeRef",
        "allowedValues",
        "inputData",
        "informationRequirement",
        "requiredDecision",
        "textAnnotation",
    ] {
        for (old, new) in [("<", "<dmn:"), ("</", "</dmn:")] {
            for end in [">", " "] {
                text = text.replace(&format!("{old}{name}{end}"), &format!("{new}{name}{end}"));
            }
        }
    }
    let (plain, prefixed) = (model(&MODELER), model(&text));
    for (plain, prefixed) in plain.tables.iter().zip(&prefixed.tables) {
        assert_eq!(format!("{plain:?}"), format!("{prefixed:?}"));
    }
}

#[test]
fn whole_numbers_touch_and_decimals_leave_a_gap() {
    let rows_of = [("[0..5]", "\"a\""), ("[6..17]", "\"b\"")];
    let decimals = small("", "", &rows_of);
    let between = [("n", number("5.5"))];
    assert_eq!(rows(&model(&decimals).tables[0], &between), [0; 0]);
    let whole = decimals.replace("typeRef=\"number\"", "typeRef=\"long\"");
    let table = &model(&whole).tables[0];
    for n in 0..=17_i64 {
        assert_eq!(rows(table, &[("n", n.into())]).len(), 1, "{n}");
    }
    // Of another kind than its column, so unknown.
    assert_eq!(rows(table, &between), [0; 0]);
}

#[test]
fn untyped_columns_are_of_the_type_of_their_cells() {
    let untyped = |cells: &[(&str, &str)]| {
        let text = small("", "", cells)
            .replace(" typeRef=\"number\"", "")
            .replace(" typeRef=\"string\"", "");
        let table = model(&text).tables.remove(0);
        (table.inputs[0].kind, table.outputs[0].kind)
    };
    assert_eq!(untyped(&[("515004", "\"no\""), ("-", "")]), (Kind::Number, Kind::Text));
    assert_eq!(
        untyped(&[("not(true)", "-2.5"), ("-", "3")]),
        (Kind::Flag, Kind::Number)
    );
    assert_eq!(untyped(&[("-", "")]), (Kind::Text, Kind::Text));
    let mixed = small("", "", &[("3", ""), ("\"a\"", "")]).replace(" typeRef=\"number\"", "");
    assert!(
        read(&mixed).unwrap_err()[0]
            .to_string()
            .contains("row 1, column n: 3 is not a text")
    );
}

#[test]
fn each_hit_policy() {
    let order = "<outputValues><text>\"high\",\"low\"</text></outputValues>";
    let lines = [
        (">= 1", "\"low\""),
        (">= 2", "\"high\""),
        (">= 3", "\"low\""),
        (">= 4", "\"undeclared\""),
    ];
    for (policy, answers) in [
        ("FIRST", [vec![1], vec![1], vec![1]]),
        ("PRIORITY", [vec![1], vec![2], vec![2]]),
        ("COLLECT", [vec![1], vec![1, 2], vec![1, 2, 3, 4]]),
        ("RULE ORDER", [vec![1], vec![1, 2], vec![1, 2, 3, 4]]),
    ] {
        let table = &model(&small(&format!("hitPolicy=\"{policy}\""), order, &lines)).tables[0];
        for (n, wanted) in [1_i64, 2, 9].into_iter().zip(answers) {
            assert_eq!(rows(table, &[("n", n.into())]), wanted, "{policy} {n}");
        }
    }
    let clash = |attributes: &str, lines: &[(&str, &str)]| {
        let model = model(&small(attributes, "", lines));
        model.tables[0]
            .evaluate(&Inputs::from([("n", 9.into())]))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        clash("", &lines[..2]),
        "decision d is UNIQUE, but rows [1, 2] all match"
    );
    assert_eq!(
        clash("hitPolicy=\"ANY\"", &lines[..3]),
        "decision d is ANY, but rows [1, 2, 3] match and say different things"
    );
    let same = [(">= 1", "\"a\""), (">= 2", "\"a\"")];
    let any = &model(&small("hitPolicy=\"ANY\"", "", &same)).tables[0];
    assert_eq!(rows(any, &[("n", 9.into())]), [1]);
}

#[test]
fn what_is_outside_is_refused_in_its_place() {
    let cases = [
        (
            "hitPolicy=\"PRIORITY\"",
            "hitPolicy=\"OUTPUT ORDER\"",
            "decision visit: hit policy OUTPUT ORDER",
        ),
        (
            "hitPolicy=\"PRIORITY\"",
            "hitPolicy=\"COLLECT\" aggregation=\"SUM\"",
            "decision visit: aggregation SUM",
        ),
        (
            "\"today\",\"this week\",\"this month\"",
            "-",
            "decision visit: hit policy PRIORITY needs",
        ),
        (
            "\"today\",\"this week\",\"this month\"",
            "not(\"never\")",
            "column when: allowed values: hit policy PRIORITY",
        ),
        (
            "typeRef=\"double\"",
            "typeRef=\"date\"",
            "decision visit, column income: type date",
        ),
        (
            "typeRef=\"double\"",
            "typeRef=\"tMissing\"",
            "decision visit, column income: type tMissing",
        ),
        ("<text>income</text>", "<text>income * 12</text>", "one plain name"),
        ("<text>income</text>", "<text>child.income</text>", "one plain name"),
        ("<text>income</text>", "<text>true</text>", "one plain name"),
        ("<text>income</text>", "<text>a and b</text>", "one plain name"),
        ("<text>income</text>", "<text>in<b/>come</text>", "one plain name"),
        (
            "<text>0.25</text>",
            "<text>0.2</text><text>5</text>",
            "row 2, column share: (several texts)",
        ),
        (
            "<text>0.25</text>",
            "<text>0.2<a>5</a></text>",
            "row 2, column share: (an element",
        ),
        (
            "<output id=\"Output_5\" />\n    </decisionTable>",
            "<output id=\"Output_5\" /></decisionTable><decisionTable/>",
            "decision grants: only decision tables are understood; this decision has several",
        ),
        (
            "<text>income</text>",
            "<text>age</text>",
            "column age: two input columns",
        ),
        ("name=\"share\"", "name=\"when\"", "column when: two output columns"),
        (
            "expressionLanguage=\"feel\"",
            "expressionLanguage=\"juel\"",
            "column income: expression language juel",
        ),
        (
            "<text>(-0.5..99.50)</text>",
            "<text>&lt; 5 + 1</text>",
            "row 2, column income: 5 + 1 is not a number",
        ),
        (
            "<text>(-0.5..99.50)</text>",
            "<text>(5..5]</text>",
            "row 2, column income: (5..5] is an empty range",
        ),
        (
            "<text>0.25</text>",
            "<text>income / 4</text>",
            "row 2, column share: income / 4 is not a number",
        ),
        (
            "<text>0.25</text>",
            "<text>0.1234567890123456789012345678901</text>",
            "row 2, column share: ",
        ),
        (
            "<text>not(true)</text>",
            "<text>not(not(true))</text>",
            "row 3, column seen: ",
        ),
        (
            "<text>[0..17]</text>",
            "<text>[17..0]</text>",
            "column age: allowed values: [17..0] is an empty range",
        ),
        (
            "<inputEntry id=\"UnaryTests_32\" />",
            "",
            "decision visit, row 3: the row has 3 input and 2 output cells",
        ),
        (
            "typeRef=\"number\" />\n      <!--",
            "typeRef=\"number\"><defaultOutputEntry/></output><!--",
            "column share: default",
        ),
        (
            "<decision id=\"grants\"",
            "<decision id=\"visit\"",
            "a second decision has the id visit",
        ),
        (
            "<output id=\"Output_5\" />",
            "",
            "decision grants: the table has no output column",
        ),
        ("20191111/MODEL", "20180521/MODEL", "not a DMN 1.3, 1.4 or 1.5 model"),
    ];
    for (old, new, reason) in cases {
        assert!(MODELER.contains(old), "{old}");
        let text = MODELER.replacen(old, new, 1);
        let errors = read(&text).unwrap_err();
        let found = errors.iter().find(|error| error.to_string().contains(reason));
        let line = found.unwrap_or_else(|| panic!("{reason}: {errors:#?}")).line;
        assert!(line >= 1 && line as usize <= text.lines().count(), "{line}");
    }
    let literal = MODELER.replacen("<decisionTable id=\"DecisionTable_grants\">", "<list>", 1);
    let literal = literal.replacen(
        "</decisionTable>\n  </decision>\n  <item",
        "</list>\n  </decision>\n  <item",
        1,
    );
    let errors = read(&literal).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "decision grants: only decision tables are understood; this decision has none"
    );
    assert_eq!(errors[0].line, 104);
}
