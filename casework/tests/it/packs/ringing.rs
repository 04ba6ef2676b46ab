//! Whom a notice rings, duty hours and the last resort: each mistake by its line and cell, and what a pack of before lacks.

use casework::county::{DUTY, PackFiles, RINGING};
use casework::office::soundness::examine;
use casework::office::soundness::ringing::{RingingFinding, check};
use casework::pack::Pack;
use casework::ringing::table::Step;
use casework::words::{Seat, Urgency};

use super::{broken, line};
use crate::taihe::{FILES_OF_TAIHE, TAIHE, csv};

#[test]
fn the_shipped_table_is_the_default_one() {
    assert_eq!(FILES_OF_TAIHE[RINGING], include_str!("../../data/default-ringing.csv"));
    let rows = csv(&FILES_OF_TAIHE[RINGING]);
    let table = TAIHE.ringing_said().unwrap();
    let named = |obligation: &str, urgency: &str| {
        rows.iter()
            .any(|row| row[1] == urgency && row[0].split(' ').any(|word| word == obligation))
    };
    for term in TAIHE.vocabulary().obligations.iter() {
        for urgency in Urgency::HIGHEST_FIRST {
            let steps = table.steps(&term.code, urgency);
            let own = named(&term.code, urgency.as_str());
            let mut wanted = rows.iter().filter(|row| {
                let says = row[0].split(' ').any(|word| word == term.code);
                row[1] == urgency.as_str() && if own { says } else { row[0] == "*" }
            });
            for (number, step) in (1..).zip(&steps.first) {
                assert!(
                    is_row(step, wanted.next().unwrap(), &number.to_string()),
                    "{} {urgency}",
                    term.code
                );
            }
            assert!(
                is_row(&steps.again, wanted.next().unwrap(), "again"),
                "{} {urgency}",
                term.code
            );
            assert!(wanted.next().is_none());
        }
    }
}

fn is_row(step: &Step, row: &[String], number: &str) -> bool {
    let to: Vec<_> = step.to.iter().map(|seat| seat.as_str()).collect();
    let channels: Vec<_> = step.channels.iter().map(|channel| channel.as_str()).collect();
    row[2..]
        == [
            number.to_owned(),
            step.after.to_string(),
            to.join(" "),
            channels.join(" "),
        ]
}

#[test]
fn a_broken_cell_is_named_in_both_languages_with_what_to_do() {
    let cases = [
        (
            RINGING,
            "police-accept triage,P1,1,",
            "police-takes triage,P1,1,",
            "column obligations: police-takes is not a known obligation",
        ),
        (
            RINGING,
            "police-accept triage,P1,1,",
            "* triage,P1,1,",
            "column obligations: * is not a known",
        ),
        (RINGING, "*,P3,1,", ",P3,1,", "column obligations: the cell is empty"),
        (RINGING, "*,P3,1,", "*,P4,1,", "column urgency: \"P4\""),
        (RINGING, "*,P3,1,", "*,P3,0,", "column step: \"0\""),
        (RINGING, "*,P3,1,0min", "*,P3,1,soon", "column after: \"soon\""),
        (RINGING, "*,P3,1,0min", "*,P3,1,1mo", "column after: \"1mo\""),
        (
            RINGING,
            "*,P3,1,0min,duty",
            "*,P3,1,0min,boss",
            "column to: boss must be one of duty, deputy, leader",
        ),
        (
            RINGING,
            "*,P3,1,0min,duty",
            "*,P3,1,0min,",
            "column to: the cell is empty",
        ),
        (
            RINGING,
            "duty,mail desk",
            "duty,mail mail",
            "column channels: mail stands there twice",
        ),
        (
            RINGING,
            "duty,mail desk",
            "duty,fax",
            "column channels: fax must be one of voice",
        ),
        (
            RINGING,
            "triage,P1,2,5min",
            "triage,P1,3,5min",
            "column step: 3 stands where 2 must be",
        ),
        (
            RINGING,
            "triage,P1,3,10min",
            "triage,P1,3,5min",
            "must come later than step 2 after 5min",
        ),
        (RINGING, "*,P1,again,30min", "*,P1,again,0min", "again needs a distance"),
        (RINGING, "*,P2,again,4h", "*,P2,2,4h", "no step again"),
        (
            RINGING,
            "*,P1,2,30min",
            "*,P1,again,30min",
            "a row after the step again",
        ),
        (
            DUTY,
            "police,,00:00-24:00",
            "polices,,00:00-24:00",
            "column unit_kind: polices is not a known",
        ),
        (
            DUTY,
            "police,,00:00-24:00",
            ",pols,00:00-24:00",
            "column unit: pols is not a unit",
        ),
        (
            DUTY,
            "police,,00:00-24:00",
            "police,pol,00:00-24:00",
            "fill in one of the two",
        ),
        (
            DUTY,
            "police,,00:00-24:00",
            "police,,0-24",
            "\"0-24\" is not a part of a day",
        ),
        (
            DUTY,
            "*,,08:00-12:00 14:30-17:30",
            "*,,",
            "needs duty hours on working days",
        ),
        (
            DUTY,
            "00:00-24:00,00:00-24:00,\nrelief",
            "00:00-24:00,00:00-24:00,call us\nrelief",
            "holds nothing that can be called",
        ),
        (
            "pack.toml",
            "phone = \"0558-0000001\"",
            "phone = \"call us\"",
            "holds nothing that can be called",
        ),
    ];
    for (file, old, new, reason) in cases {
        let problems = broken(file, old, new);
        // Of a group the row is named where it goes wrong.
        let found = problems
            .iter()
            .find(|problem| problem.file == file && problem.reason.contains(reason));
        let Some(found) = found else {
            panic!("{file} {new}: {reason:?} not among {problems:#?}");
        };
        assert!(found.line > 0 && found.zh.is_some(), "{found:?}");
        if found.reason.starts_with("column") {
            assert_eq!(found.line, line(file, old), "{found:?}");
        }
    }
}

fn findings(change: impl FnOnce(&mut PackFiles)) -> Vec<RingingFinding> {
    let mut files = FILES_OF_TAIHE.clone();
    change(&mut files);
    check(&Pack::read(&files).unwrap())
}

fn replaced(file: &str, old: &str, new: &str) -> Vec<RingingFinding> {
    findings(|files| {
        assert!(files[file].contains(old), "{old}");
        let text = files[file].replace(old, new);
        files.insert(file.to_owned(), text);
    })
}

#[test]
fn a_pack_of_before_is_read_and_rings_but_is_not_published() {
    assert!(check(&TAIHE).is_empty());
    let mut files = FILES_OF_TAIHE.clone();
    files.remove(RINGING);
    files.remove(DUTY);
    let head = files["pack.toml"]
        .split("\n# Rung in this order")
        .next()
        .unwrap()
        .to_owned();
    files.insert("pack.toml".into(), head);
    let pack = Pack::read(&files).unwrap();
    let reasons: Vec<String> = check(&pack).into_iter().map(|found| found.reason).collect();
    assert_eq!(reasons.len(), 3, "{reasons:#?}");
    for file in ["last_resort", "duty.csv", "ringing.csv"] {
        assert!(
            reasons
                .iter()
                .any(|reason| reason.contains(file) && reason.contains("load the pack"))
        );
    }
    assert_eq!(
        pack.ringing().steps("police-accept", Urgency::P1).first[0].to,
        [Seat::Duty]
    );
    let mut share = |_: usize| -> Box<dyn FnMut() -> bool> { Box::new(|| true) };
    let examined = examine(&files, &mut share);
    assert!(!examined.sound() && examined.problems.is_empty());
    assert!(
        examined
            .lines()
            .iter()
            .any(|line| line.sentence.starts_with("响铃：没有兜底电话"))
    );
}

#[test]
fn everything_urgent_rings_somebody_at_every_hour() {
    let gone = replaced(
        RINGING,
        "*,P2,1,0min,duty,sms mail desk\n*,P2,again,4h,duty leader,sms\n",
        "",
    );
    assert!(
        gone.iter()
            .all(|found| found.urgency == Some(Urgency::P2) && found.sentence.contains("没有一行规定响铃"))
    );
    assert!(
        !gone
            .iter()
            .any(|found| found.obligation.as_deref() == Some("police-accept"))
    );
    let alone = replaced(RINGING, "*,P1,2,30min,duty deputy", "*,P1,2,30min,deputy");
    assert!(
        alone
            .iter()
            .all(|found| found.reason.contains("rings the deputy alone"))
            && !alone.is_empty()
    );
    let mute = replaced(
        RINGING,
        "*,P2,again,4h,duty leader,sms",
        "*,P2,again,4h,duty leader,mail",
    );
    assert!(
        mute.iter()
            .all(|found| found.reason.contains("at night nobody would know"))
            && !mute.is_empty()
    );
    // Of those that `*` stands for only what is to be signed within hours at P2 can't wait for the morning.
    let waits = replaced(RINGING, "*,P2,again,4h,", "*,P2,again,1wd,");
    assert!(
        waits
            .iter()
            .any(|found| found.obligation.as_deref() == Some("medical-care")),
        "{waits:#?}"
    );
    assert!(
        !waits
            .iter()
            .any(|found| found.obligation.as_deref() == Some("urge-guardianship"))
    );
}

#[test]
fn the_most_exact_row_of_duty_hours_counts() {
    let units = TAIHE.units();
    let hours = |code: &str| TAIHE.duty_hours().hours(units.get(code).unwrap());
    assert_eq!(hours("pol"), casework::roster::Hours::always());
    assert_ne!(hours("ca"), hours("pol"));
    let mut files = FILES_OF_TAIHE.clone();
    let text = files[DUTY].clone() + ",pol-341222101,08:00-18:00,,0558-8612345\n";
    files.insert(DUTY.into(), text);
    let pack = Pack::read(&files).unwrap();
    let of = |code: &str| pack.units().get(code).unwrap();
    assert_eq!(pack.duty_hours().phone(of("pol-341222101")), Some("0558-8612345"));
    assert_ne!(
        pack.duty_hours().hours(of("pol-341222101")),
        pack.duty_hours().hours(of("pol-341222102"))
    );
}
