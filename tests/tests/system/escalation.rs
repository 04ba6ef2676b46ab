//! Time travel: an unsigned P1 climbs every level, mails included, exactly once each; after an outage levels keep their
//! distance.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::Value;
use tests::{
    Filed, Options, Sample, Servers, Shown, System, eventually,
    shown::{Stage, Ticket},
};

/// No router process: its clock runs in real time, and these tests drive it by hand. The report is routed first.
async fn routed_system() -> (System, Filed, Shown) {
    let mut system = System::start_on(&Servers::shared(), Options::default()).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    let shown = system.routed(&filed).await;
    system.quiet(Duration::from_secs(20)).await;
    system.router.stop().await;
    (system, filed, shown)
}

fn police(shown: &Shown) -> &Ticket {
    shown.ticket("police-accept")
}

fn sign(shown: &Shown) -> &Stage {
    police(shown).stage("sign")
}

fn started(stage: &Stage) -> DateTime<FixedOffset> {
    stage.started_at.expect("a stage that has started")
}

async fn tick(system: &System, at: DateTime<FixedOffset>) -> Value {
    let out = system.router_cli(&["tick", "--at", &at.to_rfc3339()]).await;
    assert_eq!(out.code, 0, "{}", out.stderr);
    serde_json::from_str(&out.stdout).expect("JSON")
}

/// Level, whether it was sent, whether the system was late.
fn levels(stage: &Stage) -> Vec<(i64, bool, bool)> {
    let steps = stage.steps.iter();
    steps.map(|s| (s.level, s.sent_at.is_some(), s.system_late)).collect()
}

#[tokio::test]
async fn an_unsigned_p1_climbs_every_level_exactly_once() {
    let (system, filed, shown) = routed_system().await;
    let stage = sign(&shown);
    let start = started(stage);
    assert_eq!(
        stage.due.unwrap() - start,
        TimeDelta::minutes(30),
        "P1 police: 30 minutes"
    );
    let before = system.mail.count();
    // 30 minutes: half of it, all of it, a quarter but at least 30 minutes more, half but at least 60 minutes more.
    for (level, minutes) in [(1, 15), (2, 30), (3, 60), (4, 90)] {
        let at = start + TimeDelta::minutes(minutes);
        tick(&system, at - TimeDelta::seconds(1)).await;
        assert_eq!(
            levels(sign(&system.show(&filed.receipt).await)).len(),
            level - 1,
            "not before its time"
        );
        tick(&system, at).await;
        tick(&system, at).await; // and again: nothing more
        let shown = system.show(&filed.receipt).await;
        let steps = levels(sign(&shown));
        assert_eq!(
            steps.last(),
            Some(&(i64::try_from(level).unwrap(), true, false)),
            "level {level} sent, in time"
        );
        assert_eq!(steps.len(), level);
        assert_eq!(sign(&shown).steps[level - 1].crossed_at, at);
    }
    system.quiet(Duration::from_secs(20)).await;
    let shown = system.show(&filed.receipt).await;
    let ticket = police(&shown);
    let mut to = BTreeMap::new();
    for notice in ticket.notices.iter().filter(|n| n.stage.as_deref() == Some("sign")) {
        assert_eq!(notice.state, "sent");
        to.insert(notice.level.unwrap(), (notice.kind.clone(), notice.unit.clone()));
    }
    let want = [
        (1, "remind", "pol-341222101"),
        (2, "urge", "pol-341222101"),
        (3, "supervise", "office"),
        (4, "supervise-letter", "lg"),
    ];
    assert_eq!(
        to,
        want.map(|(level, kind, unit)| (level, (kind.into(), unit.into())))
            .into()
    );
    // Every notice of every stage left exactly once, under an id of its own.
    let sent = system
        .count("SELECT count(*) FROM notices WHERE kind <> 'dispatch' AND state = 'sent'")
        .await;
    eventually("all mails", Duration::from_secs(5), async || {
        (system.mail.count() >= before + usize::try_from(sent).unwrap()).then_some(())
    })
    .await;
    let mut ids: Vec<_> = system
        .mail
        .mails()
        .iter()
        .map(|m| m.header("message-id").unwrap())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (before + usize::try_from(sent).unwrap(), all));
}

#[tokio::test]
async fn court_and_procuratorate_get_letters() {
    let (system, filed, shown) = routed_system().await;
    let stage = &shown.ticket_of("proc").stages[0];
    let (start, due) = (started(stage), stage.due.unwrap());
    for at in [
        start + (due - start) / 2,
        due,
        due + TimeDelta::minutes(30),
        due + TimeDelta::minutes(60),
    ] {
        tick(&system, at).await;
    }
    let shown = system.show(&filed.receipt).await;
    let steps = shown.ticket_of("proc").stages[0].steps.iter();
    let steps: Vec<_> = steps.map(|s| (s.action.as_str(), s.to.as_str())).collect();
    let want = [
        ("remind", "proc"),
        ("urge", "proc"),
        ("advisory-letter", "proc"),
        ("advisory-letter", "proc"),
    ];
    assert_eq!(steps, want);
}

#[tokio::test]
async fn after_an_outage_the_levels_keep_their_distance() {
    let (system, filed, shown) = routed_system().await;
    let start = started(sign(&shown));
    let back = start + TimeDelta::hours(10);
    tick(&system, back).await;
    let stage = sign(&system.show(&filed.receipt).await).clone();
    assert_eq!(
        levels(&stage),
        [(1, true, true), (2, false, false), (3, false, false), (4, false, false)]
    );
    let crossed = stage.steps.iter().map(|s| (s.crossed_at - start).num_minutes());
    let crossed: Vec<_> = crossed.collect();
    assert_eq!(crossed, [15, 30, 60, 90], "at their true times");
    // Level 2 lies 15 minutes after level 1 in the plan, level 3 half an hour after that.
    tick(&system, back + TimeDelta::minutes(14)).await;
    assert!(!levels(sign(&system.show(&filed.receipt).await))[1].1);
    tick(&system, back + TimeDelta::minutes(15)).await;
    assert_eq!(levels(sign(&system.show(&filed.receipt).await))[1], (2, true, true));
    tick(&system, back + TimeDelta::minutes(44)).await;
    assert!(!levels(sign(&system.show(&filed.receipt).await))[2].1);
    tick(&system, back + TimeDelta::minutes(45)).await;
    assert_eq!(levels(sign(&system.show(&filed.receipt).await))[2], (3, true, true));
}

#[tokio::test]
async fn several_clocks_share_the_work() {
    let (system, _filed, shown) = routed_system().await;
    let at = (started(sign(&shown)) + TimeDelta::days(40)).to_rfc3339();
    let words = ["tick", "--at", at.as_str()];
    let turned = futures::future::join_all((0..6).map(|_| system.router_cli(&words))).await;
    let sent: i64 = turned
        .iter()
        .map(|out| {
            serde_json::from_str::<Value>(&out.stdout).expect(&out.stderr)["sent"]
                .as_i64()
                .unwrap()
        })
        .sum();
    assert_eq!(
        sent,
        system
            .count("SELECT count(*) FROM escalation_steps WHERE sent_at IS NOT NULL")
            .await
    );
    assert_eq!(
        sent,
        system
            .count("SELECT count(*) FROM notice_tickets WHERE due_generation IS NOT NULL")
            .await,
        "each crossing is told by one notice"
    );
    assert_eq!(
        sent,
        system
            .count("SELECT count(*) FROM stages WHERE due_at IS NOT NULL")
            .await,
        "level 1 of each stage, once"
    );
}

#[tokio::test]
async fn the_running_clock_wakes_by_itself() {
    let system = System::start().await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    // Moves one plan into the past, as a step that is due now; the router sleeps for at most ten seconds.
    sqlx::query(
        "UPDATE stages s SET next_at = now() - interval '1 second',
                plan = jsonb_set(plan, '{0,at}', to_jsonb(now() - interval '1 second'))
         FROM tickets t WHERE t.id = s.ticket_id AND t.report_id = $1 AND t.obligation = 'police-accept' AND s.stage = 'sign'",
    )
    .bind(filed.id())
    .execute(&system.db)
    .await
    .expect("a moved step");
    eventually("the reminder", Duration::from_secs(20), async || {
        let shown = system.show(&filed.receipt).await;
        (levels(sign(&shown)) == [(1, true, false)]).then_some(())
    })
    .await;
}
