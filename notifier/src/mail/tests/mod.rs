//! Whole mails against the Taihe pack.

use std::{path::Path, sync::LazyLock};

use platform::receipt::ReportId;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::*;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe");
    Pack::read(&platform::pack_dir::read(&dir).unwrap()).unwrap()
});

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn stage(stage: &str, due: &str, limit: &str, basis: &str, grade: &str) -> Value {
    json!({"stage": stage, "due_at": due, "time_limit": limit, "start_event": "dispatch", "basis": basis, "grade": grade,
           "provisional": false, "ended_at": null})
}

/// A P1 of the police, dispatched at 16:10 on a Tuesday.
fn notice(kind: &str) -> LeasedNotice {
    let stages = json!([
        stage("sign", "2026-11-24T16:40:00+08:00", "30min", "county policy", "P"),
        stage("contact", "2026-11-24T18:10:00+08:00", "2h", "county policy", "P"),
        stage("resolve", "2026-11-28T00:00:00+08:00", "3sd", "公安部 2015 意见", "V"),
    ]);
    let receipt: ReportId = "20261124-0000-000GR".parse().unwrap();
    LeasedNotice {
        id: Uuid::nil(),
        kind: kind.into(),
        level: None,
        stage: (kind != "dispatch" && kind != "undeliverable").then(|| "sign".into()),
        unit: "pol-341222101".into(),
        unit_name: "太和县公安局旧县派出所".into(),
        mailbox: "pol-341222101@taihe.example".into(),
        urgency: "P1".into(),
        drill: false,
        system_late: false,
        created_at: at("2026-11-24T16:10:00+08:00"),
        attempts: 0,
        ticket_id: 42,
        report_id: receipt.get(),
        obligation: "police-accept".into(),
        ticket_unit: "pol-341222101".into(),
        ticket_unit_name: "太和县公安局旧县派出所".into(),
        ticket_unit_kind: "police".into(),
        lead: true,
        dispatched_at: at("2026-11-24T16:10:00+08:00"),
        area: Some("341222101001".into()),
        present_danger: true,
        basis: Json(json!([{"text": "强制报告意见 2 与 4", "grade": "V"}, {"text": "国发〔2016〕13号", "grade": "S"}])),
        stages: Json(stages),
        failed: None,
    }
}

fn write(notice: &LeasedNotice, now: &str) -> Mail {
    compose(notice, &PACK, "http://10.0.0.5:8081", at(now)).unwrap()
}

/// As a step, sent to somebody else than the unit that holds the ticket.
fn to_office(kind: &str) -> LeasedNotice {
    LeasedNotice {
        unit: "office".into(),
        unit_name: "太和县未成年人保护工作领导小组办公室".into(),
        ..notice(kind)
    }
}

#[test]
fn a_dispatch_says_what_is_asked_by_when_and_why() {
    let mail = write(&notice("dispatch"), "2026-11-24T16:12:00+08:00");
    assert_eq!(mail.subject, "【特急】待签收：接报处置 · 16:40前 · 20261124-0000");
    assert!(mail.urgent);
    assert_eq!(mail.text, include_str!("dispatch.txt").trim_end());
    for part in [
        "<a href=\"http://10.0.0.5:8081/tickets/42\"",
        "儿童可能正处于危险之中：请立即先行处置",
        "三角元社区居委会",
        "2026年11月27日（星期五）24时 <b>还有3天7小时</b>",
        "<li>国发〔2016〕13号（据二手资料，条文待核对）</li>",
        "20261124-0000-000GR",
    ] {
        assert!(mail.html.contains(part), "{part} in {}", mail.html);
    }
}

#[test]
fn words_follow_from_the_kind_of_notice() {
    let office = |notice: LeasedNotice| LeasedNotice {
        ticket_unit: "office".into(),
        obligation: "triage".into(),
        ..notice
    };
    let court = |notice: LeasedNotice| LeasedNotice {
        ticket_unit_kind: "court".into(),
        present_danger: false,
        obligation: "protection-order".into(),
        ..notice
    };
    let calm = |notice: LeasedNotice| LeasedNotice {
        present_danger: false,
        urgency: "P3".into(),
        ..notice
    };
    for (notice, now, subject, action) in [
        (
            calm(notice("dispatch")),
            "16:12",
            "【一般】待签收：接报处置 · 16:40前 · ",
            "请立即打开链接签收",
        ),
        (
            office(notice("dispatch")),
            "16:12",
            "【特急】待研判：待人工研判 · 16:40前 · ",
            "请尽快人工研判",
        ),
        (
            court(notice("dispatch")),
            "16:12",
            "【特急】协办函：人身安全保护令 · 16:40前 · ",
            "恳请贵单位依职权协助办理",
        ),
        (
            notice("remind"),
            "16:25",
            "【特急】到期提醒：签收16:40前 · 接报处置 · ",
            "将于2026年11月24日（星期二）16:40到期，请按时办理",
        ),
        (
            notice("urge"),
            "16:40",
            "【特急】催办：签收已超期 · 接报处置 · ",
            "已于2026年11月24日（星期二）16:40到期，尚未登记办理",
        ),
        (
            to_office("supervise"),
            "17:10",
            "【特急】办公室督办：太和县公安局旧县派出所 签收已超期 · 接报处置 · ",
            "请办公室立即电话联系该单位并督办",
        ),
        (
            to_office("supervise-letter"),
            "17:40",
            "【特急】领导小组督办：太和县公安局旧县派出所 签收已超期 · ",
            "请领导小组督促办理",
        ),
        (
            court(notice("advisory-letter")),
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
        assert_eq!(
            mail.text.matches("督办").count() > 0,
            notice.kind.starts_with("supervise"),
            "{}",
            mail.text
        );
    }
}

#[test]
fn a_unit_that_was_not_reached_is_named_to_the_office() {
    let failed = json!({"kind": "urge", "unit_name": "太和县公安局旧县派出所", "mailbox": "pol@taihe.example", "error": "envelope: 550"});
    let notice = LeasedNotice {
        failed: Some(Json(failed)),
        ..to_office("undeliverable")
    };
    let mail = write(&notice, "2026-11-24T17:00:00+08:00");
    assert_eq!(
        mail.subject,
        "【特急】通知未送达：太和县公安局旧县派出所 · 接报处置 · 20261124-0000"
    );
    assert!(
        mail.text
            .contains("发给太和县公安局旧县派出所的“催办”未能送达其登记邮箱。请立即电话通知该单位值班人员"),
        "{}",
        mail.text
    );
    assert!(
        mail.text
            .contains("登记邮箱：pol@taihe.example\n邮件系统答复：envelope: 550\n"),
        "{}",
        mail.text
    );
}

#[test]
fn nobody_is_blamed_for_the_systems_delay_or_for_what_is_done() {
    let late = LeasedNotice {
        system_late: true,
        ..notice("urge")
    };
    assert!(
        write(&late, "2026-11-24T20:00:00+08:00")
            .text
            .contains("本通知因系统原因迟发，迟延不计入贵单位。")
    );
    let late = LeasedNotice {
        system_late: true,
        ..to_office("supervise")
    };
    assert!(
        write(&late, "2026-11-24T20:00:00+08:00")
            .html
            .contains("迟延不计入承办单位")
    );
    let mut done = notice("urge");
    done.stages.0[0]["ended_at"] = json!("2026-11-24T16:39:00+08:00");
    let mail = write(&done, "2026-11-24T16:41:00+08:00");
    assert!(
        mail.text
            .contains("“签收”已于2026年11月24日（星期二）16:39登记完成，本通知仅供知悉"),
        "{}",
        mail.text
    );
    assert!(mail.subject.contains("催办：签收 · "), "{}", mail.subject);
}

#[test]
fn drills_unknown_places_and_open_clocks_are_said() {
    let mut drill = LeasedNotice {
        drill: true,
        area: None,
        lead: false,
        ..notice("dispatch")
    };
    drill.stages.0[2] = json!({"stage": "resolve", "due_at": null, "time_limit": "72h", "start_event": "application-accepted",
                               "basis": "反家庭暴力法 28", "grade": "V", "provisional": false, "ended_at": null});
    drill.stages.0[1]["provisional"] = json!(true);
    let mail = write(&drill, "2026-11-24T16:12:00+08:00");
    assert!(mail.subject.starts_with("【演练】【特急】"), "{}", mail.subject);
    assert!(
        mail.text.starts_with("【演练】这是一次演练，不对应任何真实儿童"),
        "{}",
        mail.text
    );
    for part in [
        "地点不详",
        "主办或协办：协办",
        "办结：法院受理申请后起算\n",
        "时限72小时 · 反家庭暴力法 28（条文已核对）",
        "暂定：该时段",
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    let foreign = LeasedNotice {
        area: Some("110101001001".into()),
        ..notice("dispatch")
    };
    assert!(
        write(&foreign, "2026-11-24T16:12:00+08:00")
            .text
            .contains("不在本县地名库内")
    );
    let behind = LeasedNotice {
        area: Some("341222101999".into()),
        ..notice("dispatch")
    };
    let mail = write(&behind, "2026-11-24T16:12:00+08:00").text;
    assert!(
        mail.contains("太和县 旧县镇，区划代码不在本县列表（341222101999），按所属乡镇办理"),
        "{mail}"
    );
}

#[test]
fn a_clock_turned_forward_counts_from_its_own_present() {
    let later = LeasedNotice {
        created_at: at("2026-11-24T16:40:00+08:00"),
        ..notice("urge")
    };
    let mail = write(&later, "2026-11-24T16:11:00+08:00");
    assert!(mail.subject.contains("签收已超期"), "{}", mail.subject);
    assert_eq!(
        mail.at,
        at("2026-11-24T16:11:00+08:00"),
        "the mail's date is the real one"
    );
}

#[test]
fn what_comes_from_outside_is_escaped_and_what_is_broken_is_refused() {
    let notice = LeasedNotice {
        unit_name: "<script>".into(),
        ..notice("dispatch")
    };
    let mail = write(&notice, "2026-11-24T16:12:00+08:00");
    assert!(!mail.html.contains("<script>") && mail.text.starts_with("<script>："));
    let broken = LeasedNotice {
        basis: Json(json!("not a list")),
        ..notice
    };
    let error = compose(&broken, &PACK, "http://h", broken.created_at)
        .unwrap_err()
        .to_string();
    assert!(error.contains("basis"), "{error}");
}
