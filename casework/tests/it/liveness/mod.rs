//! 有人接办检查: the shipped pack is sound, and each way to lose a child is found with its smallest report.

mod brute;

use std::collections::BTreeSet;

use casework::county::PackFiles;
use casework::office::liveness::{Claim, ExampleReport, LivenessFinding, check};
use casework::pack::Pack;
use casework::report::Report;
use serde_json::Value;

use crate::taihe::{FILES_OF_TAIHE, TAIHE};

/// The model with one row of a decision rewritten.
fn edited(files: &PackFiles, decision: &str, row: usize, edit: impl FnOnce(&str) -> String) -> PackFiles {
    let text = &files["routing.dmn"];
    let start = text.find(&format!("<rule id=\"{decision}_{row}\">")).unwrap();
    let end = start + text[start..].find("</rule>").unwrap() + "</rule>".len();
    let mut files = files.clone();
    let text = text[..start].to_owned() + &edit(&text[start..end]) + &text[end..];
    files.insert("routing.dmn".into(), text);
    files
}

/// A row with the cell of a column replaced, or the row deleted (no column).
fn changed(decision: &str, row: usize, column: Option<(&str, &str)>) -> PackFiles {
    edited(&FILES_OF_TAIHE, decision, row, |rule| match column {
        None => String::new(),
        Some((column, cell)) => {
            let id = format!("_{column}\"><text>");
            let start = rule.find(&id).unwrap() + id.len();
            let end = start + rule[start..].find("</text>").unwrap();
            rule[..start].to_owned() + cell + &rule[end..]
        }
    })
}

fn file(name: &str, old: &str, new: &str) -> PackFiles {
    let mut files = FILES_OF_TAIHE.clone();
    assert!(files[name].contains(old), "{name}: {old}");
    files.insert(name.into(), files[name].replace(old, new));
    files
}

fn found(files: &PackFiles) -> Vec<LivenessFinding> {
    check(&Pack::examine(files).0.unwrap())
}

/// A report as the wire has it.
fn wire(report: &ExampleReport) -> Value {
    serde_json::to_value(report).unwrap()
}

/// Claim, sentence and report of the only finding.
fn only(files: &PackFiles) -> LivenessFinding {
    let mut found = found(files);
    assert_eq!(found.len(), 1, "{found:#?}");
    let finding = found.remove(0);
    if let Some(report) = &finding.report {
        Report::from_value(wire(report)).unwrap();
    }
    finding
}

#[test]
fn the_shipped_pack_loses_nobody() {
    assert_eq!(check(&TAIHE), Vec::new());
}

#[test]
fn a_lost_police_row_is_found_with_the_smallest_report() {
    let finding = only(&changed("obligations", 1, None));
    assert_eq!(finding.claim, Claim::Police);
    assert_eq!(finding.grade.as_str(), "V");
    assert_eq!(
        wire(&finding.report.unwrap()),
        serde_json::json!({
            "situations": ["abuse-injury"], "present_danger": false, "area": null,
            "children": [{"sex": "unknown"}], "reporter": {"kind": "public"},
            "narrative": "有人接办检查的最小反例，并非真实报告。",
        })
    );
    assert_eq!(
        finding.sentence,
        "法定强制报告情形必须有公安接报处置的工单，但规则表没有派出，涉及“身体有多处损伤、严重营养不良、意识不清，疑似受到家庭暴力、\
         欺凌、虐待、殴打或者被人麻醉”、“不满十四周岁的女性遭受或疑似遭受性侵害、怀孕、流产”、“十四周岁以上的女性遭受或疑似遭受性侵\
         害所致怀孕、流产”等10种情形。程序的安全底线仍会补派公安工单，因此这一缺失平时看不出来；规则表本身已经漏了。例如这样一份报告：\
         情形“身体有多处损伤、严重营养不良、意识不清，疑似受到家庭暴力、欺凌、虐待、殴打或者被人麻醉”；其余不填。"
    );
    // A condition slipped in: only children of 14 and more are lost, and the example says 14 rather than 17.
    let finding = only(&changed("obligations", 1, Some(("age", "&lt; 14"))));
    assert_eq!(finding.claim, Claim::Police);
    assert_eq!(
        wire(finding.report.as_ref().unwrap())["children"],
        serde_json::json!([{"sex": "unknown", "age": 14}])
    );
    assert!(
        finding.sentence.ends_with("，孩子14岁；其余不填。"),
        "{}",
        finding.sentence
    );
    // Danger alone: the nine still reach the police by their own row, the other situations don't.
    let finding = only(&changed("obligations", 5, None));
    assert_eq!(
        (finding.claim, finding.law.as_str()),
        (Claim::Police, "《未成年人保护法》第十一条")
    );
    let report = wire(&finding.report.unwrap());
    assert_eq!(
        (&report["situations"][0], &report["present_danger"]),
        (&"bullying".into(), &true.into())
    );
}

#[test]
fn what_the_law_asks_of_others_is_missed() {
    for (row, column, claim, law, situation) in [
        (2, None, Claim::Duty, "《反家庭暴力法》第十四条", "domestic-violence"),
        (3, None, Claim::Duty, "国发〔2016〕13号", "living-alone"),
        (
            4,
            Some(("age", "&lt; 8")),
            Claim::Duty,
            "国发〔2016〕13号",
            "guardian-unfit",
        ),
        (
            13,
            Some(("out_unit_kind", "\"civil-affairs\"")),
            Claim::Duty,
            "《未成年人保护法》第二十八条第二款、第八十三条第二款；《义务教育法》第十三条",
            "dropout",
        ),
    ] {
        let found = found(&changed("obligations", row, column));
        let finding = found.iter().find(|finding| finding.claim == claim).unwrap();
        assert_eq!(finding.law, law);
        assert_eq!(wire(finding.report.as_ref().unwrap())["situations"][0], situation);
    }
}

#[test]
fn only_entitled_applicants_and_all_of_them() {
    let cell = |kinds: &str| changed("obligations", 30, Some(("in_requester_kind", kinds)));
    let finding = only(&cell("\"womens-federation\",\"village\",\"relief-station\""));
    assert_eq!(
        (finding.claim, finding.requester_kind.as_deref()),
        (Claim::Entitled, Some("police"))
    );
    let finding = only(&cell(
        "\"police\",\"womens-federation\",\"village\",\"relief-station\",\"education\"",
    ));
    assert_eq!(
        (finding.claim, finding.requester_kind.as_deref()),
        (Claim::Entitled, Some("education"))
    );
    assert!(
        finding
            .sentence
            .starts_with("教育部门不是法定申请主体，但规则表准许其提请“人身安全保护令”，申请会被驳回。")
    );
    let found = found(&changed("obligations", 30, Some(("in_trigger", "-"))));
    assert_eq!(
        found,
        Vec::new(),
        "a report has no requester, so the row still answers requests alone"
    );
    let finding = only(&changed(
        "obligations",
        31,
        Some(("in_requester_kind", "\"education\",\"health\"")),
    ));
    assert_eq!(
        (finding.claim, finding.requester_kind.as_deref()),
        (Claim::Entitled, Some("civil-affairs"))
    );
}

#[test]
fn nobody_nothing_no_order() {
    let finding = only(&changed("urgency", 7, None));
    assert_eq!(finding.claim, Claim::Urgency);
    assert_eq!(wire(&finding.report.unwrap())["situations"][0], "de-facto-unattended");
    let finding = only(&changed(
        "obligations",
        18,
        Some(("in_situation", "\"orphan\",\"illness\",\"disability\"")),
    ));
    assert_eq!(finding.claim, Claim::Ticket);
    assert_eq!(wire(&finding.report.unwrap())["situations"][0], "hardship");
    let finding = only(&file("ranking.csv", "9,benefit-review,civil-affairs\n", ""));
    assert_eq!(finding.claim, Claim::Lead);
    let claims: BTreeSet<_> = found(&file("recusal.csv", "village township\n", "village township county\n"))
        .into_iter()
        .map(|finding| {
            (
                finding.claim,
                finding.report.map(|report| wire(&report)["suspect"].clone()),
            )
        })
        .map(|(claim, suspect)| (claim, suspect.and_then(|suspect| suspect.as_str().map(str::to_owned))))
        .collect();
    let official = Some("official".to_owned());
    assert_eq!(
        claims,
        [Claim::Police, Claim::Ticket, Claim::Recusal]
            .map(|claim| (claim, official.clone()))
            .into()
    );
    let found = found(&file("units.csv", "health@taihe.example", ""));
    assert_eq!(found[0].claim, Claim::Notified);
    assert!(
        found[0]
            .sentence
            .starts_with("太和县卫生健康委员会没有可以接收通知的邮箱"),
        "{}",
        found[0].sentence
    );
}

/// An assist alone is no ticket where its kind has no unit: the check looks at each place and suspect.
#[test]
fn an_assist_without_a_unit_is_no_ticket() {
    let mut files = changed("obligations", 13, Some(("out_role", "\"assist\"")));
    files = edited(&files, "obligations", 11, |rule| {
        rule.replace("\"dropout\"", "\"orphan\"")
    });
    files = edited(&files, "obligations", 12, |rule| {
        rule.replace("\"dropout\"", "\"orphan\"")
    });
    assert_eq!(
        found(&files),
        Vec::new(),
        "the county's education bureau takes what the school must not"
    );
    files.insert(
        "recusal.csv".into(),
        files["recusal.csv"].replace("education,township", "education,township county"),
    );
    let found = found(&files);
    let claims: Vec<Claim> = found.iter().map(|finding| finding.claim).collect();
    assert_eq!(claims, [Claim::Ticket, Claim::Recusal]);
    let report = wire(found[0].report.as_ref().unwrap());
    assert_eq!(
        (&report["situations"][0], &report["suspect"]),
        (&"dropout".into(), &"school-staff".into())
    );
}

#[test]
fn no_deadline_beyond_the_law() {
    let limit = |row, limit: &str| changed("deadlines", row, Some(("out_limit", &format!("\"{limit}\""))));
    let finding = only(&limit(3, "3wd"));
    assert_eq!((finding.claim, finding.grade.as_str()), (Claim::StatutoryLimit, "V"));
    assert!(
        finding.sentence.starts_with(
            "应办事项“接报处置”（特急）的办结时限3个工作日（环节时限表第3行）超过法定的3日：2026-01-01T00:00:00+08:00起算，\
             规则到2026-01-07T00:00:00+08:00才到期，法定2026-01-05T00:00:00+08:00到期。"
        ),
        "{}",
        finding.sentence
    );
    for (row, text) in [(6, "4sd"), (149, "72h"), (151, "4sd"), (155, "1mo"), (1, "25h")] {
        assert_eq!(only(&limit(row, text)).claim, Claim::StatutoryLimit, "{row} {text}");
    }
    for (row, text) in [(3, "72h"), (3, "2sd"), (151, "24h"), (155, "20sd"), (149, "1440min")] {
        assert_eq!(found(&limit(row, text)), Vec::new(), "{row} {text}");
    }
    let start = changed("deadlines", 149, Some(("out_start", "\"case-filed\"")));
    assert_eq!(only(&start).claim, Claim::StatutoryLimit);
    let claims = |files| {
        found(&files)
            .iter()
            .map(|finding| finding.claim)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        claims(changed("deadlines", 12, None)),
        BTreeSet::from([Claim::Deadline])
    );
    assert_eq!(
        claims(changed("escalation", 4, Some(("out_percent", "10")))),
        BTreeSet::from([Claim::Escalation])
    );
    let found = found(&changed("escalation", 4, Some(("in_urgency", "\"P1\""))));
    assert_eq!(found.len(), 6, "P2 and P3 with three stages each");
    assert!(
        found
            .iter()
            .all(|finding| finding.sentence.contains("逐级催办到不了领导小组"))
    );
}
