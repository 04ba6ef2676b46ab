//! What cells mean, by example.

use super::*;

fn holds(text: &str, kind: Kind, value: impl Into<Value>) -> bool {
    read_test(text, kind).unwrap().matches(&value.into())
}

#[test]
fn texts_and_lists() {
    assert!(holds("\"a\", \"b,c\"", Kind::Text, "b,c"));
    assert!(!holds("\"a\",\"b\"", Kind::Text, "c"));
    assert!(holds("not(\"a\",\"b\")", Kind::Text, "c"));
    assert!(!holds("not(\"a\")", Kind::Text, "a"));
    assert!(holds("\"say \\\"x\\\"\"", Kind::Text, "say \"x\""));
}

#[test]
fn null_matches_only_the_dash() {
    assert!(read_test("-", Kind::Text).unwrap().matches(&Value::Null));
    assert!(read_test(" ", Kind::Text).unwrap().matches(&Value::Null));
    for text in ["\"a\"", "not(\"a\")"] {
        assert!(!read_test(text, Kind::Text).unwrap().matches(&Value::Null));
    }
}

#[test]
fn numbers() {
    for (text, yes, no) in [
        ("< 14", 13, 14),
        (">=3", 3, 2),
        ("[0..5]", 5, 6),
        ("(0..5)", 4, 5),
        ("]0..5[", 1, 0),
        ("3, [7..9]", 7, 4),
        ("not(<3)", 3, 2),
    ] {
        assert!(holds(text, Kind::Whole, yes), "{text} {yes}");
        assert!(!holds(text, Kind::Whole, no), "{text} {no}");
    }
}

#[test]
fn decimals_are_exact() {
    let decimal = |text: &str| Value::Number(read_number(text).unwrap());
    let holds = |test: &str, value: &str| read_test(test, Kind::Number).unwrap().matches(&decimal(value));
    for (text, yes, no) in [
        ("0.1", "0.10", "0.1000000000000000055511151231"),
        ("(0..5)", "0.0001", "0"),
        ("[0..5],[6..17]", "5", "5.5"),
        ("]-2.5..-1[", "-2.4", "-2.5"),
        (">= .5", "0.5", "0.49"),
        ("not(< 0.3)", "0.3", "0.29"),
    ] {
        assert!(holds(text, yes) && !holds(text, no), "{text} {yes} {no}");
    }
    for text in [
        "5.",
        ".",
        "-",
        "+1",
        "1e3",
        "1_000",
        "0.12345678901234567890123456789",
        "[1..2..3]",
        "(5..5]",
    ] {
        assert!(read_test(text, Kind::Number).is_err() || text == "-", "{text}");
    }
}

#[test]
fn numbers_of_json() {
    for (json, wanted) in [
        ("1e2", "100"),
        ("-1.5E-2", "-0.015"),
        ("0e99", "0"),
        ("-0", "0"),
        ("2.50", "2.5"),
    ] {
        assert_eq!(read_number(json).unwrap().to_string(), wanted, "{json}");
    }
    for json in [
        "1e29",
        "1e-29",
        "1e99999999999999999999",
        "12345678901234567890123456789012",
    ] {
        assert!(read_number(json).is_err(), "{json}");
    }
}

#[test]
fn what_is_outside_is_refused() {
    for (text, kind) in [
        ("a", Kind::Text),
        ("\"a", Kind::Text),
        ("“a”", Kind::Text),
        ("\"a\"\"b\"", Kind::Text),
        ("\"a\",", Kind::Text),
        ("< \"b\"", Kind::Text),
        ("1.5", Kind::Whole),
        ("[1..2", Kind::Whole),
        ("[5..1]", Kind::Whole),
        ("(5..6)", Kind::Whole),
        ("[", Kind::Whole),
        ("[1..二]", Kind::Whole),
        ("<-9223372036854775808", Kind::Whole),
        ("99999999999999999999", Kind::Whole),
        ("True", Kind::Flag),
        ("not(true", Kind::Flag),
        ("date(\"2020-01-01\")", Kind::Text),
    ] {
        assert!(read_test(text, kind).is_err(), "{text}");
    }
}
