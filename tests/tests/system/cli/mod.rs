//! The operator's commands as a person or a script runs them: no database, no broker, no environment.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should say where")]

mod check;
mod replay;
mod roster;

use std::path::PathBuf;
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::{Value, json};
use tests::{binary, root, shown::Unsent};

const TRIAL: &str = "casework/tests/data/dmn/modeler.dmn";

/// Runs `router` in the repository's root with an empty environment.
fn router(arguments: &[&str]) -> Output {
    Command::new(binary("router"))
        .args(arguments)
        .current_dir(root())
        .env_clear()
        .output()
        .unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    out(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What `route` answers of a report, as far as it names tickets.
#[derive(Deserialize)]
struct Routed {
    tickets: Vec<Owed>,
    unsent: Vec<Unsent>,
    rows: Vec<Value>,
}

#[derive(Deserialize)]
struct Owed {
    obligation: String,
    unit: String,
    lead: bool,
}

impl Owed {
    fn name(&self) -> String {
        format!("{}@{}", self.obligation, self.unit)
    }
}

impl Routed {
    fn of(line: &Value) -> Self {
        serde_json::from_value(line.clone()).unwrap()
    }

    /// `obligation@unit` of all tickets, in the order of the letters.
    fn names(&self) -> String {
        let mut names: Vec<String> = self.tickets.iter().map(Owed::name).collect();
        names.sort();
        names.join(" ")
    }
}

/// A folder of one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("router-cli-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A copy of the county pack with one file changed.
    fn pack(name: &str, file: &str, old: &str, new: &str) -> Self {
        let folder = Self::new(name);
        for entry in std::fs::read_dir(root().join("counties/taihe")).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), folder.0.join(entry.file_name())).unwrap();
            }
        }
        let path = folder.0.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{old} in {file}");
        std::fs::write(path, text.replacen(old, new, 1)).unwrap();
        folder
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn route_answers_every_sample_in_argument_order() {
    let expected = std::fs::read_to_string(root().join("tests/samples/expected.csv")).unwrap();
    let mut rows: Vec<Vec<&str>> = expected.lines().skip(1).map(|line| line.split(',').collect()).collect();
    rows.reverse();
    let files: Vec<String> = rows
        .iter()
        .map(|row| format!("tests/samples/{}.json", row[0]))
        .collect();
    let mut arguments = vec!["route", "--at", "2026-11-24T08:10:00+08:00"];
    arguments.extend(files.iter().map(String::as_str));
    let output = router(&arguments);
    assert!(output.status.success(), "{}", err(&output));
    let lines = json_lines(&output);
    assert!(rows.len() >= 14 && lines.len() == rows.len());
    for ((line, row), file) in lines.iter().zip(&rows).zip(&files) {
        assert_eq!(line["file"], file.as_str());
        assert_eq!(line["urgency"], row[1]);
        let routed = Routed::of(line);
        let leads: Vec<String> = routed
            .tickets
            .iter()
            .filter(|ticket| ticket.lead)
            .map(Owed::name)
            .collect();
        assert_eq!(leads, [row[2]]);
        assert_eq!(routed.names(), row[3]);
        let unsent = routed.unsent.iter();
        let unsent: Vec<String> = unsent.map(|un| format!("{}@{}", un.obligation, un.unit_kind)).collect();
        assert_eq!(unsent.join(" "), row[4]);
    }
}

#[test]
fn route_says_exactly_what_the_design_says() {
    let output = router(&[
        "route",
        "--json",
        "--at",
        "2026-11-24T08:10",
        "tests/samples/12-theft-with-adult.json",
    ]);
    let line = &json_lines(&output)[0];
    let keys = |value: &Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(keys(line), "file rows tickets unsent urgency");
    let ticket = &line["tickets"][0];
    assert_eq!(keys(ticket), "basis lead obligation stages unit unit_kind");
    // separate-handling has no contact stage.
    assert_eq!(keys(&ticket["stages"]), "resolve sign");
    let sign = json!({"due": "2026-11-26T00:00:00+08:00", "limit": "1wd", "start": "dispatch",
        "basis": "county policy", "grade": "P", "provisional": false});
    assert_eq!(ticket["stages"]["sign"], sign);
    assert_eq!(ticket["basis"], json!(["太和县 分案办理规定"]));
    assert_eq!(
        ticket["stages"]["resolve"]["provisional"], true,
        "30 working days reach into 2027"
    );
    let rows = Routed::of(line).rows;
    assert!(rows.contains(&json!({"decision": "urgency", "row": 6})), "{rows:?}");
    assert!(
        rows.contains(&json!({"decision": "obligations", "row": 24})),
        "{rows:?}"
    );
}

#[test]
fn an_unreadable_report_does_not_hide_the_others() {
    let folder = Folder::new("unreadable");
    let broken = folder.write("broken.json", "{\"situations\": [");
    let wrong = json!({"situations": ["orphan"], "present_danger": false, "area": null, "narrative": "x", "a/b": 1,
        "children": [{"sex": "male", "age": 18}], "reporter": {"kind": "nurse"}});
    let wrong = folder.write("wrong.json", &wrong.to_string());
    let good = "tests/samples/05-orphan-new.json";
    let output = router(&["route", &broken, good, &wrong, "no-such-file.json", good]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json_lines(&output).len(), 2);
    let said = err(&output);
    for part in [
        "broken.json: not JSON",
        "wrong.json: /children/0/age",
        "wrong.json: /reporter/kind",
        "wrong.json: /a~1b",
        "no-such-file.json",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn an_unknown_situation_becomes_triage() {
    let folder = Folder::new("unknown");
    let report = json!({"situations": ["never-heard-of"], "present_danger": false, "area": null, "narrative": "x",
        "children": [{"sex": "male"}], "reporter": {"kind": "public"}});
    let file = folder.write("report.json", &report.to_string());
    let output = router(&["route", "--at", "2026-11-24T08:10", &file]);
    assert!(output.status.success());
    let line = &json_lines(&output)[0];
    assert_eq!(Routed::of(line).names(), "triage@office");
    let tickets = &line["tickets"];
    assert_eq!(tickets[0]["lead"], true);
    assert_eq!(tickets[0]["stages"]["sign"]["due"], "2026-11-24T12:10:00+08:00");
}

#[test]
fn due_answers_with_its_derivation() {
    let output = router(&[
        "due",
        "--regime",
        "statutory-days",
        "--count",
        "3",
        "--from",
        "2026-09-29T10:00:00",
    ]);
    assert!(output.status.success(), "{}", err(&output));
    let answer = &json_lines(&output)[0];
    assert_eq!(answer["due"], "2026-10-09T00:00:00+08:00");
    assert_eq!(answer["regime"], "statutory-days");
    assert_eq!(answer["count"], 3);
    assert_eq!(answer["from"], "2026-09-29T10:00:00+08:00");
    assert_eq!(answer["provisional"], false);
    assert!(answer["derivation"].get(2).is_some() && answer["derivation"].get(3).is_none());

    let output = router(&[
        "due",
        "--json",
        "--regime",
        "minutes",
        "--count",
        "30",
        "--from",
        "2026-12-31T15:45:00Z",
    ]);
    assert_eq!(json_lines(&output)[0]["due"], "2027-01-01T00:15:00+08:00");
}

#[test]
fn due_refuses_what_it_can_not_read() {
    let good = ["due", "--regime", "hours", "--count", "1", "--from", "2026-01-01"];
    assert!(router(&good).status.success());
    for (index, bad) in [
        (2, "days"),
        (4, "-1"),
        (4, "1.5"),
        (4, "many"),
        (4, "99999999999"),
        (6, "soon"),
        (6, "2026-02-30"),
    ] {
        let mut arguments = good;
        arguments[index] = bad;
        let output = router(&arguments);
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(!err(&output).is_empty() && out(&output).is_empty());
    }
    let output = router(&[
        "due",
        "--regime",
        "months",
        "--count",
        "4000000000",
        "--from",
        "2026-01-01",
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("9998"));
}

#[test]
fn route_explains_each_ticket_when_asked() {
    let file = "tests/samples/13-teacher-suspected.json";
    let output = router(&["route", "--explain", "--at", "2026-09-30T16:20", file]);
    assert!(output.status.success(), "{}", err(&output));
    let text = out(&output);
    let why = std::fs::read_to_string(root().join("casework/tests/data/explain-13-school-safety.txt")).unwrap();
    assert!(text.contains(&why), "{text}");
    assert_eq!(text.matches("时限怎么算").count(), 5, "one explanation for each ticket");
    let output = router(&["route", "--explain", "--json", "--at", "2026-09-30T16:20", file]);
    let tickets = &json_lines(&output)[0]["tickets"];
    assert_eq!(tickets[0]["explanation"]["obligation"], "接报处置");
}

#[test]
fn eval_answers_for_any_table() {
    let input = r#"{"situation": "orphan", "present_danger": false, "age": 3, "guardian_absent": null}"#;
    let output = router(&[
        "eval",
        "counties/taihe/routing.dmn",
        "--decision",
        "urgency",
        "--input",
        input,
    ]);
    assert!(output.status.success(), "{}", err(&output));
    let answer = &json_lines(&output)[0];
    assert_eq!(answer["decision"], "urgency");
    let [outputs, rows] =
        ["outputs", "rows"].map(|key| serde_json::from_value::<Vec<Value>>(answer[key].clone()).unwrap());
    assert_eq!(outputs.len(), rows.len());
    assert_eq!(answer["outputs"][0], json!({"urgency": "P3"}));

    let input = r#"{"age": 16, "income": -0.4999, "living_with": "alone", "seen": false}"#;
    let output = router(&["eval", TRIAL, "--decision", "Home visit", "--input", input]);
    assert_eq!(
        out(&output),
        "{\"decision\":\"visit\",\"rows\":[2],\"outputs\":[{\"share\":0.25,\"when\":\"this week\"}]}\n"
    );
    // Exactly at the bound, which is left out; a binary float would not know.
    for (income, rows) in [
        ("99.5", json!([])),
        ("99.49999999999999999999", json!([2])),
        ("9.949e1", json!([2])),
    ] {
        let input = format!("{{\"age\": 16, \"income\": {income}, \"living_with\": \"alone\", \"seen\": false}}");
        let output = router(&["eval", TRIAL, "--decision", "visit", "--input", &input]);
        assert!(output.status.success());
        assert_eq!(json_lines(&output)[0]["rows"], rows, "{income}");
        assert_eq!(
            err(&output).contains("no row of decision visit matches"),
            rows == json!([])
        );
    }
}

#[test]
fn eval_refuses_what_it_can_not_read() {
    for (decision, input, said) in [
        ("visit", "[3]", "--input is not a JSON object"),
        (
            "visit",
            r#"{"Age": 3}"#,
            "Age is not an input column; they are age, income, living_with, seen",
        ),
        ("visit", r#"{"age": "3"}"#, "age: \"3\" is not a whole number"),
        ("visit", r#"{"age": 2.5}"#, "age: 2.5 is not a whole number"),
        (
            "visit",
            r#"{"age": [3]}"#,
            "age: a string, a number, true, false or null is needed",
        ),
        ("visit", r#"{"seen": 1}"#, "seen: 1 is not true or false"),
        ("visit", r#"{"living_with": 1}"#, "living_with: 1 is not a string"),
        ("visit", r#"{"income": 1e99}"#, "income: 1e99 has more digits"),
        (
            "visit",
            r#"{"age": 18}"#,
            "age: 18 is not among the declared values [0..17]",
        ),
        ("nothing", "{}", "no decision nothing; there is visit, grants"),
    ] {
        let output = router(&["eval", TRIAL, "--decision", decision, "--input", input]);
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert!(
            err(&output).contains(said) && out(&output).is_empty(),
            "{}",
            err(&output)
        );
    }
    let output = router(&["eval", TRIAL, "--input", "{}"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("choose one with --decision: visit, grants"));
    assert_eq!(router(&["eval", "Cargo.toml", "--input", "{}"]).status.code(), Some(2));

    // A table that contradicts itself is a finding, not bad input.
    let folder = Folder::new("eval");
    let model = std::fs::read_to_string(root().join(TRIAL)).unwrap();
    let unique = folder.write("unique.dmn", &model.replacen("PRIORITY", "UNIQUE", 1));
    let input = r#"{"age": 5, "income": 1, "living_with": "alone", "seen": false}"#;
    let output = router(&["eval", &unique, "--decision", "visit", "--input", input]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("decision visit is UNIQUE, but rows [1, 2] all match"));
}

#[test]
fn a_missing_pack_is_said() {
    for arguments in [
        &["check", "--county", "no-such-folder"][..],
        &[
            "route",
            "--county",
            "no-such-folder",
            "tests/samples/05-orphan-new.json",
        ],
        &[
            "due",
            "--county",
            "no-such-folder",
            "--regime",
            "hours",
            "--count",
            "1",
            "--from",
            "2026-01-01",
        ],
    ] {
        let output = router(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            err(&output).contains("no-such-folder is not a folder"),
            "{}",
            err(&output)
        );
    }
}

/// A birth date is an age, an unknown age is every age, a new village is its township's.
#[test]
fn unknown_facts_and_new_villages() {
    let folder = Folder::new("unknown");
    let file = |name: &str, child: Value, area: Value| {
        let body = json!({
            "situations": ["other-serious"], "present_danger": false, "area": area, "children": [child],
            "reporter": {"kind": "public"}, "narrative": "x",
        });
        folder.write(name, &body.to_string())
    };
    let files = [
        file(
            "a.json",
            json!({"sex": "male", "birth_date": "2023-11-24"}),
            json!("341222101999"),
        ),
        file(
            "b.json",
            json!({"sex": "male", "birth_date": "2023-11-25"}),
            json!("341222999001"),
        ),
        file("c.json", json!({"sex": "male"}), Value::Null),
        file(
            "d.json",
            json!({"sex": "male", "id_number": "11010519491231002X"}),
            json!("110101001001"),
        ),
        file(
            "e.json",
            json!({"sex": "male", "id_number": "110105194912310021"}),
            json!("340000000000"),
        ),
    ];
    let mut arguments = vec!["route", "--json", "--at", "2026-11-24T08:10:00+08:00"];
    arguments.extend(files.iter().map(String::as_str));
    let answers = json_lines(&router(&arguments));
    let answers: Vec<String> = answers.iter().map(|answer| Routed::of(answer).names()).collect();
    assert_eq!(
        answers,
        [
            "police-accept@pol-341222101 procuratorial-oversight@proc psychological-support@health",
            "police-accept@pol procuratorial-oversight@proc",
            "police-accept@pol procuratorial-oversight@proc psychological-support@health",
            "police-accept@pol procuratorial-oversight@proc psychological-support@health",
            "police-accept@pol procuratorial-oversight@proc psychological-support@health",
        ]
    );
    // The wire has no key more than before: the marker is for those who hold the ticket.
    let keys = json_lines(&router(&["route", "--json", &files[2]]))[0]["tickets"][0]
        .as_object()
        .unwrap()
        .len();
    assert_eq!(keys, 6);
    let explained = router(&["route", "--explain", &files[2]]);
    assert!(
        out(&explained).contains("只因孩子的年龄不详、按各种可能处理才派出"),
        "{}",
        out(&explained)
    );
}
