//! `router replay --facts`: a draft over a file of reports, without a database.

use super::*;

fn replay(arguments: &[&str]) -> Output {
    router(&[&["replay"], arguments].concat())
}

impl Folder {
    /// The samples of the repository, one per line.
    fn samples(&self) -> String {
        let mut files: Vec<_> = std::fs::read_dir(root().join("tests/samples"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        files.sort();
        let lines: Vec<String> = files
            .iter()
            .map(|file| {
                let report: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
                report.to_string()
            })
            .collect();
        assert_eq!(lines.len(), 14);
        self.write("samples.jsonl", &lines.join("\n"))
    }

    /// The county's model with a text replaced.
    fn draft(&self, from: &str, to: &str) -> String {
        let model = std::fs::read_to_string(root().join("counties/taihe/routing.dmn")).unwrap();
        assert!(model.contains(from), "{from}");
        self.write("draft.dmn", &model.replace(from, to))
    }
}

#[test]
fn the_model_in_force_changes_nothing() {
    let folder = Folder::new("same");
    let output = replay(&["--facts", &folder.samples(), "--draft", "counties/taihe/routing.dmn"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).starts_with("试算了 14 份报告（"), "{}", out(&output));
    assert!(
        out(&output).trim_end().ends_with("），结果没有变化。"),
        "{}",
        out(&output)
    );
}

#[test]
fn an_unsound_draft_is_not_tried() {
    let folder = Folder::new("unsound");
    let (facts, draft) = (
        folder.samples(),
        folder.draft("<text>\"police-accept\"</text>", "<text>\"companionship\"</text>"),
    );
    // Its deadlines are renamed with it, so companionship has two for each stage.
    let refused = replay(&["--facts", &facts, "--draft", &draft]);
    assert_eq!(refused.status.code(), Some(2), "{}", out(&refused));
    assert!(err(&refused).contains("routing.dmn:") && err(&refused).contains("nothing was tried"));
}

#[test]
fn a_longer_limit_is_later_and_the_rest_stays() {
    let folder = Folder::new("later");
    let model = std::fs::read_to_string(root().join("counties/taihe/routing.dmn")).unwrap();
    let row = model
        .split("<rule ")
        .find(|row| {
            row.starts_with("id=\"deadlines_")
                && row.contains("\"police-accept\"")
                && row.contains("\"sign\"")
                && row.contains("\"P1\"")
        })
        .unwrap();
    let slower = row.replacen("\"30min\"", "\"45min\"", 1);
    assert_ne!(row, slower, "the limit of the row is 30 minutes");
    let draft = folder.write("draft.dmn", &model.replacen(row, &slower, 1));
    let facts = folder.samples();
    let arguments = [
        "--facts",
        &facts,
        "--draft",
        &draft,
        "--at",
        "2026-11-24T08:10:00+08:00",
    ];
    let output = replay(&[&arguments[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let outcome: Value = serde_json::from_str(out(&output)).unwrap();
    let sign = &outcome["tickets"]["stages"]["sign"];
    let later = sign["later"].as_u64().unwrap();
    assert!(later > 0 && outcome["changed"] == later, "{sign}");
    assert_eq!(outcome["tickets"]["before"], outcome["tickets"]["after"]);
    assert_eq!(
        outcome["obligations"]["police-accept"]["police"]["stages"]["sign"],
        *sign
    );
    let sample = &outcome["samples"][0];
    assert_eq!(
        (&sample["gravity"], &sample["report"]),
        (&"later".into(), &"000001".into())
    );
    assert_eq!(sample["before"]["tickets"][0]["unit"], "pol-341222101");

    let text = replay(&arguments);
    let text = out(&text);
    assert!(text.contains(&format!("签收时限 {later} 张推后")), "{text}");
    assert!(
        text.contains("原规则（特急）") && text.contains("新规则（特急）"),
        "{text}"
    );
}

#[test]
fn a_line_that_is_no_report_is_named_and_the_rest_is_tried() {
    let folder = Folder::new("unreadable");
    let samples = std::fs::read_to_string(folder.samples()).unwrap();
    let first = samples.lines().next().unwrap();
    let facts = folder.write("mixed.jsonl", &format!("{first}\n\nnot JSON\n{{\"situations\":[]}}\n"));
    let output = replay(&["--facts", &facts, "--draft", "counties/taihe/routing.dmn", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("mixed.jsonl:3:") && err(&output).contains("mixed.jsonl:4:"));
    let outcome: Value = serde_json::from_str(out(&output)).unwrap();
    assert_eq!(
        (&outcome["reports"], &outcome["unreadable"]["count"]),
        (&1.into(), &2.into())
    );
    assert_eq!(outcome["unreadable"]["named"][0]["report"], "000003");
}

#[test]
fn without_a_draft_or_a_file_there_is_nothing_to_try() {
    for arguments in [
        vec![],
        vec!["--facts", "missing.jsonl"],
        vec!["--facts", "missing.jsonl", "--draft", "counties/taihe/routing.dmn"],
        vec!["--draft", "a.dmn", "--rule-set", "1"],
    ] {
        let output = replay(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(out(&output).is_empty() && !err(&output).is_empty());
    }
}
