//! `router check`: of a county, of a single model.

use super::*;

#[test]
fn check_names_the_report_that_would_fall_through() {
    let police = "<inputEntry id=\"obligations_1_in_age\"><text>";
    let pack = Folder::pack(
        "liveness",
        "routing.dmn",
        &format!("{police}-"),
        &format!("{police}[0..13]"),
    );
    let output = router(&["check", "--county", pack.path()]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(
        out(&output).contains("[police] 《关于建立侵害未成年人案件强制报告制度的意见（试行）》第二条、第四条（V）")
    );
    let output = router(&["check", "--json", "--county", pack.path()]);
    let finding = json_lines(&output)[0]["liveness"][0].clone();
    assert_eq!(finding["report"]["children"][0]["age"], 14);
    // The example is a report that `route` reads, and the floor holds it all the same.
    let report = pack.write("example.json", &finding["report"].to_string());
    let output = router(&["route", "--county", pack.path(), &report]);
    assert_eq!(json_lines(&output)[0]["tickets"][0]["obligation"], "police-accept");
}

#[test]
fn check_finds_the_shipped_pack_sound() {
    for arguments in [&["check"][..], &["check", "counties/taihe/routing.dmn"]] {
        let output = router(arguments);
        assert!(output.status.success(), "{}{}", out(&output), err(&output));
    }
    let output = router(&["check", "--json"]);
    let answer = &json_lines(&output)[0];
    assert_eq!(
        (&answer["sound"], &answer["problems"], &answer["liveness"]),
        (&json!(true), &json!([]), &json!([]))
    );
    let tables: Vec<Value> = serde_json::from_value(answer["tables"].clone()).unwrap();
    assert_eq!(tables.len(), 5);
    for table in tables {
        assert_eq!((&table["findings"], &table["undecided"]), (&json!([]), &json!([])));
    }
}

#[test]
fn check_says_what_is_wrong_with_a_table_and_shows_it() {
    // Without its last row nobody says how urgent an orphan is.
    let text = std::fs::read_to_string(root().join("counties/taihe/routing.dmn")).unwrap();
    let (from, to) = (
        text.find("<rule id=\"urgency_7\">").unwrap(),
        text.find("</decisionTable>").unwrap(),
    );
    let last = &text[from..to];
    let pack = Folder::pack("gap", "routing.dmn", last, "");
    let output = router(&["check", "--county", pack.path()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("紧急程度：没有规则覆盖：情形="),
        "{}",
        out(&output)
    );
    let output = router(&["check", "--json", "--county", pack.path()]);
    let answer = &json_lines(&output)[0];
    assert_eq!(answer["sound"], json!(false));
    let gap = &answer["tables"][0]["findings"][0];
    assert_eq!(
        (&gap["kind"], &gap["rows"], &gap["example"]["present_danger"]),
        (&json!("gap"), &json!([]), &json!(false))
    );
    assert_eq!(gap["region"]["present_danger"], json!(["false"]));

    // As a file by itself the same is said in English.
    let folder = Folder::new("gap-model");
    let file = folder.write("gap.dmn", &text.replace(last, ""));
    let output = router(&["check", &file]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("decision urgency: no row matches where situation is"),
        "{}",
        out(&output)
    );
    // Without time nothing is proved.
    let output = router(&["check", "--seconds", "0", "counties/taihe/routing.dmn"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("not decided in time: whether every input is covered"),
        "{}",
        out(&output)
    );
}

#[test]
fn check_names_file_line_and_reason() {
    let pack = Folder::pack(
        "check",
        "units.csv",
        "太和县民政局,341222000000",
        "太和县民政局,341222000009",
    );
    let output = router(&["check", "--county", pack.path()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        out(&output).trim(),
        "units.csv:4: 341222000009 is not a known area of areas.csv"
    );
    let output = router(&["check", "--json", "--county", pack.path()]);
    assert_eq!(output.status.code(), Some(1));
    let answer = &json_lines(&output)[0];
    assert_eq!(
        (&answer["sound"], &answer["problems"][0]["line"]),
        (&json!(false), &json!(4))
    );
    // An unsound pack decides nothing.
    let output = router(&["route", "--county", pack.path(), "tests/samples/05-orphan-new.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).is_empty() && err(&output).contains("units.csv:4:"));
}

#[test]
fn check_of_a_single_model() {
    let folder = Folder::new("model");
    let model = std::fs::read_to_string(root().join("counties/taihe/routing.dmn")).unwrap();
    let odd = folder.write(
        "odd.dmn",
        &model.replacen("<text>\"P1\"</text>", "<text>\"P0\"</text>", 1),
    );
    let output = router(&["check", &odd]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("row 1, column urgency: \"P0\""),
        "{}",
        out(&output)
    );
    let foreign = model.replacen("hitPolicy=\"FIRST\"", "hitPolicy=\"OUTPUT ORDER\"", 1);
    let foreign = folder.write("foreign.dmn", &foreign);
    for unreadable in [foreign.as_str(), "no-such.dmn", "Cargo.toml"] {
        assert_eq!(router(&["check", unreadable]).status.code(), Some(2), "{unreadable}");
    }
}
