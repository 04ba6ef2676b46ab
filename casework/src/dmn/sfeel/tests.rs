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
