//! Without processes, because these tests move through days.

use casework::callback::CallResult;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{
        AccountId, Board, By, CallbackDecision, CallbackNew, CallbackRecorded, Decided, FollowUpAsked, ReportId,
        Router, Store, TicketId,
    },
};
use sqlx::PgPool;
use tests::{Sample, fixture::Fixture};

struct Office {
    fixture: Fixture,
    office: Store<platform::store::Office>,
    board: Store<Board>,
    report: ReportId,
    tickets: Vec<TicketId>,
    first: AccountId,
    second: AccountId,
}

impl Office {
    /// A report whose tickets were all closed an hour ago, and two people of the office of one name.
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        let dispatched = clock::now() - TimeDelta::days(9);
        fixture.route(&report, dispatched).await;
        close(fixture.store.pool(), report.id, clock::now() - TimeDelta::hours(1)).await;
        let mut people = Vec::new();
        for login in ["zhou1", "zhou2"] {
            let id: AccountId = sqlx::query_scalar(
                "INSERT INTO accounts (county, login, name, password_hash, created_at, created_by)
                 VALUES ('taihe', $1, '周正', 'x', $2, 'test') RETURNING id",
            )
            .bind(login)
            .bind(dispatched)
            .fetch_one(fixture.store.pool())
            .await
            .unwrap();
            people.push(id);
        }
        let tickets = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 ORDER BY id")
            .bind(report.id)
            .fetch_all(fixture.store.pool())
            .await
            .unwrap();
        Self {
            office: fixture.store_as(),
            board: fixture.store_as::<Board>(),
            report: report.id,
            tickets,
            first: people[0],
            second: people[1],
            fixture,
        }
    }

    async fn call(
        &self,
        by: AccountId,
        attempt: Option<i16>,
        result: CallResult,
        follow_up: Option<FollowUpAsked>,
        at: DateTime<Utc>,
    ) -> CallbackRecorded {
        let new = CallbackNew {
            county: "taihe",
            report_id: self.report,
            attempt,
            result,
            follow_up,
            by: By {
                account: by,
                name: "周正",
            },
            note: Some(b"sealed".to_vec()),
            at,
        };
        self.office.callback_record(&new, &self.fixture.pack).await.unwrap()
    }

    async fn decide(&self, by: AccountId, attempt: i16, reopen: &[TicketId]) -> Decided {
        let new = CallbackDecision {
            county: "taihe",
            report_id: self.report,
            attempt,
            reopen: reopen.to_vec(),
            by: By {
                account: by,
                name: "周正",
            },
            at: clock::now(),
        };
        self.office.callback_decide(&new, &self.fixture.pack).await.unwrap()
    }

    async fn waits(&self, at: DateTime<Utc>) -> bool {
        let listed = self.board.callbacks_due("taihe", at).await.unwrap();
        let alone = self.board.callback_due("taihe", self.report, at).await.unwrap();
        assert_eq!(
            listed.len(),
            usize::from(alone.is_some()),
            "list and single question agree"
        );
        assert_eq!(tests::callbacks_astray(self.fixture.store.pool()).await, 0);
        alone.is_some()
    }

    async fn states(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT DISTINCT state FROM tickets WHERE report_id = $1 ORDER BY 1")
            .bind(self.report)
            .fetch_all(self.fixture.store.pool())
            .await
            .unwrap()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap()
    }
}

/// As a unit closes: everything signed, seen and resolved at `at`.
pub(crate) async fn close(db: &PgPool, report: ReportId, at: DateTime<Utc>) {
    for step in [
        "UPDATE tickets SET state = 'signed', signed_at = coalesce(signed_at, $2), signed_by = coalesce(signed_by, 'x')
         WHERE report_id = $1 AND state IN ('dispatched', 'reopened')",
        "WITH s AS (UPDATE stages SET started_at = coalesce(started_at, $2), due_at = coalesce(due_at, $2), ended_at = $2, ended_how = 'act',
                           next_at = NULL
                    WHERE ticket_id IN (SELECT id FROM tickets WHERE report_id = $1) AND ended_at IS NULL)
         UPDATE tickets SET state = 'resolved', resolved_at = $2, resolved_by = 'x', outcome = 'confirmed-handled', next_stage = NULL,
                next_due_at = NULL
         WHERE report_id = $1 AND resolved_at IS NULL",
    ] {
        sqlx::query(step).bind(report).bind(at).execute(db).await.unwrap();
    }
}

/// State, end, outcome and next stage of a ticket.
type TicketRow = (String, Option<DateTime<Utc>>, Option<String>, Option<String>);
/// Generation, start, end and next step of a stage, and the end of its first round.
type StageRow = (i32, DateTime<Utc>, Option<DateTime<Utc>>, DateTime<Utc>, DateTime<Utc>);

#[tokio::test]
async fn nobody_is_unreachable_before_three_days_of_trying() {
    let o = Office::new().await;
    // 10:00 in Taihe on a day to come, whenever the test runs.
    let day = (clock::now() + TimeDelta::days(2))
        .date_naive()
        .and_hms_opt(2, 0, 0)
        .unwrap()
        .and_utc();
    let again = async |by, at| o.call(by, None, CallResult::Unreachable, None, at).await;
    let CallbackRecorded::Now(one) = again(o.first, day).await else {
        panic!("the first try")
    };
    assert_eq!(one.nth, Some(1));
    assert!(!o.waits(day + TimeDelta::hours(5)).await, "not again on the same day");
    assert_eq!(o.board.callbacks_put_off("taihe", day).await.unwrap(), 1);
    assert!(
        matches!(
            again(o.second, day + TimeDelta::hours(5)).await,
            CallbackRecorded::Before(_)
        ),
        "a second try on one day"
    );
    let midnight = day.date_naive().and_hms_opt(16, 0, 0).unwrap().and_utc();
    assert!(
        !o.waits(midnight - TimeDelta::seconds(1)).await && o.waits(midnight).await,
        "from midnight in Taihe"
    );
    assert!(matches!(again(o.second, midnight).await, CallbackRecorded::Now(call) if call.nth == Some(2)));
    assert_eq!(o.states().await, ["resolved"], "nobody was called back yet");
    let third = midnight + TimeDelta::days(1);
    assert!(o.waits(third).await);
    assert!(matches!(again(o.first, third).await, CallbackRecorded::Now(call) if call.retry_at.is_none()));
    assert_eq!(o.states().await, ["confirmed"], "closed as unreachable");
    assert!(!o.waits(third + TimeDelta::days(30)).await);
    let tries = o.board.callback_tries(o.report).await.unwrap();
    let kept: Vec<_> = tries.iter().map(|c| (c.nth, c.by_account, c.at)).collect();
    assert_eq!(
        kept,
        [
            (Some(1), Some(o.first), day),
            (Some(2), Some(o.second), midnight),
            (Some(3), Some(o.first), third)
        ]
    );
    assert_eq!(
        o.number("SELECT count(*) FROM events WHERE kind = 'called-back' AND account_id IS NOT NULL")
            .await,
        3
    );
}

#[tokio::test]
async fn who_was_not_reached_may_phone_by_themself() {
    let o = Office::new().await;
    let at = clock::now();
    o.call(o.first, None, CallResult::Unreachable, None, at).await;
    assert!(
        matches!(
            o.call(o.first, None, CallResult::Satisfied, None, at).await,
            CallbackRecorded::Before(_)
        ),
        "nothing is due"
    );
    assert!(matches!(
        o.call(o.first, Some(2), CallResult::Satisfied, None, at).await,
        CallbackRecorded::Now(_)
    ));
    assert_eq!(o.states().await, ["confirmed"]);
}

#[tokio::test]
async fn unhappy_reopens_with_new_clocks_and_keeps_the_first_end() {
    let o = Office::new().await;
    let (at, ticket) = (clock::now(), o.tickets[0]);
    let foreign = Some(FollowUpAsked::Reopen(vec![ticket, TicketId(999_999)]));
    assert!(matches!(
        o.call(o.first, None, CallResult::Dissatisfied, foreign, at).await,
        CallbackRecorded::NotReopenable
    ));
    assert_eq!(o.number("SELECT count(*) FROM callbacks").await, 0, "nothing half done");
    let asked = Some(FollowUpAsked::Reopen(vec![ticket, ticket]));
    assert!(matches!(
        o.call(o.first, None, CallResult::Dissatisfied, asked, at).await,
        CallbackRecorded::Now(_)
    ));
    let row: TicketRow = sqlx::query_as("SELECT state, resolved_at, outcome, next_stage FROM tickets WHERE id = $1")
        .bind(ticket)
        .fetch_one(o.fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(row, ("reopened".into(), None, None, Some("sign".into())));
    let stages: Vec<StageRow> = sqlx::query_as(
        "SELECT s.due_generation, s.started_at, s.ended_at, s.next_at, r.ended_at FROM stages s
         JOIN stage_rounds r ON r.stage_id = s.id AND r.due_generation = 1 WHERE s.ticket_id = $1",
    )
    .bind(ticket)
    .fetch_all(o.fixture.store.pool())
    .await
    .unwrap();
    assert!(stages.len() >= 2, "sign and resolve at least");
    for (generation, started, ended, next, first_end) in stages {
        assert_eq!((generation, ended), (2, None));
        assert!(
            (started - at).num_milliseconds().abs() < 1 && next > at && first_end < at,
            "new clocks from now, the first end kept"
        );
    }
    assert_eq!(
        o.number("SELECT count(*) FROM notices WHERE dedup LIKE 'reopened:%' AND state = 'queued'")
            .await,
        1,
        "the unit is told"
    );
    assert_eq!(
        o.number("SELECT count(*) FROM events WHERE kind = 'reopened' AND account_id IS NOT NULL")
            .await,
        1
    );
    assert!(!o.waits(at).await, "a ticket is open");
    assert!(o.states().await.iter().all(|state| state != "confirmed"));
    // The clock turns the new round, also where a level of the first round was sent.
    let router = o.fixture.store_as::<Router>();
    assert!(router.clock_turn(at + TimeDelta::days(40)).await.unwrap().sent > 0);

    close(o.fixture.store.pool(), o.report, at + TimeDelta::hours(2)).await;
    assert!(o.waits(at + TimeDelta::hours(3)).await, "closed again, called again");
    let second = o
        .call(o.second, None, CallResult::Unreachable, None, at + TimeDelta::hours(3))
        .await;
    assert!(matches!(second, CallbackRecorded::Now(call) if (call.attempt, call.round, call.nth) == (2, 2, Some(1))));
}

#[tokio::test]
async fn not_to_reopen_takes_a_second_person() {
    let o = Office::new().await;
    let at = clock::now();
    let keep = || Some(FollowUpAsked::Keep(b"sealed reason".to_vec()));
    assert!(matches!(
        o.call(o.first, None, CallResult::Dissatisfied, keep(), at).await,
        CallbackRecorded::Now(_)
    ));
    assert!(!o.waits(at).await, "the reporter was called");
    assert_eq!(o.states().await, ["resolved"], "but is not content");
    assert_eq!(
        o.board
            .board_now("taihe", platform::clock::now())
            .await
            .unwrap()
            .callbacks_undecided,
        1
    );
    assert_eq!(o.board.callbacks_undecided("taihe").await.unwrap().len(), 1);
    assert!(
        matches!(
            o.call(o.second, Some(2), CallResult::Satisfied, None, at).await,
            CallbackRecorded::Before(_)
        ),
        "first the decision"
    );
    assert!(matches!(o.decide(o.first, 1, &[]).await, Decided::SamePerson));
    assert!(matches!(o.decide(o.second, 2, &[]).await, Decided::NotFound));
    assert!(matches!(
        o.decide(o.second, 1, &[TicketId(999_999)]).await,
        Decided::NotReopenable
    ));
    assert_eq!(
        o.board.callbacks_undecided("taihe").await.unwrap().len(),
        1,
        "it waits until somebody decides"
    );
    assert!(
        matches!(o.decide(o.second, 1, &[]).await, Decided::Now),
        "a namesake is another person"
    );
    assert!(matches!(o.decide(o.second, 1, &[]).await, Decided::Before(_)));
    assert_eq!(
        o.board
            .board_now("taihe", platform::clock::now())
            .await
            .unwrap()
            .callbacks_undecided,
        0
    );
    assert_eq!(
        o.states().await,
        ["resolved"],
        "an unhappy reporter is never called content"
    );
    assert!(
        !o.waits(at + TimeDelta::days(30)).await,
        "and is not called about this closing again"
    );
    // Unhappy again later on: heard, by whoever saw what stands there.
    let reopen = Some(FollowUpAsked::Reopen(o.tickets.clone()));
    assert!(matches!(
        o.call(o.first, None, CallResult::Dissatisfied, reopen.clone(), at)
            .await,
        CallbackRecorded::Before(_)
    ));
    assert!(matches!(
        o.call(o.first, Some(2), CallResult::Dissatisfied, reopen, at).await,
        CallbackRecorded::Now(_)
    ));
    assert_eq!(o.states().await, ["reopened"]);
}

#[tokio::test]
async fn who_called_may_still_reopen() {
    let o = Office::new().await;
    let keep = Some(FollowUpAsked::Keep(b"sealed reason".to_vec()));
    o.call(o.first, None, CallResult::Dissatisfied, keep, clock::now())
        .await;
    assert!(matches!(o.decide(o.first, 1, &o.tickets[..1]).await, Decided::Now));
    assert_eq!(o.states().await, ["reopened", "resolved"]);
    close(o.fixture.store.pool(), o.report, clock::now()).await;
    assert!(o.waits(clock::now()).await);
}

#[tokio::test]
async fn of_two_at_once_one_is_stored_and_the_other_told() {
    let o = Office::new().await;
    let at = clock::now();
    let reopen = Some(FollowUpAsked::Reopen(o.tickets[..1].to_vec()));
    let (a, b) = tokio::join!(
        o.call(o.first, Some(1), CallResult::Satisfied, None, at),
        o.call(o.second, Some(1), CallResult::Dissatisfied, reopen, at)
    );
    let stored = [&a, &b]
        .into_iter()
        .filter(|r| matches!(r, CallbackRecorded::Now(_)))
        .count();
    assert_eq!(stored, 1, "{a:?} {b:?}");
    assert!(
        [a, b]
            .iter()
            .any(|r| matches!(r, CallbackRecorded::Before(_) | CallbackRecorded::NotDue))
    );
    assert_eq!(o.number("SELECT count(*) FROM callbacks").await, 1);
}

#[tokio::test]
async fn the_database_refuses_what_no_call_is() {
    let o = Office::new().await;
    let db = o.fixture.store.pool();
    let insert = async |columns: &str, values: &str| {
        let sql = format!(
            "INSERT INTO callbacks (report_id, attempt, at, by_name, {columns}) VALUES ($1, 1, '2026-11-24T04:00Z', 'x', {values})"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(o.report).execute(db).await
    };
    for (columns, values, why) in [
        ("result", "'dissatisfied'", "nothing follows"),
        ("result", "'unreachable'", "no try"),
        ("result, try", "'unreachable', 4", "a fourth try"),
        ("result, try", "'unreachable', 1", "it never comes back"),
        (
            "result, try, retry_at",
            "'unreachable', 3, '2026-11-25T00:00Z'",
            "it comes back for ever",
        ),
        ("result, proposal", "'satisfied', 'reopen'", "content and reopened"),
        (
            "result, proposal",
            "'dissatisfied', 'reopen'",
            "reopening is not put off",
        ),
        (
            "result, decision, decided_at, decided_by",
            "'satisfied', 'keep', '2026-11-25T00:00Z', 'x'",
            "a decision on nothing",
        ),
        (
            "result, proposal, decision, decided_at, decided_by",
            "'dissatisfied', 'keep', 'keep', '2026-11-25T00:00Z', 'x'",
            "one person alone",
        ),
    ] {
        assert!(insert(columns, values).await.is_err(), "{why}");
    }
    assert!(insert("result", "'satisfied'").await.is_ok());
}

#[tokio::test]
async fn the_office_is_told_once_a_day_while_somebody_waits() {
    let o = Office::new().await;
    let router = o.fixture.store_as::<Router>();
    let at = |hour: i64| {
        // Days ahead, so that everything was closed before.
        let day = DateTime::parse_from_rfc3339("2036-11-26T00:00:00+08:00").unwrap();
        (day + TimeDelta::hours(hour)).to_utc()
    };
    assert!(
        !router.callbacks_tell("taihe", at(7)).await.unwrap(),
        "nobody calls at night"
    );
    assert!(router.callbacks_tell("taihe", at(8)).await.unwrap());
    assert!(!router.callbacks_tell("taihe", at(9)).await.unwrap(), "once a day");
    assert!(
        router.callbacks_tell("taihe", at(24 + 10)).await.unwrap(),
        "the next day"
    );
    let told =
        "SELECT count(*) FROM notices WHERE kind = 'callbacks-due' AND unit = 'office' AND said ->> 'count' = '1'";
    assert_eq!(o.number(told).await, 2);
    o.call(o.first, None, CallResult::Satisfied, None, at(24 + 11)).await;
    assert!(
        !router.callbacks_tell("taihe", at(48 + 10)).await.unwrap(),
        "nobody waits"
    );
}
