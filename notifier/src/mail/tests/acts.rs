//! Mails after an act of a unit or of the office: what is asked now, by when, and where.

use super::*;
use platform::store::NoticeKind;

pub(super) fn asked(kind: &str, stage_name: &str) -> LeasedNotice {
    but(notice(kind), |ticket| {
        ticket["stages"].as_array_mut().unwrap().push(stage(
            stage_name,
            "2026-11-24T20:00:00+08:00",
            "4h",
            "county policy",
            "P",
        ));
        ticket["about"] = json!([stage_name]);
        ticket["close_outcome"] = json!(if stage_name == "approve" {
            "transferred"
        } else {
            "substantiated"
        });
        ticket["transfer_to"] = if stage_name == "approve" {
            json!("太和县公安局城关派出所")
        } else {
            json!(null)
        };
    })
}

#[test]
fn a_closing_asks_another_person_to_confirm_it() {
    let mail = write(&asked("close-requested", "confirm"), "2026-11-24T17:00:00+08:00");
    assert_eq!(
        mail.subject,
        "【特急】办结待确认：接报处置 · 11月24日20:00前 · 20261124-0000"
    );
    for part in [
        "“接报处置”的办结确认于2026年11月24日（星期二）20:00到期。请申请人以外的同志打开链接核对",
        "拟办结结果：",
        "http://10.0.0.5:8081/tickets/42\n",
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    // Where the unit has nobody else, it is the office's.
    let mail = write(
        &to("office", asked("close-requested", "confirm")),
        "2026-11-24T17:00:00+08:00",
    );
    assert!(
        mail.subject
            .starts_with("【特急】办结待确认：太和县公安局旧县派出所 接报处置 · 11月24日20:00前"),
        "{}",
        mail.subject
    );
    assert!(
        mail.text.contains("请办公室打开链接核对，确认办结或退回") && mail.text.contains("/closings/42\n"),
        "{}",
        mail.text
    );
}

#[test]
fn a_transfer_asks_the_office() {
    let mail = write(
        &to("office", asked("transfer-requested", "approve")),
        "2026-11-24T17:00:00+08:00",
    );
    for part in [
        "太和县公安局旧县派出所承办的“接报处置”，移送审批于2026年11月24日（星期二）20:00到期。请办公室打开链接核对，同意移送或退回",
        "拟移送单位：太和县公安局城关派出所",
        "/closings/42\n",
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
}

#[test]
fn what_was_decided_meanwhile_is_not_asked_again() {
    let decided = but(asked("close-requested", "confirm"), |ticket| {
        ticket["stages"][3]["ended_at"] = json!("2026-11-24T16:50:00+08:00");
        ticket["stages"][3]["ended_how"] = json!("act");
        ticket["close_outcome"] = json!(null);
    });
    let mail = write(&decided, "2026-11-24T17:00:00+08:00");
    assert!(
        mail.text.contains("无需再办") && !mail.text.contains("请申请人以外"),
        "{}",
        mail.text
    );
    assert!(!mail.subject.contains("20:00前"), "{}", mail.subject);
}

#[test]
fn the_others_say_what_happened_and_what_follows() {
    let refused = but(notice("close-refused"), |ticket| ticket["about"] = json!(["resolve"]));
    let letter = |kind: &str| LeasedNotice {
        unit_kind: "procuratorate".into(),
        ..but(notice(kind), |ticket| ticket["about"] = json!([]))
    };
    for (notice, subject, action) in [
        (
            refused,
            "【特急】办结或移送未获同意：接报处置 · 11月27日24时前",
            "工单恢复办理。“接报处置”的办结于2026年11月27日（星期五）24时到期。请打开链接查看理由",
        ),
        (
            withdrawn(),
            "【特急】移送已撤回：接报处置 · 20261124",
            "所列工单取消，无需办理",
        ),
        (
            letter("not-filed"),
            "【特急】不予立案通报：接报处置",
            "请打开链接查看决定的文号和日期",
        ),
        (
            letter("not-filed-withdrawn"),
            "【特急】不予立案通报撤回：接报处置",
            "不予立案决定登记已撤回",
        ),
    ] {
        let kind = notice.kind;
        let mail = write(&notice, "2026-11-24T17:00:00+08:00");
        assert!(mail.subject.starts_with(subject), "{}", mail.subject);
        assert!(
            mail.text.contains(action) && mail.html.contains(action),
            "{action} in {}",
            mail.text
        );
        assert!(
            !mail.text.contains('…') && !mail.subject.contains("时限提醒"),
            "{}",
            mail.text
        );
        assert_eq!(
            mail.text.contains("随移送撤回取消"),
            kind == NoticeKind::TransferWithdrawn,
            "{}",
            mail.text
        );
        assert!(!mail.text.contains("随办结终止"), "{}", mail.text);
    }
}
