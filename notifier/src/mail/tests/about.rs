//! Mails that are not about a ticket.

use super::*;
use casework::words::Urgency;
use platform::store::{NoticeKind, ReportId, SubjectKind, Word};

/// To the office, about version 3 of the rules.
fn rules() -> LeasedNotice {
    about("rules-submitted", ("rule-set", 3), json!({"version": 3, "by": "周正"}))
}

pub(super) fn about(kind: &str, (subject, id): (&str, i64), said: Value) -> LeasedNotice {
    LeasedNotice {
        kind: NoticeKind::read(kind),
        urgency: Urgency::P3,
        report_id: None,
        facts: None,
        tickets: read(json!([])),
        subject_kind: SubjectKind::from_word(subject).map(Word),
        subject_id: Some(id),
        said: Some(read(said)),
        ..to("office", notice("dispatch"))
    }
}

#[test]
fn rules_that_wait_lead_to_their_page() {
    let mail = write(&rules(), "2026-11-24T16:12:00+08:00");
    assert_eq!(mail.subject, "【一般】规则待审批：第3版规则");
    for part in [
        "有一版规则等待审批",
        "http://10.0.0.5:8081/rules/3\n",
        "规则版本：第3版规则",
        "经办人：周正",
        "0558-8612345",
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    // Nothing of a report: no danger, no children, no deadlines.
    for word in ["现时危险", "儿童：", "回执", "工单", "各环节时限", "报告情况", "…"] {
        assert!(
            !mail.text.contains(word) && !mail.subject.contains(word),
            "{word} in {}",
            mail.text
        );
    }
    let settled = LeasedNotice {
        settled: true,
        ..rules()
    };
    let mail = write(&settled, "2026-11-25T09:00:00+08:00");
    assert!(
        mail.text.contains("无需再办") && !mail.text.contains("批准或退回"),
        "{}",
        mail.text
    );
}

#[test]
fn every_subject_says_what_is_asked_and_opens_for_its_recipient() {
    let receipt: ReportId = "20261124-0000-000GR".parse().unwrap();
    let rights = json!({"person": "王伟（wangwei）", "change": "新增角色：经办人", "by": "李娜"});
    let asked =
        json!({"unit": "太和县医院", "asked": "情况描述", "report": receipt.get(), "due": "2026-11-24T17:10:00+08:00"});
    let late = asked.clone();
    let faulted =
        json!({"unit": "太和县医院", "asked": "住址", "report": receipt.get(), "person": "孙悦", "by": "李娜"});
    for (notice, subject, parts) in [
        (
            about("rights-changed", ("account", 7), rights.clone()),
            "【一般】人员账号变更：人员账号",
            [
                "变更内容：新增角色：经办人",
                "人员：王伟（wangwei）",
                "http://10.0.0.5:8081/\n",
            ],
        ),
        (
            about("opening-asked", ("opening", 12), asked),
            "【一般】查看申请待审批：查看申请12号",
            [
                "申请单位：太和县医院",
                "处理时限：2026年11月24日（星期二）17:10",
                "20261124-0000-000GR",
            ],
        ),
        (
            about(
                "factor-reset-asked",
                ("factor-reset", 4),
                json!({"person": "王伟（wangwei）", "by": "李娜（lina）", "due": "2026-11-27T16:10:00+08:00"}),
            ),
            "【一般】第二重验证重置待确认：重置申请4号",
            [
                "处理时限：2026年11月27日（星期五）16:10",
                "经办人：李娜（lina）",
                "http://10.0.0.5:8081/factor-resets\n",
            ],
        ),
        (
            to_the_station(about(
                "flood-closed",
                ("flood", 9),
                json!({"count": 62, "change": "重复报告", "by": "李娜"}),
            )),
            "【一般】批量终止办理：62件工单",
            ["件数：62", "变更内容：重复报告", "http://10.0.0.5:8081/\n"],
        ),
        (
            about("flood-given-back", ("flood", 9), json!({"count": 62, "by": "李娜"})),
            "【一般】恢复办理：62件工单",
            ["时限照原来计算", "件数：62", "http://10.0.0.5:8081/floods/9\n"],
        ),
        (
            about("opening-overdue", ("opening", 12), late.clone()),
            "【一般】查看申请逾期未批：查看申请12号",
            [
                "请立即在“查看审批”中决定",
                "处理时限：2026年11月24日",
                "http://10.0.0.5:8081/openings/12\n",
            ],
        ),
        (
            to("lg", about("opening-overdue", ("opening", 12), late.clone())),
            "【一般】查看申请逾期未批：查看申请12号",
            [
                "请领导小组电话督促办公室",
                "申请单位：太和县医院",
                "http://10.0.0.5:8081/leading\n",
            ],
        ),
        (
            about("review-waits", ("opening", 12), late.clone()),
            "【一般】查看待复核：查看申请12号",
            [
                "登记是否合规",
                "打开这次查看，核对并复核",
                "http://10.0.0.5:8081/openings/12\n",
            ],
        ),
        (
            to("lg", about("review-overdue", ("opening", 12), late)),
            "【一般】查看逾期未复核：查看申请12号",
            [
                "请领导小组电话督促办公室立即复核",
                "申请查看：情况描述",
                "http://10.0.0.5:8081/leading\n",
            ],
        ),
        (
            about("opening-faulted", ("opening", 12), faulted.clone()),
            "【一般】查看复核不合规：查看申请12号",
            ["看复核说明", "人员：孙悦", "http://10.0.0.5:8081/openings/12\n"],
        ),
        (
            LeasedNotice {
                unit: "pol-341222101".into(),
                unit_kind: "police".into(),
                ..about("opening-faulted", ("opening", 12), faulted)
            },
            "【一般】查看复核不合规：查看申请12号",
            ["请单位负责人向本人核实", "经办人：李娜", "http://10.0.0.5:8081/\n"],
        ),
        (
            about("callbacks-due", ("callbacks", 20_261_124), json!({"count": 12})),
            "【一般】待回访：12份报告",
            ["有12份报告等待回访", "件数：12", "http://10.0.0.5:8081/callbacks\n"],
        ),
        (
            to_the_station(about("rights-changed", ("account", 7), rights)),
            "【一般】人员账号变更：人员账号",
            ["请核对是否应当如此", "经办人：李娜", "http://10.0.0.5:8081/\n"],
        ),
    ] {
        let mail = write(&notice, "2026-11-24T16:12:00+08:00");
        assert_eq!(mail.subject, subject);
        for part in parts {
            assert!(mail.text.contains(part), "{part} in {}", mail.text);
        }
        for personal in ["王伟", "李娜", "医院"] {
            assert!(!mail.subject.contains(personal), "{}", mail.subject);
        }
        assert!(
            !mail.text.contains('…') && !mail.html.contains('…'),
            "a word is missing: {}",
            mail.text
        );
    }
}

#[test]
fn one_that_was_not_delivered_is_told_of_without_a_ticket() {
    let lost = LeasedNotice {
        kind: NoticeKind::Undeliverable,
        failed: Some(read(
            json!({"kind": "opening-asked", "unit": "office", "unit_name": "太和县未成年人保护工作领导小组办公室",
            "mailbox": "office@taihe.example", "state": "failed", "error": "550 no such user"}),
        )),
        ..to("lg", about("opening-asked", ("opening", 12), json!({})))
    };
    let mail = write(&lost, "2026-11-24T16:12:00+08:00");
    assert!(mail.text.contains("的“查看申请待审批”未能送达"), "{}", mail.text);
    assert!(mail.text.contains("http://10.0.0.5:8081/leading\n"), "{}", mail.text);
}
