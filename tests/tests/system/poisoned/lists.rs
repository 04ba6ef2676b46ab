//! One row that can't be read in a list: it is shown as one, and hides no other.

use chrono::TimeDelta;
use platform::{
    clock,
    store::{Board, Desk, DeskScope, Find, Listed, People, TicketId, Unread},
};
use serde::Deserialize;
use tests::{Api, Fixture, Left, NewPerson, Sample, System, officers::Accounts, person};

#[tokio::test]
async fn a_ticket_that_cannot_be_read_hides_no_other_of_its_list() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    let (poisoned, unit): (TicketId, String) = sqlx::query_as(
        "UPDATE tickets SET next_stage = 'moon' WHERE id = (SELECT min(id) FROM tickets) RETURNING id, unit",
    )
    .fetch_one(&fixture.db)
    .await
    .unwrap();
    let desk = fixture.store_as::<Desk>();
    let (lines, open) = desk
        .desk_queue(&DeskScope::new([unit.as_str()]), "taihe", 0, 50)
        .await
        .unwrap();
    assert!(
        matches!(unread(&lines)[..], [Unread::Ticket { ticket, .. }] if ticket == poisoned),
        "it stands in the list as what can't be read"
    );
    assert_eq!(lines.len() as i64, open, "and the others beside it");
    assert!(open >= 3 && lines.iter().filter_map(Listed::read).all(|line| line.id != poisoned));
    assert!(
        Listed::whole(lines).is_err(),
        "a program gets all of a list or an error"
    );
}

/// Which rows of a list can't be read.
fn unread<T>(rows: &[Listed<T>]) -> Vec<Unread> {
    let one = |row: &Listed<T>| match row {
        Listed::Read(_) => None,
        Listed::Unread(row) => Some(*row),
    };
    rows.iter().filter_map(one).collect()
}

#[tokio::test]
async fn a_row_that_cannot_be_read_hides_no_other_of_the_office_s_lists() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    let board = fixture.store_as::<Board>();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    // Words of a newer version: its migration allows them, and this version's program does not know them.
    let run = async |sql: &'static str| {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    };
    run("ALTER TABLE tickets DROP CONSTRAINT tickets_urgency_check, DISABLE TRIGGER USER").await;
    run("ALTER TABLE tickets DROP CONSTRAINT tickets_closing, DROP CONSTRAINT tickets_signed, DROP CONSTRAINT tickets_resolved").await;

    run("UPDATE tickets SET obligation = 'triage' WHERE lead").await;
    run("UPDATE tickets SET urgency = 'P9' WHERE id = (SELECT min(id) FROM tickets WHERE obligation = 'triage')").await;
    let triage = board.triage_list("taihe", 0, 50).await.unwrap();
    assert_eq!((triage.len(), unread(&triage).len()), (3, 1), "triage");
    let shown = board.board_now("taihe", now).await.unwrap();
    assert_eq!(unread(&shown.triage), unread(&triage), "and the board's");

    run("ALTER TABLE notices DROP CONSTRAINT notices_urgency_check").await;
    run("UPDATE notices SET state = 'failed', finished_at = created_at").await;
    run("UPDATE notices SET urgency = 'P9' WHERE id = (SELECT min(id::text)::uuid FROM notices)").await;
    let failed = board.board_failed("taihe", 0, 50).await.unwrap();
    assert!(
        failed.len() > 1 && unread(&failed).len() == 1,
        "failed notices: {failed:?}"
    );

    run("UPDATE tickets SET state = 'close-requested', close_outcome = 'no-harm-found', close_requested_at = now(), close_by = 'office'
         WHERE obligation = 'triage'").await;
    run("UPDATE stages SET stage = 'confirm' WHERE stage = 'resolve'").await;
    let closings = board.closings_waiting("taihe", now).await.unwrap();
    assert_eq!((closings.len(), unread(&closings)), (3, unread(&triage)), "closings");

    assert!(
        Listed::whole(failed).is_err(),
        "a program gets all of a list or an error"
    );
}

/// Requests for a role that stand in the table, of which the first asks for a role of a newer version.
const ASKED: &str = "ALTER TABLE grant_requests DROP CONSTRAINT grant_requests_role_check;
    INSERT INTO grant_requests (county, account_id, unit, role, asked_at, asked_by, expires_at)
    SELECT a.county, a.id, 'office', r.role, now(), b.id, now() + interval '7 days'
    FROM (VALUES (1, 'seer'), (2, 'office'), (3, 'oversight')) r (place, role), accounts a, accounts b
    WHERE a.login = 'li' AND b.login = 'zhou' ORDER BY r.place";

#[tokio::test]
async fn a_role_that_was_asked_and_cannot_be_read_hides_no_other() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for login in ["zhou", "li"] {
        let new = NewPerson {
            login,
            name: login,
            phone: None,
            unit: "office",
            role: "office",
            since: now,
        };
        person(&fixture.db, new).await;
    }
    sqlx::raw_sql(ASKED).execute(&fixture.db).await.unwrap();
    let asked = fixture.store_as::<People>().grants_asked("taihe", now).await.unwrap();
    assert_eq!(asked.len(), 3);
    assert!(matches!(unread(&asked)[..], [Unread::Request(_)]), "{asked:?}");
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_hides_no_other_from_the_leading_group() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now).await;
    }
    for sql in [
        "ALTER TABLE tickets DROP CONSTRAINT tickets_urgency_check",
        "UPDATE stages SET next_step = 4",
        "INSERT INTO escalation_steps (stage_id, due_generation, level, recipient, action, crossed_at, sent_at)
         SELECT id, due_generation, 4, 'lg', 'supervise-letter', now(), now() FROM stages",
        "UPDATE tickets SET urgency = 'P9' WHERE id = (SELECT min(id) FROM tickets)",
    ] {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    }
    let poisoned = fixture.count("SELECT min(id) FROM tickets").await;
    let shown = fixture
        .store_as::<Board>()
        .leading_now("taihe", "office")
        .await
        .unwrap();
    let (read, unread) = Listed::sorted(shown.overdue);
    assert!(read.len() > 3 && read.iter().all(|line| line.ticket_id.0 != poisoned));
    assert!(!unread.is_empty() && unread.iter().all(|row| *row == Unread::Numbered(TicketId(poisoned))));
}

#[tokio::test]
async fn a_lost_mail_that_cannot_be_read_hides_no_other_of_its_ticket() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, now).await;
    let (ticket, unit): (TicketId, String) =
        sqlx::query_as("SELECT id, unit FROM tickets WHERE lead ORDER BY id LIMIT 1")
            .fetch_one(&fixture.db)
            .await
            .unwrap();
    // A second mail about it, and the first of the two has lost its time.
    for sql in [
        "ALTER TABLE notices DROP CONSTRAINT notices_finished",
        "UPDATE notices SET state = 'failed', finished_at = created_at",
        "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, system_late, created_at, state)
         SELECT gen_random_uuid(), 'odd:' || t.id, t.county, 'dispatch', t.id, t.unit, 'P1', false, false, t.dispatched_at, 'failed'
         FROM tickets t WHERE t.lead",
    ] {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    }
    let desk = fixture.store_as::<Desk>();
    let scope = DeskScope::new([unit.as_str()]);
    let lost = desk.desk_failed_notices(&scope, ticket).await.unwrap();
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(matches!(unread(&lost)[..], [Unread::Notice(_)]), "{lost:?}");
}

/// What the board says to programs, as far as this test looks at it.
#[derive(Deserialize)]
struct BoardRead {
    triage: Vec<serde::de::IgnoredAny>,
    failed: Vec<serde::de::IgnoredAny>,
    unread: Vec<UnreadRow>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct UnreadRow {
    list: String,
    number: String,
}

#[tokio::test]
async fn programs_are_told_the_board_and_which_rows_of_it_cannot_be_read() {
    let mut system = System::start().await;
    // What can't be read is logged as such.
    system.leaves(&[Left::Errors, Left::Undelivered]);
    let accounts = Accounts::make(&system).await;
    let first = system.file(Sample::OrphanNew.body()).await;
    let second = system.file(Sample::BruisesAtSchool.body()).await;
    for filed in [&first, &second] {
        system.routed(filed).await;
    }
    system.router.stop().await;
    system.notifier.stop().await;
    for sql in [
        "ALTER TABLE tickets DROP CONSTRAINT tickets_urgency_check, DISABLE TRIGGER USER",
        "ALTER TABLE notices DROP CONSTRAINT notices_urgency_check",
        "UPDATE tickets SET obligation = 'triage' WHERE lead",
        "UPDATE notices SET state = 'failed', finished_at = created_at",
        "UPDATE notices SET urgency = 'P9' WHERE id = (SELECT min(id::text)::uuid FROM notices)",
    ] {
        sqlx::raw_sql(sql).execute(&system.db).await.unwrap();
    }
    sqlx::query("UPDATE tickets SET urgency = 'P9' WHERE lead AND report_id = $1")
        .bind(first.id())
        .execute(&system.db)
        .await
        .unwrap();
    let notices = system.count("SELECT count(*) FROM notices").await;
    let notice: String = sqlx::query_scalar("SELECT id::text FROM notices WHERE urgency = 'P9'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let office = Api::of(&system, &accounts, "office").await;
    let board: BoardRead = office.get("/board/now").await;
    assert_eq!((board.triage.len(), board.failed.len() as i64), (1, notices - 1));
    let row = |list: &str, number: &str| UnreadRow {
        list: list.to_owned(),
        number: number.to_owned(),
    };
    assert_eq!(board.unread, [row("triage", &first.receipt), row("failed", &notice)]);
}

#[tokio::test]
async fn a_report_that_cannot_be_read_hides_no_other_call_back() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for _ in 0..3 {
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now - TimeDelta::days(9)).await;
    }
    for sql in [
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = 'x'",
        "UPDATE tickets SET state = 'resolved', resolved_at = dispatched_at + interval '1 day', resolved_by = 'x'",
        "ALTER TABLE tickets DROP CONSTRAINT tickets_urgency_check",
        "UPDATE tickets SET urgency = 'P9' WHERE report_id = (SELECT min(report_id) FROM tickets)",
    ] {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    }
    let board = fixture.store_as::<Board>();
    let calls = board.callbacks_due("taihe", now).await.unwrap();
    assert_eq!((calls.len(), unread(&calls).len()), (3, 1));
    assert!(matches!(unread(&calls)[..], [Unread::Report(_)]));
}

#[tokio::test]
async fn a_role_of_a_newer_version_gives_nothing_and_hides_nobody() {
    let fixture = Fixture::new().await;
    let now = clock::now();
    for login in ["zhou", "li"] {
        let new = NewPerson {
            login,
            name: "周正",
            phone: None,
            unit: "office",
            role: "office",
            since: now,
        };
        person(&fixture.db, new).await;
    }
    for sql in [
        "ALTER TABLE memberships DROP CONSTRAINT memberships_role_check",
        "INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, county, 'office', 'seer', created_at FROM accounts WHERE login = 'li'",
        "ALTER TABLE account_acts DROP CONSTRAINT IF EXISTS account_acts_role_check",
        "INSERT INTO account_acts (county, at, actor_name, act, account_id, unit, role, detail)
         SELECT county, created_at, 'x', n.act, id, 'office', n.role, '[\"odd\"]' FROM accounts,
             (VALUES ('granted', 'seer'), ('dreamt', 'office')) n (act, role) WHERE login = 'li'",
    ] {
        sqlx::raw_sql(sql).execute(&fixture.db).await.unwrap();
    }
    let people = fixture.store_as::<People>();
    let all = people
        .accounts_list("taihe", Find::Words(vec!["周正".to_owned()]))
        .await
        .unwrap();
    let held = |login: &str| {
        let person = all.iter().find(|person| person.account.login == login).unwrap();
        let strange = person.strange.iter().map(|strange| strange.word.as_str());
        (person.memberships.len(), strange.collect::<Vec<_>>())
    };
    assert_eq!(held("zhou"), (1, vec![]));
    assert_eq!(held("li"), (1, vec!["seer"]), "as what it is");
    let li = all.iter().find(|person| person.account.login == "li").unwrap();
    let acts = people.account_acts("taihe", li.account.id).await.unwrap();
    let said: Vec<_> = acts
        .iter()
        .map(|act| (act.act.to_string(), act.role.as_ref().unwrap().to_string()))
        .collect();
    let pair = |act: &str, role: &str| (act.to_owned(), role.to_owned());
    assert_eq!(said, [pair("dreamt", "office"), pair("granted", "seer")]);
}
