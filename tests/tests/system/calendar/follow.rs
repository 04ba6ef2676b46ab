//! Open clocks follow a calendar: time passed in, no process.

use casework::calendar::Limit;
use casework::clock::escalation::PlannedStep;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::types::Json;
use tests::Sample;

use super::*;

/// A clock as it stands.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct Clock {
    id: i64,
    limit: String,
    generation: i32,
    started_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    provisional: bool,
    calendar: String,
    plan: Json<Vec<PlannedStep>>,
    next_at: Option<DateTime<Utc>>,
}

impl Clock {
    fn runs_by_days(&self) -> bool {
        ["sd", "wd", "mo"].iter().any(|unit| self.limit.ends_with(unit))
    }

    fn limit(&self) -> Limit {
        self.limit.parse().expect("a limit")
    }
}

impl County {
    /// Routes a report at a moment and gives its clocks that run.
    async fn routed(&self, sample: Sample, at: DateTime<Utc>) -> Vec<Clock> {
        let report = self.fixture.stored(sample).await;
        self.fixture.route(&report, at).await;
        self.clocks().await
    }

    async fn clocks(&self) -> Vec<Clock> {
        sqlx::query_as(
            "SELECT id, time_limit AS limit, due_generation AS generation, started_at, due_at, provisional, calendar_version AS calendar,
                    plan, next_at FROM stages WHERE due_at IS NOT NULL ORDER BY id",
        )
        .fetch_all(&self.fixture.db)
        .await
        .expect("the clocks")
    }
}

#[tokio::test]
async fn one_proposes_another_confirms_and_only_then_dues_move() {
    let county = County::new().await;
    let before = county
        .routed(Sample::DropoutTwoWeeks, time("2026-12-29T10:00:00+08:00"))
        .await;
    assert!(
        before.iter().any(|clock| clock.provisional),
        "some due reads days of 2027"
    );
    let at = time("2026-12-30T09:00:00+08:00");
    // Monday to Wednesday are off beyond New Year's Day, and the Saturday is worked.
    let (calendar, years) = county.with(&[
        "+2027-01-01",
        "+2027-01-04",
        "+2027-01-05",
        "+2027-01-06",
        "-2027-01-09",
    ]);
    let id = county.propose(&calendar, years.clone(), at).await.expect("proposed");
    assert!(
        matches!(county.propose(&calendar, years, at).await, Err(CalendarError::Waiting)),
        "one at a time"
    );
    assert_eq!(
        county.follow(at).await,
        CalendarFollowed::default(),
        "nothing moves before"
    );
    assert!(matches!(
        county.confirm(id, county.first, at).await,
        Err(CalendarError::SamePerson)
    ));
    county.confirm(id, county.second, at).await.expect("confirmed");
    assert!(matches!(
        county.confirm(id, county.second, at).await,
        Err(CalendarError::NotWaiting)
    ));

    let first = county.follow(at).await;
    let after = county.clocks().await;
    let mut moved = 0;
    for (was, is) in before.iter().zip(&after) {
        if !was.runs_by_days() {
            assert_eq!(was, is, "hours know no days off");
            continue;
        }
        let due = calendar.due(was.limit(), was.started_at);
        assert_eq!(
            (is.due_at, is.provisional, is.calendar.as_str()),
            (due.at, due.provisional, calendar.version())
        );
        if was.due_at == is.due_at {
            assert_eq!(
                (is.generation, &is.plan),
                (was.generation, &was.plan),
                "a due that stays goes on"
            );
        } else {
            moved += 1;
            assert_eq!(is.generation, was.generation + 1);
            assert_eq!(is.next_at, is.plan.first().map(|step| step.at));
            assert!(is.plan.iter().all(|step| step.at >= at) && is.plan.is_sorted_by_key(|step| step.at));
        }
    }
    assert!(moved > 0, "the calendar was chosen so that some move");
    assert_eq!(first.moved, moved);
    let in_moves = county
        .fixture
        .count("SELECT count(*) FROM calendar_moves m JOIN stages s ON s.id = m.stage_id AND s.due_at = m.due")
        .await;
    let in_trail = county
        .fixture
        .count("SELECT count(*) FROM events WHERE kind = 'due-moved' AND actor = 'lin'")
        .await;
    assert_eq!(
        (in_moves, in_trail),
        (i64::try_from(moved).unwrap(), i64::try_from(moved).unwrap())
    );
    let mails = county
        .fixture
        .count("SELECT count(*) FROM notices WHERE kind = 'calendar-moved'")
        .await;
    let units = county
        .fixture
        .count("SELECT count(DISTINCT unit) FROM calendar_moves")
        .await;
    assert_eq!((first.mails, mails), (units, units), "one mail a unit");
    let astray = county
        .fixture
        .count("SELECT count(*) FROM tickets t CROSS JOIN LATERAL ticket_next(t.id) n WHERE t.next_due_at IS DISTINCT FROM n.due_at")
        .await;
    assert_eq!(astray, 0, "lists show the new due");

    // The second pass comes a minute later, finds nothing more and ends it.
    assert_eq!(
        county.follow(at + TimeDelta::seconds(59)).await,
        CalendarFollowed::default()
    );
    let open = "SELECT count(*) FROM calendar_changes WHERE done_at IS NULL";
    assert_eq!(county.fixture.count(open).await, 1);
    assert_eq!(
        county.follow(at + TimeDelta::seconds(60)).await,
        CalendarFollowed::default()
    );
    assert_eq!(county.fixture.count(open).await, 0);
    assert_eq!(county.clocks().await, after, "the same again changes nothing");
}

#[tokio::test]
async fn a_clock_written_by_the_old_calendar_is_found_by_the_second_pass() {
    let county = County::new().await;
    let at = time("2026-12-30T09:00:00+08:00");
    county
        .brings_in(&["+2027-01-01", "+2027-01-04", "+2027-01-05", "+2027-01-06"], at)
        .await;
    assert_eq!(county.follow(at).await, CalendarFollowed::default());
    // A router that has not taken up the calendar yet.
    let late = county.routed(Sample::DropoutTwoWeeks, at + TimeDelta::seconds(2)).await;
    assert!(late.iter().all(|clock| clock.calendar == county.in_force().version()));
    let second = county.follow(at + TimeDelta::seconds(61)).await;
    assert!(second.moved > 0 && second.mails > 0, "{second:?}");
    let left = "SELECT count(*) FROM stages s, calendar_changes c WHERE s.due_at IS NOT NULL AND s.time_limit ~ '(sd|wd|mo)$' AND s.calendar_version <> c.calendar";
    assert_eq!(county.fixture.count(left).await, 0);
}

#[tokio::test]
async fn a_due_moved_into_the_past_counts_from_the_confirmation() {
    let county = County::new().await;
    let before = county
        .routed(Sample::DropoutTwoWeeks, time("2026-09-29T10:00:00+08:00"))
        .await;
    // National Day shrinks to three days, found out on the ninth: what was due after the holiday was due before it.
    let at = time("2026-10-09T09:00:00+08:00");
    let mut year: Vec<String> = county
        .in_force()
        .named_days()
        .filter(|named| named.day.year() == 2026 && !(day("2026-10-04")..=day("2026-10-07")).contains(&named.day))
        .map(|named| format!("{}{}", if named.off { '+' } else { '-' }, named.day))
        .collect();
    year.push("+2026-10-04".to_owned());
    let year: Vec<&str> = year.iter().map(String::as_str).collect();
    let id = county.brings_in(&year, at).await;
    county.follow(at).await;
    let after = county.clocks().await;
    let mut past = 0;
    for (was, is) in before.iter().zip(&after).filter(|(was, is)| was.due_at != is.due_at) {
        if is.due_at == at {
            past += 1;
            assert!(was.due_at > at, "it was not late");
            assert!(
                is.plan.iter().all(|step| step.at >= at),
                "no step for time before: {:?}",
                is.plan
            );
        }
    }
    assert!(past > 0, "{before:?}\n{after:?}");
    // The clock goes on from there: each step once, none crossed before the confirmation.
    let mut now = at;
    while let Some(next) = county.router.clock_next().await.expect("the clock") {
        now = next.max(now);
        if now > at + TimeDelta::days(40) {
            break;
        }
        county.router.clock_turn(now).await.expect("a turn");
    }
    let wrong = sqlx::query_scalar::<_, i64>(
        "SELECT count(*) FROM escalation_steps e JOIN calendar_moves m ON m.stage_id = e.stage_id AND m.change_id = $1
         WHERE e.due_generation = 2 AND e.crossed_at < $2",
    )
    .bind(id)
    .bind(at)
    .fetch_one(&county.fixture.db)
    .await
    .expect("the steps");
    let sent = county
        .fixture
        .count("SELECT count(*) FROM escalation_steps WHERE due_generation = 2 AND sent_at IS NOT NULL")
        .await;
    assert!(wrong == 0 && sent > 0, "{wrong} {sent}");
    let late = county
        .fixture
        .count("SELECT count(*) FROM escalation_steps WHERE due_generation = 2 AND system_late")
        .await;
    assert_eq!(late, 0, "no step is called late for the wait before the confirmation");
}

#[tokio::test]
async fn who_answered_the_dispatch_is_not_rung_for_it_again() {
    let county = County::new().await;
    county
        .routed(Sample::DropoutTwoWeeks, time("2026-12-30T10:00:00+08:00"))
        .await;
    let answered = sqlx::query(
        "INSERT INTO bells (stage_id, due_generation, cause, county, next_ring, answered_at, answered_by, answered_how)
         SELECT id, 1, 'dispatch', county, 1, started_at, $1, 'login' FROM stages WHERE stage = 'sign'",
    )
    .bind(county.second)
    .execute(&county.fixture.db)
    .await
    .expect("bells");
    let at = time("2026-12-30T11:00:00+08:00");
    county.brings_in(&["+2027-01-01", "+2026-12-31"], at).await;
    county.follow(at).await;
    let kept = county
        .fixture
        .count(
            "SELECT count(*) FROM bells b JOIN stages s ON s.id = b.stage_id AND s.due_generation = b.due_generation
             WHERE b.cause = 'dispatch' AND b.answered_at IS NOT NULL",
        )
        .await;
    let moved = county
        .fixture
        .count("SELECT count(*) FROM stages WHERE stage = 'sign' AND due_generation = 2")
        .await;
    assert!(moved > 0, "a sign stage of one working day moves over a day off");
    assert_eq!(u64::try_from(kept).unwrap(), answered.rows_affected());
}

#[tokio::test]
async fn the_office_is_reminded_each_week_before_the_calendar_ends() {
    let county = County::new().await;
    let remind = async |at: &str| {
        let sent = county
            .router
            .calendar_remind("taihe", county.in_force(), time(at))
            .await;
        sent.expect("a reminder")
    };
    assert_eq!(remind("2026-11-30T10:00:00+08:00").await, 0, "31 days before");
    assert_eq!(remind("2026-12-01T10:00:00+08:00").await, 1);
    assert_eq!(remind("2026-12-01T10:05:00+08:00").await, 0, "once a week");
    assert_eq!(remind("2026-12-07T10:00:00+08:00").await, 0);
    assert_eq!(remind("2026-12-08T10:00:00+08:00").await, 1);
    assert_eq!(remind("2027-01-20T10:00:00+08:00").await, 1, "also when it has ended");
    let to = county
        .fixture
        .count("SELECT count(*) FROM notices WHERE kind = 'calendar-ends' AND unit <> 'office'")
        .await;
    assert_eq!(to, 0);
}
