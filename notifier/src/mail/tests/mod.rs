//! Whole mails against the Taihe pack.

mod about;
mod acts;
mod cases;
mod floods;
mod kept;

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use casework::words::Urgency;
use platform::{
    receipt::ReportId,
    store::{NoticeContact, NoticeId, NoticeKind, Phone},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::*;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe");
    Pack::read(&platform::pack::dir::read(&dir).unwrap()).unwrap()
});

/// As it comes out of the database.
fn read<T: DeserializeOwned>(json: Value) -> Json<T> {
    Json(serde_json::from_value(json).unwrap())
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn stage(stage: &str, due: &str, limit: &str, basis: &str, grade: &str) -> Value {
    json!({"stage": stage, "due_at": due, "time_limit": limit, "start_event": "dispatch", "basis": basis, "grade": grade,
           "provisional": false, "ended_at": null})
}

/// A P1 of the police, dispatched at 16:10 on a Tuesday.
fn police() -> Value {
    json!({
        "id": 42, "obligation": "police-accept", "unit": "pol-341222101", "unit_name": "太和县公安局旧县派出所", "unit_kind": "police",
        "lead": true, "closed_at": null, "dispatched_at": "2026-11-24T16:10:00+08:00", "about": [],
        "basis": [{"text": "强制报告意见 2 与 4", "grade": "V"}, {"text": "国发〔2016〕13号", "grade": "S"}],
        "own": ["abuse-injury", "illness"],
        "stages": [
            stage("sign", "2026-11-24T16:40:00+08:00", "30min", "county policy", "P"),
            stage("contact", "2026-11-24T18:10:00+08:00", "2h", "county policy", "P"),
            stage("resolve", "2026-11-28T00:00:00+08:00", "3sd",
                  "公安部 2015 关于改革完善受案立案制度的意见 (立案审查 3 日; 7 or 30 with reasons by extension)", "V"),
        ],
    })
}

fn facts() -> Value {
    json!({"situations": ["abuse-injury", "illness"], "present_danger": true, "area": "341222101001", "place": "home", "suspect": "guardian",
           "children": [{"sex": "male", "age": 9, "left_behind": true, "living_with": "grandparents"}],
           "reporter_kind": "teacher", "identity": "confidential", "guardian_absent": false, "adult_co_offender": false, "repeat": false})
}

fn notice(kind: &str) -> LeasedNotice {
    let receipt: ReportId = "20261124-0000-000GR".parse().unwrap();
    let mut ticket = police();
    if kind != "dispatch" && kind != "undeliverable" {
        ticket["about"] = json!(["sign"]);
    }
    LeasedNotice {
        id: NoticeId(Uuid::nil()),
        kind: NoticeKind::read(kind),
        level: None,
        unit: "pol-341222101".into(),
        unit_name: "太和县公安局旧县派出所".into(),
        unit_kind: "police".into(),
        mailbox: "pol-341222101@taihe.example".into(),
        person: None,
        urgency: Urgency::P1,
        drill: false,
        system_late: false,
        created_at: at("2026-11-24T16:10:00+08:00"),
        attempts: 0,
        strikes: 0,
        report_id: Some(receipt),
        facts: Some(read(facts())),
        tickets: read(json!([ticket])),
        subject_kind: None,
        subject_id: None,
        said: None,
        settled: false,
        resent_of: None,
        failed: None,
        flood: None,
        contacts: [("office", office()), ("pol-341222101", station())]
            .map(|(unit, contact)| (unit.to_owned(), contact))
            .into(),
    }
}

fn office() -> NoticeContact {
    NoticeContact {
        unit_name: "太和县未成年人保护工作领导小组办公室".into(),
        office: true,
        duty_phone: Some("0558-8612345".into()),
        people: Vec::new(),
    }
}

fn station() -> NoticeContact {
    let person = |name: &str, phone: &str| Phone {
        name: name.into(),
        phone: phone.into(),
    };
    NoticeContact {
        unit_name: "太和县公安局旧县派出所".into(),
        office: false,
        duty_phone: None,
        people: vec![person("王伟", "0558-8600001"), person("李娜", "13800000000")],
    }
}

fn write(notice: &LeasedNotice, now: &str) -> Mail {
    compose(notice, &PACK, "http://10.0.0.5:8081", at(now)).unwrap()
}

/// Sent to somebody else than the unit that holds the ticket.
fn to(unit: &str, notice: LeasedNotice) -> LeasedNotice {
    let (name, kind) = match unit {
        "office" => ("太和县未成年人保护工作领导小组办公室", "office"),
        _ => ("太和县未成年人保护工作领导小组", "leading-group"),
    };
    LeasedNotice {
        unit: unit.into(),
        unit_name: name.into(),
        unit_kind: kind.into(),
        mailbox: format!("{unit}@taihe.example"),
        ..notice
    }
}

/// Sent to the station that holds the ticket.
fn to_the_station(notice: LeasedNotice) -> LeasedNotice {
    LeasedNotice {
        unit: "pol-341222101".into(),
        unit_name: "太和县公安局旧县派出所".into(),
        unit_kind: "police".into(),
        mailbox: "pol-341222101@taihe.example".into(),
        ..notice
    }
}

/// Tells the station that what was transferred to it was taken back.
fn withdrawn() -> LeasedNotice {
    but(notice("transfer-withdrawn"), |ticket| {
        ticket["about"] = json!([]);
        for stage in ticket["stages"].as_array_mut().unwrap() {
            stage["ended_at"] = json!("2026-11-24T16:50:00+08:00");
            stage["ended_how"] = json!("void");
        }
    })
}

/// To a court, which is asked and not told.
fn court(kind: &str) -> LeasedNotice {
    LeasedNotice {
        unit_kind: "court".into(),
        ..but(notice(kind), |ticket| {
            ticket["unit_kind"] = json!("court");
            ticket["obligation"] = json!("protection-order");
        })
    }
}

/// To the office: nobody knows yet whose it is.
fn triage() -> LeasedNotice {
    but(to("office", notice("dispatch")), |ticket| {
        ticket["unit"] = json!("office");
        ticket["unit_kind"] = json!("office");
        ticket["obligation"] = json!("triage");
    })
}

/// The first ticket, changed.
fn but(mut notice: LeasedNotice, change: impl FnOnce(&mut Value)) -> LeasedNotice {
    let mut tickets = json!(notice.tickets);
    change(&mut tickets[0]);
    notice.tickets = read(tickets);
    notice
}

#[test]
fn a_dispatch_says_what_is_asked_by_when_and_why() {
    let mail = write(&notice("dispatch"), "2026-11-24T16:12:00+08:00");
    assert_eq!(
        mail.subject,
        "【特急】待签收：接报处置 · 11月24日16:40前 · 20261124-0000"
    );
    assert!(mail.urgent);
    for part in [
        "<a href=\"http://10.0.0.5:8081/tickets/42\"",
        "儿童可能正处于危险之中：请立即先行处置",
        "疑似受伤害、受虐待",
        "1名，9岁",
        "旧县镇",
        "2026年11月27日（星期五）24时前",
        "<li>《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）</li>",
        "20261124-0000-000GR",
        "0558-8612345",
    ] {
        assert!(mail.html.contains(part), "{part} in {}", mail.html);
    }
}

#[test]
fn a_mail_says_at_most_what_is_not_sealed() {
    let mail = write(&notice("dispatch"), "2026-11-24T16:12:00+08:00");
    let said = format!("{}{}{}", mail.subject, mail.text, mail.html);
    // The village, the child's sex, who is suspected, who reported, which illness.
    for word in ["三角元", "男", "监护人", "教师", "祖父母", "艾滋", "重病", "留守儿童："] {
        assert!(!said.contains(word), "{word} in {said}");
    }
    assert!(
        !mail.subject.contains("岁") && !mail.subject.contains("疑似"),
        "{}",
        mail.subject
    );
}

#[test]
fn an_illness_is_a_state_of_health() {
    let facts = json!({"situations": ["illness"], "present_danger": false, "area": "341222101001", "place": "home", "suspect": "none",
           "children": [{"sex": "female", "age": null, "left_behind": null, "living_with": "mother"}, {"sex": "male", "age": 4, "left_behind": false, "living_with": "mother"}],
           "reporter_kind": "doctor", "identity": "named", "guardian_absent": false, "adult_co_offender": false, "repeat": false});
    let decision = casework::routing::decide(
        &PACK,
        &serde_json::from_value(facts.clone()).unwrap(),
        at("2026-11-24T16:10:00+08:00"),
    );
    let mut named = 0;
    for planned in &decision.tickets {
        let mut mail = but(notice("dispatch"), |ticket| {
            ticket["obligation"] = json!(planned.obligation);
            ticket["unit"] = json!(planned.unit);
            ticket["basis"] = json!(planned.basis);
            ticket["own"] = json!(planned.own);
        });
        mail.unit.clone_from(&planned.unit);
        mail.facts = Some(read(facts.clone()));
        let mail = write(&mail, "2026-11-24T16:12:00+08:00");
        assert!(
            !mail.text.contains("艾滋") && !mail.html.contains("重病"),
            "{}",
            mail.text
        );
        assert!(mail.text.contains("儿童：2名，年龄不详、4岁"), "{}", mail.text);
        named += mail.text.matches("情形：健康状况\n").count();
    }
    assert!(named > 0, "somebody is asked about an illness");
}

#[test]
fn facts_that_cant_be_read_count_as_danger() {
    for broken in [
        None,
        Some(read(json!({"situations": "x"}))),
        Some(read(json!({"present_danger": "no"}))),
    ] {
        let mail = LeasedNotice {
            facts: broken,
            ..notice("dispatch")
        };
        let mail = write(&mail, "2026-11-24T16:12:00+08:00");
        assert!(
            mail.text.contains("现时危险：有，") && mail.text.contains("请立即先行处置"),
            "{}",
            mail.text
        );
    }
}

#[test]
fn times_are_absolute_and_bases_are_titles() {
    for kind in ["dispatch", "remind", "urge", "undeliverable"] {
        let mail = write(&notice(kind), "2026-11-24T16:12:00+08:00");
        let said = format!("{}{}{}", mail.subject, mail.text, mail.html);
        for word in [
            "还有",
            "超期3",
            "小时2",
            "今天",
            "明天",
            "county policy",
            "reasons by extension",
            "条文",
            "二手",
            "强制报告意见 2",
        ] {
            assert!(!said.contains(word), "{word} in {said}");
        }
        assert!(said.contains("《关于建立侵害未成年人案件强制报告制度的意见（试行）》第二条、第四条"));
        assert!(said.contains("时限30分钟 · 本县规定"), "{said}");
    }
}

#[test]
fn words_follow_from_the_kind_of_notice() {
    let calm = |notice: LeasedNotice| {
        let mut facts = facts();
        facts["present_danger"] = json!(false);
        LeasedNotice {
            facts: Some(read(facts)),
            urgency: Urgency::P3,
            ..notice
        }
    };
    for (notice, now, subject, action) in [
        (
            calm(notice("dispatch")),
            "16:12",
            "【一般】待签收：接报处置 · 11月24日16:40前 · ",
            "请立即打开链接签收",
        ),
        (
            triage(),
            "16:12",
            "【特急】待研判：待人工研判 · 11月24日16:40前 · ",
            "请尽快人工研判",
        ),
        (
            court("dispatch"),
            "16:12",
            "【特急】协办函：人身安全保护令 · 11月24日16:40前 · ",
            "恳请贵单位依职权协助办理",
        ),
        (
            notice("remind"),
            "16:25",
            "【特急】到期提醒：签收11月24日16:40前 · 接报处置 · ",
            "“接报处置”的签收于2026年11月24日（星期二）16:40到期。截至2026年11月24日（星期二）16:25尚未登记，请按时办理",
        ),
        (
            notice("urge"),
            "16:40",
            "【特急】催办：签收已超期 · 接报处置 · ",
            "“接报处置”的签收已于2026年11月24日（星期二）16:40到期。截至2026年11月24日（星期二）16:40尚未登记办理",
        ),
        (
            to("office", notice("supervise")),
            "17:10",
            "【特急】办公室督办：太和县公安局旧县派出所 签收已超期 · 接报处置 · ",
            "太和县公安局旧县派出所承办的“接报处置”，签收已于2026年11月24日（星期二）16:40到期",
        ),
        (
            to("lg", notice("supervise-letter")),
            "17:40",
            "【特急】领导小组督办：太和县公安局旧县派出所 签收已超期 · ",
            "请领导小组督促办理",
        ),
        (
            court("advisory-letter"),
            "17:40",
            "【特急】提示函：签收已超期 · 人身安全保护令 · ",
            "谨此提示",
        ),
        (
            notice("county-own-step"),
            "17:40",
            "【特急】时限提醒：签收已超期 · ",
            "请打开链接查看",
        ),
    ] {
        let mail = write(&notice, &format!("2026-11-24T{now}:00+08:00"));
        assert!(mail.subject.starts_with(subject), "{}", mail.subject);
        assert!(
            mail.text.contains(action) && mail.html.contains(action),
            "{action} in {}",
            mail.text
        );
        assert!(
            !format!("{}{}{}", mail.subject, mail.text, mail.html).contains('…'),
            "a word is missing: {}",
            mail.text
        );
        let supervised = mail.text.contains("督办");
        assert_eq!(
            supervised,
            notice.kind.as_str().starts_with("supervise"),
            "{}",
            mail.text
        );
        let letter = mail.text.contains("提示函") || mail.subject.contains("提示函");
        assert_eq!(
            letter,
            notice.kind == NoticeKind::AdvisoryLetter,
            "one word for one thing: {}",
            mail.text
        );
    }
}

#[test]
fn links_open_for_whoever_the_mail_is_for() {
    let triage = |ticket: &mut Value| {
        ticket["obligation"] = json!("triage");
        ticket["unit"] = json!("office");
    };
    let receipt: ReportId = "20261124-0000-000GR".parse().unwrap();
    let triage_page = format!("http://10.0.0.5:8081/triage/{}", receipt.get());
    for (notice, link) in [
        (notice("dispatch"), "http://10.0.0.5:8081/tickets/42"),
        (notice("urge"), "http://10.0.0.5:8081/tickets/42"),
        (
            to("office", notice("supervise")),
            "http://10.0.0.5:8081/board/tickets/42",
        ),
        (
            to("office", notice("undeliverable")),
            "http://10.0.0.5:8081/board/tickets/42",
        ),
        (but(to("office", notice("dispatch")), triage), triage_page.as_str()),
        (to("lg", notice("supervise-letter")), "http://10.0.0.5:8081/leading"),
        (to("lg", notice("undeliverable")), "http://10.0.0.5:8081/leading"),
    ] {
        let mail = write(&notice, "2026-11-24T17:00:00+08:00");
        let links: Vec<&str> = mail
            .html
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| !link.starts_with("tel:"))
            .collect();
        assert_eq!(links, [link], "{}", mail.subject);
        assert_eq!(mail.text.matches("http").count(), 1, "{}", mail.text);
        assert!(mail.text.contains(&format!("{link}\n")), "{}", mail.text);
    }
}
