//! Whether the schema and casework say alike when a case is closed.

use casework::ticket::{
    TicketState,
    standing::{awaited, closed_at},
};
use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

type Clock = (String, Option<DateTime<Utc>>);

/// Cases of which the two say different things, and open tickets that would wait for nothing.
pub async fn cases_astray(db: &PgPool) -> Vec<String> {
    let cases: Vec<(i64, Option<DateTime<Utc>>)> =
        sqlx::query_as("SELECT id, case_closed_at(id) FROM cases ORDER BY id")
            .fetch_all(db)
            .await
            .expect("cases");
    let mut astray = Vec::new();
    for (case, stored) in cases {
        let tickets: Vec<(i64, String, Option<DateTime<Utc>>)> =
            sqlx::query_as("SELECT id, state, ticket_ended_at(id) FROM tickets WHERE case_id = $1 ORDER BY id")
                .bind(case)
                .fetch_all(db)
                .await
                .expect("tickets of a case");
        let state = |word: &str| TicketState::from_word(word).expect("a state of the list");
        let judged = closed_at(tickets.iter().map(|(_, word, ended)| (state(word), *ended)));
        if judged != stored {
            astray.push(format!("case {case}: {judged:?} and {stored:?}"));
        }
        for (id, word, ended) in &tickets {
            let clocks: Vec<Clock> =
                sqlx::query_as("SELECT stage, due_at FROM stages WHERE ticket_id = $1 AND ended_at IS NULL")
                    .bind(id)
                    .fetch_all(db)
                    .await
                    .expect("clocks of a ticket");
            let clocks = clocks
                .into_iter()
                .map(|(word, due)| (TicketClock::from_word(&word).expect("a clock"), due));
            let waits = awaited(state(word), clocks).is_empty();
            if waits == state(word).is_open() || ended.is_none() != state(word).is_open() {
                astray.push(format!("ticket {id}, {word}, ended {ended:?}"));
            }
        }
    }
    astray
}
