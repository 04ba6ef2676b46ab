//! Units that leave the pack with open tickets, are renamed, or have contacts that somebody confirmed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use casework::county::PackFiles;
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountActKind, AccountId, Desk, PackDone, PackError, PackLoaded, People, ReportId, Successors, TicketId},
};
use serde_json::Value;
use tests::{Fixture, NewPerson, Sample, person, root};

const OLD: &str = "pol-341222101";
const NEW: &str = "pol-341222102";

fn files() -> PackFiles {
    platform::pack::dir::read(&root().join("counties/taihe")).unwrap()
}

/// The pack without this unit.
fn without(code: &str) -> PackFiles {
    let mut files = files();
    let units = files.get_mut("units.csv").unwrap();
    *units = units
        .lines()
        .filter(|line| !line.starts_with(&format!("{code},")))
        .collect::<Vec<_>>()
        .join("\n")
        + "\n";
    files
}

async fn load(fixture: &Fixture, files: &PackFiles, successors: &[(&str, &str)]) -> Result<PackDone, PackError> {
    let pack = Pack::read(files).unwrap();
    let successors: Successors = successors
        .iter()
        .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
        .collect();
    fixture
        .store
        .pack_load_with(&pack, files, &successors, clock::now())
        .await
}

/// Unit, state and due times of a report's tickets by id.
async fn tickets(fixture: &Fixture, report: ReportId) -> BTreeMap<TicketId, (String, String, Option<DateTime<Utc>>)> {
    let rows: Vec<(TicketId, String, String, Option<DateTime<Utc>>)> = sqlx::query_as(
        "SELECT t.id, t.unit, t.state, (SELECT max(s.due_at) FROM stages s WHERE s.ticket_id = t.id) FROM tickets t WHERE report_id = $1",
    )
    .bind(report)
    .fetch_all(fixture.store.pool())
    .await
    .unwrap();
    rows.into_iter()
        .map(|(id, unit, state, due)| (id, (unit, state, due)))
        .collect()
}

async fn account(fixture: &Fixture, login: &str, unit: &str) -> AccountId {
    let new = NewPerson {
        login,
        name: "王伟",
        phone: None,
        unit,
        role: "member",
        since: clock::now(),
    };
    person(fixture.store.pool(), new).await
}

#[tokio::test]
async fn a_unit_with_open_tickets_leaves_only_with_a_successor() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    let before = tickets(&fixture, report.id).await;
    let old: Vec<TicketId> = before.iter().filter(|(_, t)| t.0 == OLD).map(|(id, _)| *id).collect();
    assert!(!old.is_empty());
    let officer = account(&fixture, "wang.wei", OLD).await;
    sqlx::query(
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = '王伟', assignee = $2, assignee_name = '王伟' WHERE id = $1",
    )
    .bind(old[0])
    .bind(officer)
    .execute(fixture.store.pool())
    .await
    .unwrap();

    let smaller = without(OLD);
    match load(&fixture, &smaller, &[]).await {
        Err(PackError::Stranded(units)) => {
            assert_eq!((units.len(), units[0].code.as_str()), (1, OLD));
            assert_eq!(units[0].tickets, i64::try_from(old.len()).unwrap());
        }
        other => panic!("{other:?}"),
    }
    for (successors, why) in [
        (vec![(OLD, "no-such-unit")], "a successor must be a unit"),
        (vec![(NEW, "pol")], "a unit that stays needs none"),
        (vec![(OLD, OLD)], "nobody succeeds themselves"),
    ] {
        assert!(load(&fixture, &smaller, &successors).await.is_err(), "{why}");
    }
    let version: i64 = sqlx::query_scalar("SELECT count(*) FROM packs")
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(version, 1, "nothing was changed");
    assert_eq!(tickets(&fixture, report.id).await.len(), before.len());

    let done = load(&fixture, &smaller, &[(OLD, NEW)]).await.unwrap();
    assert_eq!(
        done.loaded,
        PackLoaded::Loaded {
            version: 2,
            draft_rules: None
        }
    );
    assert_eq!((done.moved.len(), done.moved[0].people), (1, 1));
    let after = tickets(&fixture, report.id).await;
    for id in &old {
        assert_eq!(after[id].0, NEW);
        assert_eq!(after[id].2, before[id].2, "the clocks are the same");
    }
    let events: Vec<(String, Value)> = sqlx::query_as("SELECT kind, detail FROM events WHERE ticket_id = $1")
        .bind(old[0])
        .fetch_all(fixture.store.pool())
        .await
        .unwrap();
    let moved = events
        .iter()
        .find(|(kind, _)| kind == "unit-moved")
        .expect("an event says so");
    assert_eq!((&moved.1["from"], &moved.1["to"]), (&OLD.into(), &NEW.into()));
    let told: Vec<String> = sqlx::query_scalar("SELECT unit FROM notices WHERE ticket_id = $1 AND state = 'queued'")
        .bind(old[0])
        .fetch_all(fixture.store.pool())
        .await
        .unwrap();
    assert!(
        told.len() >= 2 && told.iter().all(|unit| unit == NEW),
        "the successor is told: {told:?}"
    );

    // The successor's desk sees the ticket, the old one's people see nothing, and the dead assignee is marked.
    let desk = fixture.store_as::<Desk>();
    let ticket = desk
        .desk_ticket(&platform::store::DeskScope::new([NEW]), old[0])
        .await
        .unwrap()
        .unwrap();
    assert!(ticket.assignee_gone);
    assert!(
        desk.desk_ticket(&platform::store::DeskScope::new([OLD]), old[0])
            .await
            .unwrap()
            .is_none()
    );

    // The same again is harmless, and a ticket that came late finds the successor that was named.
    sqlx::query("UPDATE tickets SET unit = $2 WHERE id = $1")
        .bind(old[0])
        .bind(OLD)
        .execute(fixture.store.pool())
        .await
        .unwrap();
    let again = load(&fixture, &smaller, &[]).await.unwrap();
    assert_eq!(
        (again.loaded, again.moved.len()),
        (PackLoaded::Unchanged { version: 2 }, 1)
    );
}

#[tokio::test]
async fn a_successor_that_holds_the_same_obligation_holds_both_tickets() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE unit = $1 LIMIT 1")
        .bind(OLD)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, basis, rule_set, dispatched_at, state)
         SELECT county, case_id, report_id, obligation, $2, unit_kind, false, urgency, basis, rule_set, dispatched_at, 'dispatched' FROM tickets WHERE id = $1",
    )
    .bind(id)
    .bind(NEW)
    .execute(fixture.store.pool())
    .await
    .unwrap();
    load(&fixture, &without(OLD), &[(OLD, NEW)]).await.unwrap();
    let beside: Option<i64> = sqlx::query_scalar("SELECT beside FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert!(beside.is_some());
    let open: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE report_id = $1 AND unit = $2")
        .bind(report.id)
        .bind(OLD)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(open, 0);
}

#[tokio::test]
async fn a_renamed_unit_keeps_its_code_and_its_tickets() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    let mut files = files();
    let units = files.get_mut("units.csv").unwrap();
    *units = units.replace("太和县公安局旧县派出所", "太和县公安局旧县中心派出所");
    let done = load(&fixture, &files, &[]).await.unwrap();
    assert!(done.moved.is_empty());
    let name: String = sqlx::query_scalar("SELECT name FROM units WHERE code = $1")
        .bind(OLD)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(name, "太和县公安局旧县中心派出所");
    assert!(
        tickets(&fixture, report.id)
            .await
            .values()
            .any(|ticket| ticket.0 == OLD)
    );
}

#[tokio::test]
async fn a_confirmed_mailbox_survives_later_packs_and_a_pack_that_differs_says_so() {
    let fixture = Fixture::new().await;
    let by = account(&fixture, "admin1", "office").await;
    let people = fixture.store_as::<People>();
    let act = platform::store::NewAct {
        county: "taihe",
        at: clock::now(),
        actor: Some(by),
        actor_name: "王伟",
        act: AccountActKind::Contacts,
        account: None,
        unit: Some("ca"),
        role: None,
        detail: platform::store::Detail::default(),
    };
    let phone = Some("0558-8612345转8012");
    assert!(
        people
            .unit_confirm("ca", "minzheng@ah.example", phone, by, &act)
            .await
            .unwrap()
    );
    assert!(
        !people
            .unit_confirm("no-such", "a@b.example", None, by, &act)
            .await
            .unwrap()
    );
    let mut files = files();
    let units = files.get_mut("units.csv").unwrap();
    *units = units
        .replace("ca@taihe.example", "ca2@taihe.example")
        .replace("edu@taihe.example", "edu2@taihe.example");
    let done = load(&fixture, &files, &[]).await.unwrap();
    assert_eq!(done.kept.len(), 1);
    assert_eq!(
        (done.kept[0].code.as_str(), done.kept[0].pack.as_str()),
        ("ca", "ca2@taihe.example")
    );
    assert!(done.examples > 300);
    let rows = people.units_contacts("taihe", &["ca", "edu"]).await.unwrap();
    assert_eq!(
        (rows[0].mailbox.as_str(), rows[0].duty_phone.as_deref()),
        ("minzheng@ah.example", phone)
    );
    assert!(rows[0].confirmed_at.is_some());
    assert_eq!(rows[1].mailbox, "edu2@taihe.example", "an example follows the pack");
    assert!(rows[1].confirmed_at.is_none());
}

#[tokio::test]
async fn a_unit_that_a_transfer_waits_for_does_not_leave_before_the_office_has_decided() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    // A unit without a ticket of its own: nothing but the transfer names it.
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE unit = $1")
        .bind(NEW)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(held, 0);
    sqlx::query(
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = '王伟' WHERE unit = $1 AND obligation = 'police-accept'",
    )
    .bind(OLD)
    .execute(fixture.store.pool())
    .await
    .unwrap();
    sqlx::query(
        "UPDATE tickets SET state = 'close-requested', transfer_to = $2, close_outcome = 'transferred', close_requested_at = dispatched_at,
                close_requested_by = '王伟', close_by = 'office' WHERE unit = $1 AND obligation = 'police-accept'",
    )
    .bind(OLD)
    .bind(NEW)
    .execute(fixture.store.pool())
    .await
    .unwrap();
    match load(&fixture, &without(NEW), &[]).await {
        Err(PackError::Successor(why)) => assert!(why.contains(NEW) && why.contains("the office decides"), "{why}"),
        other => panic!("{other:?}"),
    }
    // With a successor it is no better: who approves read the name of the first.
    assert!(load(&fixture, &without(NEW), &[(NEW, OLD)]).await.is_err());
    let retired: bool = sqlx::query_scalar("SELECT retired_at IS NOT NULL FROM units WHERE code = $1")
        .bind(NEW)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert!(!retired, "nothing was changed");
    sqlx::query(
        "UPDATE tickets SET state = 'in-progress', transfer_to = NULL, close_outcome = NULL, close_requested_at = NULL,
                close_requested_by = NULL, close_by = NULL WHERE transfer_to IS NOT NULL",
    )
    .execute(fixture.store.pool())
    .await
    .unwrap();
    assert!(
        load(&fixture, &without(NEW), &[]).await.is_ok(),
        "decided, it may leave"
    );
}
