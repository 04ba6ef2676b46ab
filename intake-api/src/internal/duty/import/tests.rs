//! A roster down and up again, and each mistake by its cell.

use casework::roster::{Exception, Minute, Pattern, PersonId, Shift, Week, Window};
use casework::words::Seat;
use chrono::{DateTime, NaiveDate, Utc};
use platform::{
    store::{AccountId, Role},
    text::Lang,
};
use rust_xlsxwriter::Workbook;

use super::{
    book::{Refused, read_roster, write},
    written::Written,
    *,
};
use crate::internal::{duty::scope::Colleague, testing};

fn people() -> Vec<Colleague> {
    [(1, "lina", "李娜"), (2, "wangfang", "王芳"), (3, "li2", "李明（li2）")]
        .map(|(id, login, name)| Colleague {
            id: AccountId(id),
            login: login.into(),
            name: name.into(),
        })
        .into()
}

fn now() -> DateTime<Utc> {
    "2026-11-24T16:05:00+08:00".parse().unwrap()
}

fn minute(text: &str) -> Minute {
    text.parse().unwrap()
}

fn roster() -> Written {
    let person = |login: &str| Some(PersonId(login.into()));
    let shift = |from, to, duty| Shift {
        from: minute(from),
        to: minute(to),
        duty,
        deputy: None,
        leader: person("wangfang"),
    };
    let week = |who: &str| Week {
        mon: vec![
            shift("08:00", "18:00", person(who)),
            shift("18:00", "08:00", person("li2")),
        ],
        holiday: Some(vec![shift("08:00", "08:00", person(who))]),
        ..Week::default()
    };
    let hour = |hour: u32| format!("2026-11-25T{hour:02}:00:00+08:00").parse().unwrap();
    Written {
        patterns: vec![Pattern {
            from: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            weeks: vec![week("lina"), week("wangfang")],
        }],
        exceptions: vec![
            Exception {
                during: Window {
                    from: hour(8),
                    to: hour(18),
                },
                seat: Seat::Duty,
                person: person("li2"),
            },
            Exception {
                during: Window {
                    from: hour(18),
                    to: hour(20),
                },
                seat: Seat::Deputy,
                person: None,
            },
        ],
    }
}

#[test]
fn what_goes_down_comes_up_the_same() {
    let file = write(&roster(), &people(), Lang::Zh).unwrap();
    assert_eq!(read_roster(&file, &people(), (Lang::Zh, now())), Ok(roster()));
    let empty = write(&Written::default(), &people(), Lang::Zh).unwrap();
    assert_eq!(
        read_roster(&empty, &people(), (Lang::Zh, now())),
        Ok(Written::default())
    );
    let wrong = |people: &[Colleague], now| roster().wrong(people, now);
    assert_eq!(wrong(&people(), now()), None);
    assert_eq!(wrong(&people()[..1], now()), Some("duty.import.wrong.person"));
    assert_eq!(
        wrong(&people(), now() + chrono::TimeDelta::days(2)),
        Some("duty.wrong.over")
    );
    let mut twice = roster();
    twice.patterns.push(twice.patterns[0].clone());
    assert_eq!(twice.wrong(&people(), now()), Some("duty.import.wrong.same_day"));
}

/// As if the rows of a roster stood there.
fn standing(of: &Written) -> standing::Standing {
    use platform::store::{RosterChangeId, RosterPatternId};
    let patterns = (1..).map(RosterPatternId).zip(of.patterns.iter().cloned());
    let exceptions = (1..).map(RosterChangeId).zip(of.exceptions.iter().cloned());
    standing::Standing {
        patterns: patterns.collect(),
        exceptions: exceptions.collect(),
        changes: Vec::new(),
    }
}

#[test]
fn what_a_file_has_no_more_is_taken_away_and_what_is_the_same_stays() {
    let stands = standing(&roster());
    assert!(stands.difference(roster()).is_empty());
    let none = stands.difference(Written::default());
    assert_eq!((none.patterns_gone.len(), none.exceptions_gone.len()), (1, 2));
    assert_eq!(none.written, Written::default());

    let mut otherwise = roster();
    otherwise.patterns[0].weeks.pop();
    let moved = otherwise.exceptions.remove(0);
    otherwise.exceptions.push(Exception {
        person: Some(PersonId("lina".into())),
        ..moved.clone()
    });
    let difference = stands.difference(otherwise.clone());
    assert!(
        difference.patterns_gone.is_empty(),
        "one of the same day ends with the new one"
    );
    assert_eq!(difference.written.patterns, otherwise.patterns);
    assert_eq!(
        (difference.written.exceptions.len(), difference.exceptions_gone.len()),
        (1, 1)
    );
    let before = stands.taken_away(&difference.exceptions_gone, &difference.written.exceptions[0]);
    assert_eq!(
        before.map(|known| &known.person),
        Some(&moved.person),
        "the page says who had it"
    );

    // Laid on, it is what was written.
    let mut post = casework::roster::Post {
        roster: casework::roster::Roster {
            patterns: roster().patterns,
            exceptions: roster().exceptions,
            ..Default::default()
        },
        hours: casework::roster::Hours::always(),
    };
    stands.laid_on(&difference, &mut post);
    assert_eq!(post.roster.patterns, otherwise.patterns);
    assert_eq!(post.roster.exceptions, otherwise.exceptions);

    // Two that say the same are two.
    let mut double = roster();
    double.exceptions.push(double.exceptions[0].clone());
    assert_eq!(standing(&double).difference(roster()).exceptions_gone.len(), 1);
}

#[test]
fn each_mistake_is_named_by_its_cell() {
    let mut book = Workbook::new();
    let rows = [
        ["起始日", "第几周", "星期", "从", "到", "值班", "副班", "带班领导"],
        ["2026-11-02", "1", "周一", "08：00", "18:00", "LINA", "", "王芳"],
        ["2026-11-02", "1", "周一", "08:00", "18:00", "王芳", "", ""],
        ["11月2日", "5", "星期一", "25:00", "x", "张三", "", ""],
    ];
    let sheet = book.add_worksheet();
    sheet.set_name("排班").unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (col, text) in (0..).zip(cells) {
            sheet.write_string(row, col, text).unwrap();
        }
    }
    let sheet = book.add_worksheet();
    sheet.set_name("单次调整").unwrap();
    let rows = [
        ["从", "到", "岗位", "由谁担任"],
        ["2026-11-25 18:00", "2026-11-25 08:00", "值班", "无人"],
        ["2026-11-20 08:00", "2026-11-20 18:00", "班长", "张三"],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (col, text) in (0..).zip(cells) {
            sheet.write_string(row, col, text).unwrap();
        }
    }
    let file = book.save_to_buffer().unwrap();
    let Err(Refused::Mistakes(mistakes)) = read_roster(&file, &people(), (Lang::Zh, now())) else {
        panic!("it has mistakes")
    };
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "排班 D3",
            "排班 A4",
            "排班 B4",
            "排班 C4",
            "排班 D4",
            "排班 E4",
            "排班 F4",
            "单次调整 B2",
            "单次调整 C3",
            "单次调整 D3",
        ]
    );
    let mut foreign = Workbook::new();
    foreign.add_worksheet();
    let foreign = foreign.save_to_buffer().unwrap();
    assert_eq!(
        read_roster(&foreign, &people(), (Lang::Zh, now())),
        Err(Refused::Foreign)
    );
    // A sheet or a heading that is gone is no empty roster.
    for cut in ["sheet", "heading"] {
        let mut book = Workbook::new();
        let weeks = book.add_worksheet();
        weeks.set_name("排班").unwrap();
        let headings = ["起始日", "第几周", "星期", "从", "到", "值班", "副班", "带班领导"];
        let kept = if cut == "heading" { 7 } else { 8 };
        for (col, text) in (0..).zip(&headings[..kept]) {
            weeks.write_string(0, col, *text).unwrap();
        }
        if cut == "heading" {
            let changes = book.add_worksheet();
            changes.set_name("单次调整").unwrap();
            for (col, text) in (0..).zip(["从", "到", "岗位", "由谁担任"]) {
                changes.write_string(0, col, text).unwrap();
            }
        }
        let file = book.save_to_buffer().unwrap();
        let read = read_roster(&file, &people(), (Lang::Zh, now()));
        assert_eq!(read, Err(Refused::Foreign), "{cut}");
    }
    assert!(matches!(
        read_roster(b"a letter", &people(), (Lang::Zh, now())),
        Err(Refused::Unopened(_))
    ));
}

#[test]
fn pages_of_an_import() {
    let page = ImportPage {
        frame: testing::frame(&[("ca", Role::Leader)], Lang::Zh, "/duty"),
        unit: "ca".into(),
        name: "县民政局".into(),
        error: None,
        mistakes: Vec::new(),
        more: None,
        added: vec![
            Lang::Zh.fill("duty.import.pattern", &[("day", "11月2日 周一"), ("n", "2")]),
            Lang::Zh.fill(
                "duty.import.day",
                &[("week", "1"), ("day", "周一"), ("shifts", "08:00–18:00 值班 李娜")],
            ),
        ],
        changed: vec![Lang::Zh.fill(
            "duty.import.instead",
            &[("line", "11月25日 08:00 至 18:00，值班由王芳担任"), ("name", "李娜")],
        )],
        removed: vec!["11月26日 08:00 至 18:00，副班<b>空缺</b>".into()],
        holes: vec!["11月24日 18:00 至 11月25日 08:00：没有排班，转办公室值班 张伟".into()],
        unverified: vec!["李娜".into()],
        unverified_mail: vec!["王芳".into()],
        rows: "{}".into(),
    };
    testing::page("duty-import", &page);
    let wrong = ImportPage {
        error: Some(Lang::Zh.fill("accounts.import.mistakes", &[("n", "1")])),
        mistakes: vec![Mistake {
            place: "排班 F4".into(),
            said: Lang::Zh.t("duty.import.wrong.person").to_owned(),
        }],
        added: Vec::new(),
        changed: Vec::new(),
        removed: Vec::new(),
        holes: Vec::new(),
        unverified: Vec::new(),
        unverified_mail: Vec::new(),
        rows: String::new(),
        ..page
    };
    testing::page("duty-import-wrong", &wrong);
}
