//! Mails of a flood: how many, of what, and where the page is; nothing of any one report.

use super::*;

pub(super) fn flood(kind: &str, township: Option<&str>) -> LeasedNotice {
    let mut notice = notice(kind);
    notice.flood = Some(read(json!({
        "id": 7, "township": township, "began_at": "2026-11-24T16:02:00+08:00", "reports": 180, "tickets": 120, "of_unit": 150,
    })));
    notice
}

#[test]
fn one_mail_says_how_many_and_what_they_have_in_common() {
    for (township, common) in [
        (None, "同一来源"),
        (Some("341222101"), "旧县镇"),
        (Some(""), "地点不详"),
    ] {
        let mail = write(&flood("flood", township), "2026-11-24T16:12:00+08:00");
        assert_eq!(mail.subject, "【特急】可能的批量报告：本单位150件工单");
        for part in [
            "150件",
            "180份（2026年11月24日（星期二）16:02起",
            common,
            "照常计时",
            "http://10.0.0.5:8081/\n",
        ] {
            assert!(mail.text.contains(part), "{part} in {}", mail.text);
        }
        for hidden in ["20261124-0000", "9岁", "接报处置"] {
            assert!(!mail.text.contains(hidden), "{hidden} in {}", mail.text);
        }
        assert_eq!(mail.text.matches("http").count(), 1, "{}", mail.text);
    }
    let mail = write(&to("office", flood("flood", None)), "2026-11-24T16:12:00+08:00");
    assert!(mail.text.contains("http://10.0.0.5:8081/floods/7\n"), "{}", mail.text);
    assert!(mail.text.contains("判断是否为批量报告"), "{}", mail.text);
}

#[test]
fn steps_of_a_flood_list_a_few_and_say_how_many() {
    let mail = write(&flood("urge", None), "2026-11-24T17:00:00+08:00");
    assert!(mail.subject.starts_with("【特急】催办：签收已超期"), "{}", mail.subject);
    assert!(!mail.subject.contains("20261124"), "{}", mail.subject);
    for part in ["180份", "本通知涉及120件，最多列出十件", "【工单】接报处置"] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
}
