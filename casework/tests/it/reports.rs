//! Reports on the wire: what is read, what is refused and how, and that nothing makes the reader panic.

use casework::report::{ParseError, Report};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::oracle::config;
use crate::taihe::repository;

fn small() -> Value {
    json!({"situations": ["orphan"], "present_danger": false, "area": null,
        "children": [{"sex": "male"}], "reporter": {"kind": "teacher"}, "narrative": "x"})
}

fn full() -> Value {
    json!({"situations": ["abuse-injury", "orphan"], "present_danger": true, "area": "341222101001",
        "where_now": "学校医务室", "place": "home", "suspect": "guardian", "found_at": "2026-11-24T08:10:00+08:00",
        "children": [{"name": "化名甲", "sex": "male", "age": 9, "birth_date": "2017-03-02", "id_number": "34",
            "living_with": "father", "left_behind": false, "school": "某小学", "home_address": "某村"}],
        "reporter": {"kind": "teacher", "identity": "named", "organization": "某小学", "name": "某", "phone": "1"},
        "narrative": "瘀伤", "guardian_absent": true, "adult_co_offender": true, "repeat": true})
}

fn parse(value: &Value) -> Result<Report, ParseError> {
    Report::parse(value.to_string().as_bytes())
}

/// (pointer, code) of every mistake.
fn mistakes(body: &str) -> Vec<(String, &'static str)> {
    match Report::parse(body.as_bytes()) {
        Err(ParseError::Invalid(errors)) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
        other => panic!("{body} gave {other:?}"),
    }
}

/// `base` with one value set; `pointer` may name a field that is not there yet.
fn with(mut base: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match base.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.insert(name.to_owned(), value);
        }
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => panic!("{pointer} in {other}"),
    }
    base
}

fn one_mistake(value: &Value) -> (String, &'static str) {
    let found = mistakes(&value.to_string());
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn canonical_json_reads_back_the_same() {
    for value in [small(), full()] {
        let report = parse(&value).unwrap();
        let text = serde_json::to_vec(&report).unwrap();
        assert_eq!(Report::parse(&text), Ok(report.clone()));
        assert_eq!(Report::from_value(value), Ok(report));
    }
    let report = parse(&full()).unwrap();
    let text: Value = serde_json::to_value(&report).unwrap();
    assert_eq!(text, full(), "nothing of a full report is lost");
}

#[test]
fn absent_null_and_empty_are_the_same() {
    let optional = [
        "/area",
        "/where_now",
        "/place",
        "/suspect",
        "/found_at",
        "/guardian_absent",
        "/adult_co_offender",
        "/repeat",
        "/children/0/name",
        "/children/0/age",
        "/children/0/birth_date",
        "/children/0/id_number",
        "/children/0/living_with",
        "/children/0/left_behind",
        "/children/0/school",
        "/children/0/home_address",
        "/reporter/identity",
        "/reporter/organization",
        "/reporter/name",
        "/reporter/phone",
    ];
    let plain = parse(&small()).unwrap();
    for pointer in optional {
        for nothing in [Value::Null, json!("")] {
            assert_eq!(parse(&with(small(), pointer, nothing)), Ok(plain.clone()), "{pointer}");
        }
    }
    assert_eq!(plain.reporter.identity.as_str(), "confidential");
    assert_eq!((plain.place.as_str(), plain.suspect.as_str()), ("unknown", "unknown"));
    assert_eq!(plain.children[0].living_with.as_str(), "unknown");
    for required in [
        "/situations",
        "/present_danger",
        "/children",
        "/children/0/sex",
        "/reporter",
        "/reporter/kind",
        "/narrative",
    ] {
        for nothing in [Value::Null, json!("")] {
            let found = one_mistake(&with(small(), required, nothing));
            assert_eq!(found, (required.to_owned(), "required"));
        }
    }
}

#[test]
fn each_mistake_has_its_pointer_and_code() {
    let cases = [
        ("/situations", json!([]), "required"),
        ("/situations", json!("orphan"), "wrong-type"),
        ("/situations/0", json!("Orphan"), "not-a-code"),
        ("/situations/0", json!(""), "not-a-code"),
        ("/situations/0", json!(7), "wrong-type"),
        ("/situations", json!(vec!["a"; 13]), "too-many"),
        ("/present_danger", json!("true"), "wrong-type"),
        ("/present_danger", json!(1), "wrong-type"),
        ("/area", json!("34122210100"), "not-an-area"),
        ("/area", json!("34122210100x"), "not-an-area"),
        ("/area", json!("３41222101001"), "not-an-area"),
        ("/area", json!(341_222_101_001_i64), "wrong-type"),
        ("/place", json!("Home"), "not-a-word"),
        ("/suspect", json!("teacher"), "not-a-word"),
        ("/found_at", json!("2026-11-24T08:10:00"), "not-a-time"),
        ("/found_at", json!("yesterday"), "not-a-time"),
        ("/children", json!([]), "required"),
        ("/children", json!({}), "wrong-type"),
        ("/children", json!(vec![json!({"sex": "male"}); 11]), "too-many"),
        ("/children/0", json!("a boy"), "wrong-type"),
        ("/children/0/age", json!(18), "out-of-range"),
        ("/children/0/age", json!(-1), "out-of-range"),
        ("/children/0/age", json!(9.5), "out-of-range"),
        ("/children/0/age", json!(1e300), "out-of-range"),
        ("/children/0/age", json!(u64::MAX), "out-of-range"),
        ("/children/0/age", json!("9"), "wrong-type"),
        ("/children/0/birth_date", json!("2017-02-30"), "not-a-date"),
        ("/children/0/birth_date", json!("2017-3-2"), "not-a-date"),
        ("/children/0/sex", json!("m"), "not-a-word"),
        ("/children/0/name", json!("x".repeat(101)), "too-long"),
        ("/children/0/nickname", json!("x"), "unknown-field"),
        ("/children/0/nickname", Value::Null, "unknown-field"),
        ("/reporter", json!("teacher"), "wrong-type"),
        ("/reporter/phone", json!("1".repeat(41)), "too-long"),
        ("/reporter/kind", json!("nurse"), "not-a-word"),
        ("/narrative", json!("字".repeat(10_001)), "too-long"),
        ("/repeat", json!("no"), "wrong-type"),
        ("/extra", json!(1), "unknown-field"),
    ];
    for (pointer, value, code) in cases {
        let found = one_mistake(&with(small(), pointer, value.clone()));
        assert_eq!(found, (pointer.to_owned(), code), "{value}");
    }
}

#[test]
fn limits_count_characters() {
    assert!(parse(&with(small(), "/narrative", json!("字".repeat(10_000)))).is_ok());
    assert!(parse(&with(small(), "/children/0/name", json!("名".repeat(100)))).is_ok());
    assert_eq!(
        parse(&with(small(), "/children/0/age", json!(9.0))).unwrap().children[0].age,
        Some(9)
    );
    assert!(
        parse(&with(
            small(),
            "/situations",
            json!((0..12).map(|i| format!("s{i}")).collect::<Vec<_>>())
        ))
        .is_ok()
    );
}

#[test]
fn all_mistakes_at_once() {
    let found = mistakes(
        r#"{"situations":["a","a","B"],"area":"1","children":[{"sex":"x","age":99},{}],"narrative":"","~/":1}"#,
    );
    let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    for pointer in [
        "/situations/2",
        "/present_danger",
        "/area",
        "/children/0/sex",
        "/children/0/age",
        "/children/1/sex",
        "/reporter",
        "/narrative",
        "/~0~1",
    ] {
        assert!(pointers.contains(&pointer), "{pointer} in {pointers:?}");
    }
    assert_eq!(found.len(), 9);
    assert_eq!(
        one_mistake(&with(small(), "/situations", json!(["a", "b", "a"]))),
        ("/situations/2".into(), "duplicate")
    );
}

#[test]
fn names_given_twice_are_refused() {
    let twice = small().to_string().replacen(
        "\"present_danger\":false",
        "\"present_danger\":false,\"present_danger\":true",
        1,
    );
    assert_eq!(mistakes(&twice), [("/present_danger".to_owned(), "duplicate-field")]);
    let nested = small()
        .to_string()
        .replacen("\"sex\":\"male\"", "\"sex\":\"male\",\"se\\u0078\":\"female\"", 1);
    assert_eq!(mistakes(&nested), [("/children/0/sex".to_owned(), "duplicate-field")]);
}

#[test]
fn what_is_not_json_says_so() {
    let deep = "[".repeat(100_000);
    let nested = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
    for body in [
        "",
        " ",
        "{",
        "NaN",
        "{\"a\":NaN}",
        "[1e999]",
        "nul",
        "{\"a\":1}{}",
        "{'a':1}",
        &deep,
        &nested,
    ] {
        assert!(
            matches!(Report::parse(body.as_bytes()), Err(ParseError::NotJson(_))),
            "{body:.20}"
        );
    }
    // These are JSON: what they hold is answered for, place by place.
    for body in ["\u{feff}{}", "\"\\ud800\""] {
        assert!(
            matches!(Report::parse(body.as_bytes()), Err(ParseError::Invalid(_))),
            "{body:.20}"
        );
    }
    assert!(matches!(
        Report::parse(b"{\"a\":\"\xff\"}"),
        Err(ParseError::NotJson(_))
    ));
    for body in ["null", "[]", "7", "\"x\"", "true", "{}"] {
        assert!(
            matches!(Report::parse(body.as_bytes()), Err(ParseError::Invalid(_))),
            "{body}"
        );
    }
}

#[test]
fn a_body_of_junk_is_answered_briefly() {
    let fields: Vec<String> = (0..20_000).map(|i| format!("\"f{i}\":0")).collect();
    let started = std::time::Instant::now();
    let found = mistakes(&format!("{{{}}}", fields.join(",")));
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].1, "too-many-errors");
    let same = mistakes(&format!("{{{}0:0}}", "\"narrative\":\"x\",".repeat(10_000)).replace("0:0", "\"repeat\":true"));
    assert!(same.len() <= 101);
    assert!(started.elapsed().as_secs() < 5, "quadratic time is an attack");
}

/// Every place in a value, deepest first.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), out)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, value)| pointers(value, &format!("{at}/{i}"), out)),
        _ => {}
    }
    if !at.is_empty() {
        out.push(at.to_owned());
    }
}

#[test]
fn every_value_of_every_wrong_type_is_refused_in_place() {
    let junk = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5),
        json!(1e308),
        json!("x"),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!({"a": {}}),
    ];
    let mut all = Vec::new();
    pointers(&full(), "", &mut all);
    assert!(all.len() > 25, "{all:?}");
    for pointer in all {
        for value in &junk {
            if let Err(error) = parse(&with(full(), &pointer, value.clone())) {
                let ParseError::Invalid(errors) = error else {
                    panic!("{error}")
                };
                assert!(
                    errors.iter().all(|e| e.pointer.starts_with(&pointer)),
                    "{pointer} {value}: {errors:?}"
                );
            }
        }
    }
}

#[test]
fn samples_read_back_the_same() {
    for entry in std::fs::read_dir(repository().join("tests/samples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let report = Report::parse(&std::fs::read(&path).unwrap()).unwrap();
            assert_eq!(
                Report::parse(&serde_json::to_vec(&report).unwrap()),
                Ok(report),
                "{path:?}"
            );
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = proptest::sample::select(vec![
        "situations",
        "present_danger",
        "area",
        "children",
        "reporter",
        "narrative",
        "sex",
        "age",
        "kind",
        "place",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9-]{0,20}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((names.clone(), inner), 0..12)
                .prop_map(|fields| { Value::Object(fields.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()) }),
        ]
    })
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn no_json_panics(value in any_json()) {
        let direct = Report::from_value(value.clone());
        let text = value.to_string();
        match Report::parse(text.as_bytes()) {
            Ok(report) => prop_assert_eq!(direct, Ok(report)),
            Err(ParseError::Invalid(errors)) => {
                prop_assert!(!errors.is_empty());
                prop_assert_eq!(direct, Err(errors));
            }
            Err(ParseError::NotJson(reason)) => prop_assert!(false, "{}", reason),
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400, at in 0_usize..400) {
        let _ = Report::parse(&bytes);
        let mut body = full().to_string().into_bytes();
        body.truncate(cut.max(1));
        let at = at % body.len();
        body[at] = bytes.first().copied().unwrap_or(b'"');
        let _ = Report::parse(&body);
    }
}

#[test]
fn an_anonymous_report_holds_nobody() {
    let anonymous = with(full(), "/reporter/identity", json!("anonymous"));
    let report = parse(&anonymous).unwrap();
    assert_eq!(
        (
            report.reporter.name,
            report.reporter.phone,
            report.reporter.organization
        ),
        (None, None, None)
    );
    let stored = serde_json::to_string(&parse(&anonymous).unwrap()).unwrap();
    let bare = with(
        with(
            with(anonymous, "/reporter/name", Value::Null),
            "/reporter/phone",
            Value::Null,
        ),
        "/reporter/organization",
        json!(""),
    );
    assert_eq!(
        stored,
        serde_json::to_string(&parse(&bare).unwrap()).unwrap(),
        "the same parsed body"
    );
    assert_eq!(parse(&full()).unwrap().reporter.name.as_deref(), Some("某"));
}

#[test]
fn texts_that_nobody_sees_are_absent_and_impossible_ones_are_named() {
    for text in [" ", "\u{200b}\u{feff}", "\u{3000}\n\t", "\u{2060}\u{3164}"] {
        assert_eq!(
            one_mistake(&with(small(), "/narrative", json!(text))),
            ("/narrative".to_owned(), "required")
        );
        let report = parse(&with(full(), "/children/0/school", json!(text))).unwrap();
        assert_eq!(report.children[0].school, None, "{text:?}");
    }
    let told = with(small(), "/narrative", json!("\u{200b}瘀伤\u{200b}"));
    assert_eq!(
        parse(&told).unwrap().narrative,
        "\u{200b}瘀伤\u{200b}",
        "what was typed stays as it was typed"
    );
    for pointer in [
        "/narrative",
        "/where_now",
        "/children/0/name",
        "/children/0/id_number",
        "/reporter/phone",
    ] {
        assert_eq!(
            one_mistake(&with(full(), pointer, json!("a\0b"))),
            (pointer.to_owned(), "not-text")
        );
        assert_eq!(
            one_mistake(&with(full(), pointer, json!("\0"))),
            (pointer.to_owned(), "not-text")
        );
        let body = with(full(), pointer, json!("MARK")).to_string();
        for half in ["\\ud83d", "x\\uDE00y", "\\ud83d\\ud83d", "\\ud83d\\n", "\\\\\\ud800"] {
            assert_eq!(
                mistakes(&body.replace("MARK", half)),
                [(pointer.to_owned(), "not-text")],
                "{half}"
            );
        }
        assert!(
            Report::parse(body.replace("MARK", "\\ud83d\\ude00 \\\\ud800").as_bytes()).is_ok(),
            "a whole pair, an escaped backslash"
        );
    }
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let body = format!("\u{feff}{}", small());
    assert_eq!(Report::parse(body.as_bytes()), parse(&small()));
    assert!(matches!(
        Report::parse("\u{feff}\u{feff}{}".as_bytes()),
        Err(ParseError::NotJson(_))
    ));
}
