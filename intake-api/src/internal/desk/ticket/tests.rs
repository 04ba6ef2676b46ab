//! The page of a ticket, and what it becomes when an act is refused.

use platform::{
    store::{FileId, Role, TicketId},
    text::Lang,
};

use super::*;
use crate::internal::{
    again::{Fields, Wrong},
    desk::{
        carried::CarriedPage,
        timeline::EventWords,
        told::ChildWords,
        view::{OtherWords, StageWords},
    },
    page::words::Countdown,
    standing::WaitWords,
    testing,
};

fn view() -> View {
    View {
        id: TicketId(12),
        version: 3,
        receipt: "SW-2026-0001".into(),
        obligation: "公安受理".into(),
        unit: "县公安局".into(),
        role: "主办",
        state: "已签收",
        urgency: "特急",
        hot: true,
        drill: false,
        danger: true,
        countdown: Countdown {
            text: "首次见面核实还有 20 分钟".into(),
            overdue: false,
            soon: true,
        },
        level: Some("二级"),
        next: Some(Kind::Contact),
        others_allowed: vec![Kind::Assign, Kind::Progress, Kind::Evidence, Kind::Resolve],
        assignee: Some("李娜".into()),
        assignee_gone: false,
        place: Some("城关镇 八里村".into()),
        where_now: Some("在学校".into()),
        found_at: Some("11月24日 15:00".into()),
        received_at: "11月24日 16:05".into(),
        situations: vec!["身上有伤".into()],
        children: vec![ChildWords {
            heading: "孩子 1 · 男 · 9岁".into(),
            facts: vec![("学校", "八里小学".into())],
        }],
        suspect: Some("家人"),
        narrative: Some("手臂有瘀伤 <b>&\"'".into()),
        shut: false,
        reporter: vec!["教师".into(), "实名".into()],
        hidden: Some("家庭住址不在本单显示".into()),
        shows_narrative: true,
        others_hidden: false,
        bases: vec!["未成年人保护法第十一条".into()],
        in_vain: Some("上门 1 次，未见到孩子。".into()),
        awaited: String::new(),
        evidence: Some("受案回执".into()),
        evidence_at: None,
        stages: vec![StageWords {
            name: "签收",
            status: "11月24日 16:20 完成".into(),
            late: false,
            limit: "30分钟，自派单起".into(),
            basis: "县规定".into(),
            provisional: true,
            derivation: vec!["16:05 + 30分钟".into()],
            level: None,
        }],
        others: vec![OtherWords {
            code: "civil-affairs".into(),
            unit: "县民政局".into(),
            obligation: "救助".into(),
            role: "协办",
            state: "待签收",
        }],
        events: vec![EventWords {
            at: "11月24日 16:20".into(),
            text: "李娜签收".into(),
            lines: vec![("说明", "已出警".into())],
            shut: false,
        }],
        outcome: None,
        statutory_police: true,
        hotline: "12345".into(),
    }
}

fn page(attempt: Attempt) -> TicketPage {
    let frame = testing::frame(&[("public-security", Role::Member)], Lang::Zh, "/desk");
    TicketPage {
        paper: Paper::new(&frame, "太和县", "县公安局", "SW-2026-0001", "11月24日 16:25"),
        frame,
        v: view(),
        ladder: crate::internal::rings::ladder::Ladder::default(),
        standing: DeskCase {
            said: Some(Lang::Zh.t("case.still_open").to_owned()),
            own: vec![WaitWords {
                text: "等待李娜见到孩子 · 期限 11月24日 16:45".into(),
                late: true,
            }],
            others: vec!["县民政局 · 救助 · 已派单 · 下一期限 11月25日 16:05".into()],
        },
        closing: Waiting::default(),
        unsent: Vec::new(),
        people: vec![Choice {
            value: "7".into(),
            label: "李娜".into(),
        }],
        outcomes: vec![Choice {
            value: "done".into(),
            label: "已处置".into(),
        }],
        attempt,
        openings: DeskOpenings {
            lines: Vec::new(),
            at_once: Vec::new(),
            approved: Vec::new(),
            identity: Some(false),
        },
        requests: Requests {
            choices: vec![Choice {
                value: "protection-order".into(),
                label: "人身安全保护令".into(),
            }],
            others: vec!["撤销监护人资格：可由民政部门提出。".into()],
            lines: vec!["法律援助 · 县司法局 · 11月24日 16:22 提请 · 待签收".into()],
            reminder: Some(Lang::Zh.t("requests.reminder")),
        },
        motions: DeskMotions {
            grounds: vec![Choice {
                value: "not-our-duty".into(),
                label: "不属本单位职责".into(),
            }],
            stages: vec![Choice {
                value: "contact".into(),
                label: "首次见面核实（现为11月24日 20:00）".into(),
            }],
            statutory: Some("办结的时限是法定时限，不能延期。".into()),
            reinforces: true,
            ..DeskMotions::default()
        },
        done: None,
        my_name: "王芳".into(),
        why: "报告称孩子身上有伤。".into(),
        phones: HashMap::from([("civil-affairs".to_owned(), Phone::of("0558-8612345"))]),
        now_local: "2026-11-24T16:25".into(),
    }
}

#[test]
fn pages_of_a_ticket() {
    testing::page("ticket", &page(Attempt::default()));
    let typed = Fields::from([("who".to_owned(), "<b>李娜</b>".to_owned())]);
    let wrong = Wrong::from([("place", "desk.wrong.place"), ("at", "desk.wrong.when_future")]);
    testing::page("ticket-refused", &page(Attempt::wrong("contact", wrong, typed)));
    let mut over = page(Attempt::default());
    over.v.next = None;
    over.closing.reopen = true;
    testing::page("ticket-over", &over);
}

#[test]
fn pages_that_are_carried() {
    let page = CarriedPage {
        v: view(),
        why: "报告称孩子身上有伤。".into(),
        written: "11月24日 16:25".into(),
        call: Lang::Zh.fill("carried.call", &[("phone", "0558-8612345")]),
        file: FileId(uuid::Uuid::nil()),
    };
    testing::page("carried", &page);
    let html = page.render().expect("a page");
    for outside in ["src=", "href=", "url(", "<script", "<b>"] {
        assert!(!html.contains(outside), "{outside}");
    }
}
