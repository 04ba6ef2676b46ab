//! What must hold after every act, whoever did it.

use std::collections::HashMap;

use casework::{calendar::Limit, clock::escalation::PlannedStep, ticket::TicketState};
use chrono::{DateTime, Utc};
use platform::store::ReportId;
use sqlx::{PgPool, types::Json};

use super::county::County;

/// Of each it must be none; `$1` is the report, `$2` now.
const ILLEGAL: [(&str, &str); 13] = [
    (
        "what is open has a next step in the future, or its plan is at its end and it rings on",
        "SELECT count(*) FROM tickets t WHERE t.report_id = $1 AND t.resolved_at IS NULL AND t.state NOT IN ('returned', 'waived')
         AND NOT EXISTS (SELECT FROM stages s WHERE s.ticket_id = t.id AND s.ended_at IS NULL AND s.started_at IS NOT NULL
                         AND (s.next_at > $2 OR s.next_at IS NULL AND s.next_step >= jsonb_array_length(s.plan)))",
    ),
    (
        "nothing that is due waits",
        "SELECT count(*) FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.report_id = $1 AND s.next_at <= $2",
    ),
    (
        "an ended ticket has no clock",
        "SELECT count(*) FROM tickets t JOIN stages s ON s.ticket_id = t.id WHERE t.report_id = $1
         AND (t.resolved_at IS NOT NULL OR t.state = 'returned') AND s.ended_at IS NULL AND $2 IS NOT NULL",
    ),
    (
        "resolve runs until it is closed",
        "SELECT count(*) FROM tickets t JOIN stages s ON s.ticket_id = t.id WHERE t.report_id = $1 AND s.stage = 'resolve'
         AND t.state IN ('signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened')
         AND s.ended_at IS NOT NULL AND $2 IS NOT NULL",
    ),
    (
        "seen is a recorded contact, and nothing else",
        "SELECT count(*) FROM tickets t WHERE t.report_id = $1 AND $2 IS NOT NULL AND (t.contacted_at IS NOT NULL)
         <> EXISTS (SELECT FROM events e WHERE e.ticket_id = t.id AND e.kind = 'contacted' AND e.account_id IS NOT NULL)",
    ),
    (
        "a contact stage was met by a contact",
        "SELECT count(*) FROM tickets t JOIN stages s ON s.ticket_id = t.id AND s.stage = 'contact' WHERE t.report_id = $1
         AND s.ended_how = 'act' AND t.contacted_at IS NULL AND $2 IS NOT NULL",
    ),
    (
        "every act has an account",
        "SELECT count(*) FROM events WHERE report_id = $1 AND account_id IS NULL AND $2 IS NOT NULL",
    ),
    (
        "one ticket leads",
        "SELECT abs(count(*) FILTER (WHERE lead) - 1) FROM tickets WHERE report_id = $1 AND $2 IS NOT NULL",
    ),
    (
        "what waits is signed there by nobody yet",
        "SELECT count(*) FROM tickets t WHERE t.report_id = $1 AND t.state = 'transferring' AND $2 IS NOT NULL
         AND (SELECT count(*) FROM tickets s WHERE s.predecessor = t.id AND s.state = 'dispatched') <> 1",
    ),
    (
        "no obligation is lost: of each chain of tickets one is open or done",
        "WITH RECURSIVE chain AS (
             SELECT id, id AS first, state FROM tickets WHERE report_id = $1 AND predecessor IS NULL
             UNION ALL SELECT t.id, c.first, t.state FROM chain c JOIN tickets t ON t.predecessor = c.id
         ) SELECT count(*) FROM (SELECT first FROM chain WHERE $2 IS NOT NULL GROUP BY first
                                 HAVING bool_and(state IN ('returned', 'waived'))) lost",
    ),
    (
        "the office's clock runs exactly while something waits for it",
        "SELECT count(*) FROM tickets t WHERE t.report_id = $1 AND $2 IS NOT NULL
         AND EXISTS (SELECT FROM motions m WHERE m.ticket_id = t.id AND m.state = 'asked')
             <> EXISTS (SELECT FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'motion' AND s.ended_at IS NULL)",
    ),
    (
        "the next stage of the list is one that runs",
        "SELECT count(*) FROM tickets t WHERE t.report_id = $1 AND $2 IS NOT NULL AND (t.next_stage, t.next_due_at) IS DISTINCT FROM
         (SELECT ROW(n.stage, n.due_at) FROM (SELECT 1) x LEFT JOIN LATERAL ticket_next(t.id) n ON true)",
    ),
    (
        "no level of a due is sent twice, and none of one that was moved away",
        "SELECT count(*) FROM escalation_steps e JOIN stages s ON s.id = e.stage_id JOIN tickets t ON t.id = s.ticket_id
         WHERE t.report_id = $1 AND $2 IS NOT NULL AND e.due_generation > s.due_generation",
    ),
];

/// How a clock went: of a stage and its generation.
type Ends = HashMap<(i64, i32), (Option<DateTime<Utc>>, DateTime<Utc>)>;

/// A clock as it went: stage, generation, due, end.
type Kept = (i64, i32, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// A clock.
#[derive(sqlx::FromRow)]
struct Clock {
    id: i64,
    stage: String,
    time_limit: String,
    started_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    due_fixed: bool,
    provisional: bool,
    ticket_id: i64,
    runs: bool,
    plan: Json<Vec<PlannedStep>>,
}

/// What was seen of earlier moments.
#[derive(Default)]
pub(super) struct Seen {
    ends: Ends,
    dues: Dues,
}

impl Seen {
    /// Looks at everything that the county has. `published`: days off were, just now.
    pub(super) async fn holds(&mut self, county: &County, published: bool, when: &str) {
        nothing_illegal(&county.fixture.db, (county.report, county.now), when).await;
        self.dues_follow(county, published, when).await;
        self.ends_stay(county, when).await;
        ledger(county, when).await;
    }

    /// The due of every clock is what casework reckons by the calendar in force, unless the office chose it: nobody becomes late for
    /// time before the calendar was confirmed, and what was late stays so. A clock that had ended then follows when it goes on. The
    /// steps to a due rise.
    async fn dues_follow(&mut self, county: &County, published: bool, when: &str) {
        let clocks: Vec<Clock> = sqlx::query_as(
            "SELECT s.id, s.stage, s.time_limit, s.started_at, s.due_at, s.due_fixed, s.provisional, s.plan, s.ticket_id,
                    s.ended_at IS NULL AS runs
             FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.report_id = $1 AND s.started_at IS NOT NULL",
        )
        .bind(county.report)
        .fetch_all(&county.fixture.db)
        .await
        .unwrap();
        for clock in clocks {
            let key = (clock.id, clock.started_at);
            let limit: Limit = clock.time_limit.parse().unwrap();
            let reckoned = county.pack().calendar().due(limit, clock.started_at);
            let mut due = self.dues.get(&key).copied().unwrap_or(Due {
                at: reckoned.at,
                passed_by: None,
            });
            if published {
                due.passed_by = Some(county.now);
            }
            if clock.due_fixed {
                due.at = clock.due_at;
            } else if let Some(confirmed) = due.passed_by.filter(|_| clock.runs) {
                due.at = reckoned.at.max(due.at.min(confirmed));
            }
            if clock.runs {
                due.passed_by = None;
            }
            self.dues.insert(key, due);
            if !clock.runs || clock.due_fixed {
                continue;
            }
            let name = format!(
                "{when}: {} of ticket {}, {} from {}",
                clock.stage, clock.ticket_id, limit, clock.started_at
            );
            assert_eq!(clock.due_at, due.at, "{name}");
            assert_eq!(clock.provisional, reckoned.provisional, "{name}");
            assert!(clock.plan.0.is_sorted_by_key(|step| step.at), "{name}");
        }
    }

    /// How a clock went before its ticket was reopened, or its due moved, stays as it was.
    async fn ends_stay(&mut self, county: &County, when: &str) {
        let kept: Vec<Kept> = sqlx::query_as(
            "SELECT r.stage_id, r.due_generation, r.due_at, r.ended_at FROM stage_rounds r
             JOIN stages s ON s.id = r.stage_id JOIN tickets t ON t.id = s.ticket_id WHERE t.report_id = $1",
        )
        .bind(county.report)
        .fetch_all(&county.fixture.db)
        .await
        .unwrap();
        let kept = kept
            .into_iter()
            .filter_map(|(id, generation, due, ended)| Some(((id, generation), (due, ended?))));
        let kept: Ends = kept.collect();
        for (clock, end) in &self.ends {
            assert_eq!(
                kept.get(clock),
                Some(end),
                "{when}: an earlier end is not as it was: {clock:?}"
            );
        }
        self.ends = kept;
    }
}

/// When a clock is due, by what was published since it began.
#[derive(Clone, Copy)]
struct Due {
    at: DateTime<Utc>,
    /// It had ended when days off were published: when, the last time.
    passed_by: Option<DateTime<Utc>>,
}

/// Of a stage, and since when it runs.
type Dues = HashMap<(i64, DateTime<Utc>), Due>;

/// Nothing stands in the tables of a report that no act may leave there, at a moment whose clocks have turned.
pub(crate) async fn nothing_illegal(db: &PgPool, (report, now): (ReportId, DateTime<Utc>), when: &str) {
    for (what, sql) in ILLEGAL {
        let count: i64 = sqlx::query_scalar(sql)
            .bind(report)
            .bind(now)
            .fetch_one(db)
            .await
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(count, 0, "{when}: {what}");
    }
    assert_eq!(
        tests::callbacks_astray(db).await,
        0,
        "{when}: what waits for a call-back"
    );
    assert_eq!(tests::cases_astray(db).await, [""; 0], "{when}");
}

/// dispatched = open + discharged + waived
async fn ledger(county: &County, when: &str) {
    let ledger: serde_json::Value = sqlx::query_scalar(include_str!("../../../../platform/src/store/board/ledger.sql"))
        .bind("taihe")
        .fetch_one(&county.fixture.db)
        .await
        .unwrap();
    let count = |name: &str| ledger[name].as_i64().unwrap();
    assert_eq!(
        count("dispatched"),
        count("open") + count("discharged") + count("waived"),
        "{when}: {ledger}"
    );
}

/// What is stored is a state that casework knows.
pub(super) fn state(word: &str) -> TicketState {
    TicketState::from_word(word).unwrap_or_else(|| panic!("no state: {word}"))
}
