//! What may follow what in the schema is what casework's state machine does, pair by pair, and nothing else can be stored.

use std::collections::BTreeSet;

use casework::ticket::{TicketAct, TicketState};
use platform::clock;
use tests::{Fixture, Sample};

/// Every change of a state that some act makes.
fn changes() -> BTreeSet<(String, String)> {
    let pairs = TicketState::ALL
        .iter()
        .flat_map(|was| TicketAct::ALL.iter().map(move |act| (*was, *act)));
    pairs
        .filter_map(|(was, act)| Some((was, was.after(act).ok()?)))
        .filter(|(was, becomes)| was != becomes)
        .map(|(was, becomes)| (was.to_string(), becomes.to_string()))
        .collect()
}

#[tokio::test]
async fn the_schema_knows_the_changes_of_the_state_machine_and_no_other() {
    let fixture = Fixture::new().await;
    let stored: Vec<(String, String)> = sqlx::query_as("SELECT was, becomes FROM ticket_changes")
        .fetch_all(&fixture.db)
        .await
        .unwrap();
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), changes());
}

#[tokio::test]
async fn what_no_act_makes_is_refused_whoever_writes_it() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    let was = TicketState::Dispatched;
    let mut refused = 0;
    for becomes in TicketState::ALL.iter().filter(|becomes| **becomes != was) {
        // Each from the same beginning: nothing is committed.
        let mut tx = fixture.db.begin().await.unwrap();
        let changed = sqlx::query("UPDATE tickets SET state = $2 WHERE report_id = $1")
            .bind(report.id)
            .bind(becomes.as_str())
            .execute(&mut *tx)
            .await;
        let constraint = match &changed {
            Err(sqlx::Error::Database(e)) => e.constraint(),
            _ => None,
        };
        let may = changes().contains(&(was.to_string(), becomes.to_string()));
        assert_eq!(constraint != Some("tickets_change"), may, "{was} becomes {becomes}");
        refused += usize::from(!may);
    }
    assert!(refused > 5);
}
