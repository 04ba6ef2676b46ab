//! Random acts of random people on the openings of one ticket, at random times, against the real SQL: the state machine and the
//! rows agree, what is shown is what is open, and nothing that nobody else looked at is ever approved or reviewed.

use casework::ticket::opening::Way;
use casework::ticket::opening::{Finding, Judge, OpeningAct, OpeningState, Side, decides, ends, reviews};
use chrono::TimeDelta;
use platform::store::{Opening, OpeningAsked, OpeningDeed, OpeningDenied, OpeningDone, Router};
use proptest::{
    collection::vec,
    test_runner::{Config, TestRunner},
};
use tests::Sample;

use super::{Scene, Who, has};

/// Reports of one run; each takes some seconds, because every act is a transaction.
const REPORTS: u32 = 5;

/// Which act, by whom, on which opening, how many minutes later.
type Step = (u8, u8, u8, u16);

#[tokio::test(flavor = "multi_thread")]
async fn random_acts_on_openings_leave_nothing_illegal() {
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config {
            cases: REPORTS,
            // Kept in `proptest-regressions`, which is committed.
            source_file: Some(file!()),
            max_shrink_iters: 0,
            ..Config::default()
        });
        let steps = vec((0..11_u8, 0..7_u8, 0..6_u8, 0..1500_u16), 25..60);
        let handle = tokio::runtime::Handle::current();
        runner
            .run(&steps, |steps| {
                // Shown when it fails, so that it can be played again.
                eprintln!("{steps:?}");
                handle.block_on(play(&steps));
                Ok(())
            })
            .unwrap();
    });
}

const PARTS: [&str; 6] = ["school", "home", "birth", "suspect", "reporter", "identity"];

#[tokio::test]
async fn a_second_login_in_the_office_decides_on_what_others_ask() {
    // 何平 of the unit asks; 孙悦 of the office, who has a login in the unit too, did not ask it.
    play(&[(0, 5, 0, 0), (3, 4, 0, 10), (0, 0, 0, 10), (3, 4, 0, 10), (8, 2, 1, 10)]).await;
}

async fn play(steps: &[Step]) {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let unit = scene.unit.clone();
    let people = [
        scene.person("outsider", "孙悦", None, &unit, "member").await,
        scene.person("bb", "孙悦", Some("13700000001"), &unit, "leader").await,
        scene.person("cc", "周正", None, "office", "office").await,
        scene.person("dd", "冯检", None, "office", "oversight").await,
        // Another login of the first, in the office.
        scene.person("ee", "孙悦", None, "office", "office").await,
        // Of the unit and of the office.
        scene.person("ff", "何平", None, "office", "office").await,
        scene.person("gg", "韩冰", None, "office", "admin").await,
    ];
    scene.also(&people[5], &unit, "member").await;
    let router = scene.fixture.store_as::<Router>();
    let mut minute = 1;
    for (act, who, which, later) in steps {
        minute += i64::from(*later);
        let who = &people[usize::from(*who)];
        if *act == 10 {
            close(&scene, &people[0], minute).await;
        } else if *act < 3 {
            ask(&scene, who, &unit, &PARTS[usize::from(*which)..], minute).await;
        } else {
            let all = scene.board.openings_of_report("taihe", scene.report).await.unwrap();
            if let Some(opening) = all.iter().rev().nth(usize::from(*which)) {
                judge(&scene, who, opening, *act, minute).await;
            }
        }
        if *act == 0 {
            let signed: bool = sqlx::query_scalar("SELECT signed_at IS NOT NULL FROM tickets WHERE id = $1")
                .bind(scene.ticket)
                .fetch_one(scene.fixture.store.pool())
                .await
                .unwrap();
            if !signed {
                scene.sign(&people[0], minute).await;
            }
        }
        while router.openings_tell(scene.minute(minute)).await.unwrap() > 0 {}
        holds(&scene, &people, minute).await;
    }
}

async fn ask(scene: &Scene, who: &Who, unit: &str, parts: &[&str], minute: i64) {
    let of_unit = Who {
        unit: unit.to_owned(),
        ..who.clone()
    };
    let done = scene.ask(&of_unit, parts, minute).await;
    if let OpeningAsked::Now(stored) = done {
        for opening in stored {
            let reporter = opening
                .parts
                .iter()
                .any(|part| part == "reporter" || part == "identity");
            assert!(
                !reporter || opening.state == OpeningState::Asked,
                "who reported never opens at once here"
            );
            assert_eq!(opening.state == OpeningState::Asked, opening.way == Way::Approval);
        }
    }
}

async fn judge(scene: &Scene, who: &Who, opening: &Opening, act: u8, minute: i64) {
    let (deed, machine) = match act {
        3 | 4 => (OpeningDeed::Approve, OpeningAct::Approve),
        5 => (OpeningDeed::Refuse, OpeningAct::Refuse),
        6 => (OpeningDeed::End, OpeningAct::End),
        7 => (OpeningDeed::Withdraw, OpeningAct::Withdraw),
        8 => (OpeningDeed::Review(Finding::Compliant), OpeningAct::Review),
        _ => (OpeningDeed::Review(Finding::NotCompliant), OpeningAct::Review),
    };
    let before = opening.state;
    let at = scene.minute(minute);
    let after = match deed {
        OpeningDeed::Review(finding) => before.reviewed(finding, opening.ends_at, at),
        _ => before.after(machine, opening.ends_at, at),
    };
    let again = machine == OpeningAct::Review && !opening.is_to_review();
    let may = may(who, opening, machine);
    match (after, scene.act(who, opening.id, deed, minute).await) {
        (Ok(after), OpeningDone::Done(done)) if may && !again => {
            assert_eq!(done.state, after, "{before} {machine}");
        }
        (_, OpeningDone::Denied(why)) => {
            assert!(
                !may || why == OpeningDenied::TicketClosed,
                "{machine} by {who:?}: {why:?}"
            );
        }
        (Err(_), OpeningDone::NotAllowed(now)) if may => assert_eq!(now.state, opening.state),
        (Ok(_), OpeningDone::NotAllowed(_)) if may && again => {}
        other => panic!("{before} {machine} by {who:?}: {other:?}"),
    }
}

/// Who may, by the roles that `play` gave out: 何平 is of the unit as well, and a name without two phones is one person.
fn may(who: &Who, opening: &Opening, act: OpeningAct) -> bool {
    let own = who.account == opening.asked_account;
    let judge = Judge {
        office: who.unit == "office" && ["周正", "孙悦", "何平"].contains(&who.name.as_str()),
        oversight: who.name == "冯检",
    };
    let other = who.name != "何平" && !opening.asked_by.starts_with(&who.name);
    match act {
        OpeningAct::Withdraw => own,
        OpeningAct::End => ends(own, judge),
        OpeningAct::Approve | OpeningAct::Refuse => other && decides(Side::Unit, judge),
        OpeningAct::Review => other && reviews(Side::Unit, judge),
    }
}

/// The unit closes the ticket, if it can: everything that rests on it ends.
async fn close(scene: &Scene, who: &Who, minute: i64) {
    scene.close(who, minute).await;
    let closed: bool = sqlx::query_scalar("SELECT resolved_at IS NOT NULL FROM tickets WHERE id = $1")
        .bind(scene.ticket)
        .fetch_one(scene.fixture.store.pool())
        .await
        .unwrap();
    let all = scene.board.openings_of_report("taihe", scene.report).await.unwrap();
    let rests = all
        .iter()
        .filter(|o| o.state == OpeningState::Asked || o.is_open(scene.minute(minute)));
    assert!(!closed || rests.count() == 0, "something outlived its ticket");
}

/// What must hold after every act.
async fn holds(scene: &Scene, people: &[Who], minute: i64) {
    let now = scene.minute(minute);
    let all = scene.board.openings_of_report("taihe", scene.report).await.unwrap();
    for who in people {
        let shown = scene.shows(who, now).await;
        for part in PARTS {
            let open = all
                .iter()
                .any(|o| o.asked_account == who.account && o.is_open(now) && o.parts.iter().any(|p| p == part));
            assert_eq!(has(&shown, part), open, "{part} for {who:?}");
        }
        let after = scene.shows(who, now + TimeDelta::hours(72)).await;
        assert!(PARTS.iter().all(|part| !has(&after, part)), "everything ends by itself");
    }
    for (what, illegal) in [
        (
            "somebody else decided or reviewed",
            "SELECT count(*) FROM openings WHERE same_person(coalesce(decided_account, 0), asked_account)
                OR same_person(coalesce(reviewed_account, 0), asked_account)",
        ),
        (
            "each act is in the trail with its account",
            "SELECT abs((SELECT count(*) + count(decided_at) + count(ended_at) + count(reviewed_at) FROM openings)
                        - (SELECT count(*) FROM events WHERE kind LIKE 'opening-%' AND account_id IS NOT NULL))",
        ),
        (
            "what waits too long was told",
            "SELECT count(*) FROM openings WHERE told_at IS NULL AND state = 'asked' AND due_at <= (SELECT max(at) FROM events)
                OR next_at <= (SELECT max(at) FROM events)",
        ),
        (
            "nobody is told of what is decided",
            "SELECT count(*) FROM openings WHERE next_at IS NOT NULL AND state <> 'asked' AND (review_due_at IS NULL OR review IS NOT NULL)",
        ),
    ] {
        let count: i64 = sqlx::query_scalar(illegal)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
        assert_eq!(count, 0, "{what}");
    }
}
