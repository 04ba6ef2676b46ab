//! Random acts of random people on one report, against the real SQL: the state machine and the rows agree, nothing illegal is
//! stored, the ledger balances, and whatever is open has a next step or an ended plan.

use casework::county::Matter;
use casework::ticket::{TicketAct, TicketState};
use casework::words::reserved::{NOT_APPLICABLE, NOT_FILED, TRANSFERRED};
use chrono::TimeDelta;
use platform::store::{ActDone, Board, Router, TicketDeed, TicketId};
use proptest::{
    collection::vec,
    test_runner::{Config, TestRunner},
};
use tests::Sample;

use super::scene::{OTHER, Scene, UNIT};
use crate::{sheet::naive, walk::holds::nothing_illegal};

/// Reports of one run; each takes some seconds, because every act is a transaction.
const REPORTS: u32 = 6;

/// Which act, by whom, at which of the chain's tickets, how many minutes later.
type Step = (u8, u8, u8, u16);

#[tokio::test(flavor = "multi_thread")]
async fn random_acts_leave_nothing_illegal() {
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config {
            cases: REPORTS,
            // Kept in `proptest-regressions`, which is committed.
            source_file: Some(file!()),
            max_shrink_iters: 0,
            ..Config::default()
        });
        let steps = vec((0..12_u8, 0..6_u8, 0..3_u8, 0..400_u16), 25..60);
        let handle = tokio::runtime::Handle::current();
        runner
            .run(&steps, |steps| {
                handle.block_on(play(&steps));
                Ok(())
            })
            .unwrap();
    });
}

async fn play(steps: &[Step]) {
    let scene = Scene::new(Sample::BruisesAtSchool).await;
    let people = [
        (scene.person("wangwei1", "王伟", UNIT, "member").await, UNIT),
        (scene.person("wangwei2", "王伟", UNIT, "member").await, UNIT),
        (scene.person("leader", "李所", UNIT, "leader").await, UNIT),
        (scene.person("there1", "王伟", OTHER, "member").await, OTHER),
        (scene.person("there2", "赵敏", OTHER, "leader").await, OTHER),
    ];
    let office = scene.person("office", "王伟", "office", "office").await;
    let router = scene.fixture.store_as::<Router>();
    let mut minute = 1;
    for (act, who, which, later) in steps {
        minute += i64::from(*later);
        let chain: Vec<(TicketId, String, String)> = sqlx::query_as(
            "SELECT id, state, unit FROM tickets WHERE report_id = $1 AND (id = $2 OR predecessor IS NOT NULL) ORDER BY id",
        )
        .bind(scene.report)
        .bind(scene.ticket)
        .fetch_all(scene.fixture.store.pool())
        .await
        .unwrap();
        let (id, state, unit) = &chain[usize::from(*which) % chain.len()];
        let to = if unit == UNIT { OTHER } else { UNIT };
        let wait = |matter, office, to| Some(scene.wait(matter, office, to, minute));
        let seen_at = scene.at + TimeDelta::minutes(minute - 90);
        let (deed, machine) = match act {
            0 | 1 => (TicketDeed::Sign, TicketAct::Sign),
            2 => (TicketDeed::Contact { seen_at }, TicketAct::Contact),
            3 => (TicketDeed::Evidence, TicketAct::Evidence),
            4 => (scene.closing("not-found", None), TicketAct::Close),
            5 => (
                scene.closing("no-harm-found", wait(Matter::Confirm, false, None)),
                TicketAct::RequestClose,
            ),
            6 => (
                scene.closing(TRANSFERRED, wait(Matter::Approve, true, Some(to))),
                TicketAct::RequestClose,
            ),
            7 => (
                scene.closing(NOT_FILED, wait(Matter::Confirm, false, None)),
                TicketAct::RequestClose,
            ),
            8 => (TicketDeed::Confirm(None), TicketAct::Confirm),
            9 => (TicketDeed::Refuse, TicketAct::Refuse),
            10 => (
                scene.closing(NOT_APPLICABLE, wait(Matter::Confirm, true, None)),
                TicketAct::RequestClose,
            ),
            _ => (TicketDeed::TakeBack, TicketAct::TakeBack),
        };
        let before = TicketState::from_word(state).unwrap();
        let waits_as: Option<String> = sqlx::query_scalar("SELECT close_outcome FROM tickets WHERE id = $1")
            .bind(id)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
        let transfer = waits_as.as_deref() == Some(TRANSFERRED);
        let (done, machine) = if usize::from(*who) == people.len() {
            match deed {
                TicketDeed::Confirm(_) if transfer => (
                    scene.decide(&office, *id, &scene.successor(to, minute), minute).await,
                    TicketAct::Approve,
                ),
                TicketDeed::Confirm(_) | TicketDeed::Refuse => {
                    (scene.decide(&office, *id, &deed, minute).await, machine)
                }
                _ => continue,
            }
        } else {
            let (person, place) = &people[usize::from(*who)];
            let done = scene.act(person, place, *id, &deed, minute).await;
            if unit != place {
                assert_eq!(done, ActDone::NotFound, "another unit's ticket does not exist");
                continue;
            }
            (done, machine)
        };
        let wrong_way = machine == TicketAct::Confirm && transfer;
        match (before.after(machine), &done) {
            (Ok(after), ActDone::Done) => {
                assert_eq!(scene.row(*id).await["state"], after.as_str(), "{before} {machine}");
            }
            (Ok(_), ActDone::Denied(_)) => assert_eq!(scene.row(*id).await["state"], before.as_str()),
            (Ok(_), ActDone::NotAllowed { .. }) if wrong_way => {}
            (Err(_), ActDone::NotAllowed { state }) => assert_eq!(*state, before),
            other => panic!("{before} {machine}: {other:?}"),
        }
        let now = scene.at + TimeDelta::minutes(minute);
        while router.clock_turn(now).await.unwrap().stages > 0 {}
        nothing_illegal(
            scene.fixture.store.pool(),
            (scene.report, now),
            &format!("{before} {machine}"),
        )
        .await;
    }
    scene.ledger().await;
    let now = scene.at + TimeDelta::minutes(minute);
    naive::holds(&scene.fixture.store_as::<Board>(), &scene.fixture.db, now).await;
}
