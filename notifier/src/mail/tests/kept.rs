//! Every kind of mail as it arrives, kept in `notifier/mails/`: `NAME.txt` with the subject and the recipient over the text, and
//! `NAME.html` without its styles, which stand in the template.
//!
//! `SHOUWANG_NEW_PAGES=1 cargo test --workspace --lib mail` writes them anew.

use std::{collections::BTreeSet, fs};

use ::tests::snapshot;
use casework::words::Urgency;
use platform::{
    gateway::Words,
    store::{CallId, NoticeKind},
};
use uuid::Uuid;

use super::{about::about, acts::asked, floods::flood, *};
use crate::mail::ring;

/// When most of them are sent: two minutes after the dispatch.
const SOON: &str = "16:12";
/// When the signature is overdue.
const LATE: &str = "17:10";

/// A mail by its name, which begins with its kind, and the time of the day at which it is sent.
type Kept = (&'static str, LeasedNotice, &'static str);

fn dispatched() -> Vec<Kept> {
    let mut second = police();
    second["id"] = json!(43);
    second["lead"] = json!(false);
    second["obligation"] = json!("separate-handling");
    let several = LeasedNotice {
        tickets: read(json!([police(), second])),
        ..notice("dispatch")
    };
    let drill = LeasedNotice {
        drill: true,
        ..notice("dispatch")
    };
    let again = LeasedNotice {
        resent_of: Some(at("2026-11-24T16:10:00+08:00")),
        ..notice("dispatch")
    };
    vec![
        ("dispatch", notice("dispatch"), SOON),
        ("dispatch-several", several, SOON),
        ("dispatch-drill", drill, SOON),
        ("dispatch-again", again, "18:00"),
        ("dispatch-stand-in", to("office", notice("dispatch")), SOON),
        ("letter", court("dispatch"), SOON),
        ("triage", triage(), SOON),
        (
            "reopened",
            but(notice("reopened"), |ticket| ticket["about"] = json!([])),
            SOON,
        ),
    ]
}

fn escalated() -> Vec<Kept> {
    let late = LeasedNotice {
        system_late: true,
        ..notice("urge")
    };
    let done = but(notice("urge"), |ticket| {
        ticket["stages"][0]["ended_at"] = json!("2026-11-24T16:39:00+08:00");
    });
    let undeliverable = LeasedNotice {
        failed: Some(read(
            json!({"kind": "urge", "unit": "pol-341222101", "unit_name": "太和县公安局旧县派出所", "mailbox": "pol@taihe.example",
                   "state": "failed", "error": "envelope: 550"}),
        )),
        ..to("office", notice("undeliverable"))
    };
    vec![
        ("remind", notice("remind"), "16:25"),
        ("urge", notice("urge"), "16:40"),
        ("urge-system-late", late, "20:00"),
        ("urge-done-meanwhile", done, "16:41"),
        ("supervise", to("office", notice("supervise")), LATE),
        ("supervise-letter", to("lg", notice("supervise-letter")), LATE),
        ("advisory-letter", court("advisory-letter"), LATE),
        ("other", notice("county-own-step"), LATE),
        ("undeliverable", undeliverable, LATE),
    ]
}

fn acted() -> Vec<Kept> {
    let letter = |kind: &str| LeasedNotice {
        unit_kind: "procuratorate".into(),
        ..but(notice(kind), |ticket| ticket["about"] = json!([]))
    };
    let refused = but(notice("close-refused"), |ticket| ticket["about"] = json!(["resolve"]));
    vec![
        ("close-requested", asked("close-requested", "confirm"), LATE),
        (
            "close-requested-office",
            to("office", asked("close-requested", "confirm")),
            LATE,
        ),
        (
            "transfer-requested",
            to("office", asked("transfer-requested", "approve")),
            LATE,
        ),
        ("close-refused", refused, LATE),
        ("transfer-withdrawn", withdrawn(), LATE),
        ("not-filed", letter("not-filed"), LATE),
        ("not-filed-withdrawn", letter("not-filed-withdrawn"), LATE),
        ("opening-approved", of_an_opening("opening-approved"), LATE),
        ("opening-refused", of_an_opening("opening-refused"), LATE),
        ("instruction", of_an_opening("instruction"), LATE),
        ("instruction-office", to("office", of_an_opening("instruction")), LATE),
    ]
}

fn of_an_opening(kind: &str) -> LeasedNotice {
    but(notice(kind), |ticket| ticket["about"] = json!([]))
}

fn about_other_things() -> Vec<Kept> {
    let receipt: ReportId = "20261124-0000-000GR".parse().unwrap();
    let look = |kind: &str| {
        about(
            kind,
            ("opening", 12),
            json!({"unit": "太和县医院", "asked": "情况描述", "report": receipt.get(), "due": "2026-11-24T17:10:00+08:00"}),
        )
    };
    let faulted = about(
        "opening-faulted",
        ("opening", 12),
        json!({"unit": "太和县医院", "asked": "住址", "report": receipt.get(), "person": "孙悦", "by": "李娜"}),
    );
    let rules = about("rules-submitted", ("rule-set", 3), json!({"version": 3, "by": "周正"}));
    let settled = LeasedNotice {
        settled: true,
        ..rules.clone()
    };
    let rights = json!({"person": "王伟（wangwei）", "change": "新增角色：经办人", "by": "李娜"});
    let reset = json!({"person": "王伟（wangwei）", "by": "李娜（lina）", "due": "2026-11-27T16:10:00+08:00"});
    let lost = about(
        "duty-page-lost",
        ("duty-page", 3),
        json!({"unit": "太和县公安局旧县派出所", "person": "孙悦", "due": "2026-11-24T16:08:00+08:00"}),
    );
    let quota = about(
        "gateway-quota",
        ("gateway", 20_261_124),
        json!({"gateways": ["aliyun-sms：剩90次，按近期用量约 2026-11-29 用完", "aliyun-voice：已经用完"]}),
    );
    vec![
        ("gateway-quota", quota, SOON),
        ("duty-page-lost", lost.clone(), SOON),
        ("duty-page-lost-unit", to_the_station(lost), SOON),
        ("rules-submitted", rules, SOON),
        ("rules-submitted-settled", settled, SOON),
        ("rights-changed", about("rights-changed", ("account", 7), rights), SOON),
        ("opening-asked", look("opening-asked"), SOON),
        ("opening-overdue", look("opening-overdue"), LATE),
        ("opening-overdue-leading", to("lg", look("opening-overdue")), LATE),
        ("review-waits", look("review-waits"), SOON),
        ("review-overdue", look("review-overdue"), LATE),
        ("review-overdue-leading", to("lg", look("review-overdue")), LATE),
        ("opening-faulted", faulted.clone(), LATE),
        ("opening-faulted-unit", to_the_station(faulted), LATE),
        (
            "callbacks-due",
            about("callbacks-due", ("callbacks", 20_261_124), json!({"count": 12})),
            SOON,
        ),
        (
            "factor-reset-asked",
            about("factor-reset-asked", ("factor-reset", 4), reset),
            SOON,
        ),
    ]
}

fn of_duty() -> Vec<Kept> {
    let hole =
        |line: &str| json!({"count": 2, "holes": [line, "另有1处，见值班表"], "without_phone": ["李娜（县民政局）"]});
    let line = "2026年11月28日 18:00 至 2026年11月29日 08:00：没有排班，转县未保办值班张伟";
    let day = ("duty", 20_261_124);
    let own = |notice: LeasedNotice| LeasedNotice {
        person: Some("王伟".into()),
        mailbox: "wangwei@taihe.example".into(),
        ..to_the_station(notice)
    };
    let mut all = hole(&format!("太和县民政局：2处，最近 {line}"));
    all["without_roster"] = json!(416);
    let swap = |kind: &'static str| {
        let said = json!({"by": "李娜", "gives": "2026年11月28日 08:00 至 2026年11月28日 18:00",
                          "takes": "2026年11月30日 08:00 至 2026年11月30日 18:00"});
        (kind, own(about(kind, ("swap", 5), said)), SOON)
    };
    vec![
        ("duty-hole", own(about("duty-hole", day, hole(line))), SOON),
        (
            "duty-none",
            to_the_station(about(
                "duty-none",
                day,
                json!({"without_phone": ["王伟（太和县公安局旧县派出所）"]}),
            )),
            SOON,
        ),
        ("duty-holes", about("duty-holes", day, all), SOON),
        swap("swap-asked"),
        swap("swap-accepted"),
        swap("swap-declined"),
        swap("swap-withdrawn"),
    ]
}

fn of_days_off() -> Vec<Kept> {
    let change = ("calendar", 3);
    let moved = json!({"count": 2, "moved": [
        "A7KE-M2QP-9XWD 办结：原定2027年1月5日24时，现为2027年1月8日24时",
        "B8LF-N3RQ-7YVE 签收：原定2026年12月31日24时，现为2027年1月4日24时",
    ]});
    vec![
        (
            "calendar-proposed",
            about(
                "calendar-proposed",
                change,
                json!({"by": "陈静", "through": "2027-12-31"}),
            ),
            SOON,
        ),
        (
            "calendar-moved",
            to_the_station(about("calendar-moved", change, moved)),
            SOON,
        ),
        (
            "calendar-ends",
            about(
                "calendar-ends",
                ("calendar", 20_261_231),
                json!({"through": "2026-12-31"}),
            ),
            SOON,
        ),
    ]
}

fn of_motions() -> Vec<Kept> {
    let motion = ("motion", 6);
    let asked = json!({"unit": "太和县教育局", "asked": "退单", "by": "王伟", "due": "2026-11-24T09:10:00Z"});
    let granted = json!({"unit": "太和县公安局旧县派出所", "asked": "延期", "by": "李娜",
        "change": "经县未保办同意延期：原定2026年12月1日24时，延至2026年12月8日24时。"});
    let refused = json!({"unit": "太和县公安局旧县派出所", "asked": "退单", "by": "李娜"});
    vec![
        ("motion-asked", about("motion-asked", motion, asked), SOON),
        (
            "motion-granted",
            to_the_station(about("motion-granted", motion, granted)),
            SOON,
        ),
        (
            "motion-refused",
            to_the_station(about("motion-refused", motion, refused)),
            SOON,
        ),
    ]
}

fn flooded() -> Vec<Kept> {
    let closed = json!({"count": 62, "change": "重复报告", "by": "李娜"});
    let given_back = json!({"count": 62, "by": "李娜"});
    vec![
        ("flood", flood("flood", Some("341222101")), SOON),
        ("flood-office", to("office", flood("flood", None)), SOON),
        ("urge-of-a-flood", flood("urge", None), LATE),
        (
            "flood-closed",
            to_the_station(about("flood-closed", ("flood", 9), closed)),
            SOON,
        ),
        (
            "flood-given-back",
            to_the_station(about("flood-given-back", ("flood", 9), given_back)),
            SOON,
        ),
    ]
}

#[test]
fn every_kind_of_mail_is_as_it_was() {
    let kept = [
        dispatched(),
        of_days_off(),
        escalated(),
        acted(),
        about_other_things(),
        of_duty(),
        of_motions(),
        flooded(),
    ]
    .concat();
    let names: BTreeSet<&str> = kept.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names.len(), kept.len(), "a name is there twice");
    for kind in NoticeKind::ALL.iter().filter(|kind| **kind != NoticeKind::Other) {
        assert!(names.contains(kind.as_str()), "no mail of the kind {kind} is kept");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mails");
    for (name, notice, time) in &kept {
        let mail = write(notice, &format!("2026-11-24T{time}:00+08:00"));
        snapshot::compare(&folder.join(format!("{name}.txt")), &whole(&mail));
        snapshot::compare(&folder.join(format!("{name}.html")), &without_styles(&mail.html));
    }
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let known = names.contains(name.as_str()) || CALLS.contains(&name.as_str());
        assert!(known, "{} is of no mail", file.display());
    }
}

/// Mails of calls, which are no notices.
const CALLS: [&str; 3] = ["call", "call-drill", "call-several"];

#[test]
fn the_mail_of_a_call_is_as_it_was() {
    let one = Words {
        urgency: Urgency::P1,
        count: 1,
        report: "20261124-0000-000GR".parse().ok(),
        drill: false,
        office: "太和县".into(),
    };
    let drill = Words {
        drill: true,
        ..one.clone()
    };
    let several = Words {
        count: 5,
        report: None,
        ..one.clone()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mails");
    for (name, words) in CALLS.into_iter().zip([one, drill, several]) {
        let link = "http://10.0.0.5:8081/rings/6f1c2a30-0000-4000-8000-000000000001?code=0123456789abcdef";
        let call = (CallId(Uuid::from_u128(1)), "lina@example.cn");
        let mail = ring(&words, call, link.to_owned(), at("2026-11-24T16:12:00+08:00")).unwrap();
        snapshot::compare(&folder.join(format!("{name}.txt")), &whole(&mail));
        snapshot::compare(&folder.join(format!("{name}.html")), &without_styles(&mail.html));
    }
}

/// Subject and recipient over the text.
fn whole(mail: &Mail) -> String {
    let importance = if mail.urgent { "high" } else { "normal" };
    format!(
        "Subject: {}\nTo: {}\nImportance: {importance}\n\n{}\n",
        mail.subject,
        mail.to,
        mail.text.trim_end()
    )
}

/// One element a line, without the attributes that repeat the template's styles.
fn without_styles(html: &str) -> String {
    let mut parts = html.split(" style=\"");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part.split_once('"').map_or(part, |(_, rest)| rest);
    }
    plain.replace("><", ">\n<").trim_end().to_owned() + "\n"
}
