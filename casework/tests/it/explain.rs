//! Explanations: two read word by word, all of them against the decision that they explain.

use std::collections::BTreeSet;

use casework::office::explain::{self, Explanation};
use casework::report::{Facts, Report};
use casework::routing::{Decision, by_hand, decide};
use casework::zh::basis_zh;
use proptest::prelude::*;

use crate::oracle::{config, facts, moments};
use crate::taihe::{TAIHE, at, repository};

fn sample(name: &str) -> Facts {
    let body = std::fs::read(repository().join(format!("tests/samples/{name}.json"))).unwrap();
    Report::parse(&body).unwrap().facts(at("2026-11-24T08:10:00+08:00"))
}

fn of(facts: &Facts, decision: &Decision, obligation: &str) -> Explanation {
    let ticket = decision
        .tickets
        .iter()
        .find(|ticket| ticket.obligation == obligation)
        .unwrap();
    explain::ticket(&TAIHE, facts, decision, ticket)
}

fn text(name: &str, obligation: &str) -> String {
    let facts = sample(name);
    let decision = decide(&TAIHE, &facts, at("2026-09-30T16:20:00+08:00"));
    of(&facts, &decision, obligation).text()
}

/// Dispatched on the eve of the National Day holiday, when every way of counting shows.
#[test]
fn read_by_a_clerk() {
    assert_eq!(
        text("01-bruises-at-school", "police-accept"),
        include_str!("../data/explain-01-police-accept.txt")
    );
    assert_eq!(
        text("13-teacher-suspected", "school-safety"),
        include_str!("../data/explain-13-school-safety.txt")
    );
}

#[test]
fn what_no_row_asked_is_explained_too() {
    let mut facts = sample("09-guardian-drinks");
    facts.repeat = true;
    facts.situations.push("never-heard-of".into());
    facts.area = Some("110101001001".into());
    let decision = decide(&TAIHE, &facts, at("2026-11-24T08:10:00+08:00"));
    let triage = of(&facts, &decision, "triage");
    assert_eq!(
        triage.beside_rows,
        ["需要人工研判：情形代码 never-heard-of 不在本县词汇表中。"]
    );
    assert_eq!(triage.found, ["待人工研判一律由领导小组办公室承办。"]);
    assert_eq!(
        triage.urgent_because,
        [
            "逐个情形、逐个孩子判断，取最高的特急。",
            "重复报告提高一级，已是特急，不再提高。"
        ]
    );
    let care = of(&facts, &decision, "emergency-care");
    assert_eq!(
        care.found,
        [
            "规则要求民政部门办理；地点不在本县所属乡村，从县一级找起：",
            "太和县有太和县民政局，由它承办。"
        ]
    );
    assert!(
        care.reported
            .iter()
            .any(|said| said == "情形2：never-heard-of（不在本县词汇表中）")
    );

    // Official suspected: the township may not, nothing of the kind stands above, the office stands in.
    let mut facts = sample("03-alone-at-14");
    facts.suspect = casework::words::Suspect::Official;
    facts.situations = vec!["living-alone".into()];
    let decision = decide(&TAIHE, &facts, at("2026-11-24T08:10:00+08:00"));
    let urge = of(&facts, &decision, "urge-guardianship");
    assert_eq!(urge.unit.0, "office");
    assert_eq!(
        urge.found.concat(),
        "规则要求乡镇（社会工作站、儿童督导员）办理，从太和县 倪邱镇起逐级向上找：倪邱镇有倪邱镇社会工作站(儿童督导员)，但嫌疑人为公职人员，\
         乡镇一级须回避，跳过。太和县没有乡镇（社会工作站、儿童督导员），再往上找。各级都没有可以承办的乡镇（社会工作站、儿童督导员），\
         主责事项由领导小组办公室代为承办。"
    );

    assert_eq!(
        text("05-orphan-new", "benefit-review").lines().nth(10).unwrap(),
        "  紧急程度表第7行：其他行都不适用，本行不设条件 → 一般。"
    );

    let hand = by_hand(&TAIHE, &facts, "legal-aid", "just", at("2026-11-24T08:10:00+08:00")).unwrap();
    let aid = of(&facts, &hand, "legal-aid");
    assert_eq!(aid.asked, []);
    assert_eq!(aid.beside_rows, ["没有规则行派出本事项：办公室人工研判后指定。"]);
    assert_eq!(
        aid.found,
        ["由办公室人工研判后指定太和县司法局承办，没有按地点逐级查找。"]
    );
    assert_eq!(aid.urgent, urge.urgent, "the urgency is the rules' own");

    // The router gave up before it asked any rule: none is told as if it had been.
    let facts = sample("01-bruises-at-school");
    let given_up = casework::routing::triage(&TAIHE, &facts, "评估失败", at("2026-11-24T08:10:00+08:00"));
    let police = of(&facts, &given_up, "police-accept");
    assert_eq!((police.asked.len(), police.urgent.len()), (0, 0));
    assert_eq!(
        [police.beside_rows, police.urgent_because].concat(),
        [
            "程序安全底线：法定强制报告情形和现实危险一律派公安，不论规则表怎样写。",
            "派单时规则没能用上（见研判原因），按特急处理。"
        ]
    );
}

proptest! {
    #![proptest_config(config(300))]

    /// An explanation names exactly the rows and bases that made the ticket, its own urgency, and every deadline.
    #[test]
    fn says_what_was_decided(facts in facts(), from in moments()) {
        let decision = decide(&TAIHE, &facts, from);
        let mut explained = BTreeSet::new();
        for ticket in &decision.tickets {
            let why = explain::ticket(&TAIHE, &facts, &decision, ticket);
            let said: BTreeSet<_> = why.asked.iter().filter_map(|row| row.basis.as_ref()).map(|b| (b.text.clone(), b.grade)).collect();
            let bases: BTreeSet<_> = ticket.basis.iter().map(|b| (basis_zh(TAIHE.phrases(), &b.text), b.grade)).collect();
            if ticket.obligation == "triage" {
                prop_assert_eq!(why.beside_rows.len(), decision.triage_reasons.len());
            } else {
                prop_assert_eq!(said, bases);
            }
            explained.extend(why.asked.iter().map(|row| row.row));
            prop_assert!(!why.urgent.is_empty() || !why.urgent_because.is_empty());
            prop_assert!(why.urgent_because.iter().all(|said| !said.starts_with("派单时定为")), "{:?}", why.urgent_because);
            let dues: Vec<_> = ticket.stages.iter().map(|stage| stage.due.is_some()).collect();
            let said: Vec<_> = why.stages.iter().map(|stage| stage.due.is_some()).collect();
            prop_assert_eq!(dues, said);
            prop_assert!(why.stages.iter().all(|stage| stage.row.is_some() && !stage.counted.is_empty()));
            let name = &TAIHE.units().get(&ticket.unit).unwrap().name;
            let last = why.found.last().unwrap();
            prop_assert!(last.contains(name.as_str()) || last.contains("办公室"), "{}", last);
        }
        let rows: BTreeSet<_> = decision.rows.iter().filter(|row| row.decision == "obligations").map(|row| row.row).collect();
        // Rows of assists that were not sent made no ticket.
        prop_assert!(explained.is_subset(&rows));
        prop_assert!(!decision.unsent.is_empty() || explained == rows);
    }
}
