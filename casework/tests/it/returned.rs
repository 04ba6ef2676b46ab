//! The stages of a ticket that another unit returned.

use casework::routing::{after_return, successor};
use casework::words::{Stage, Urgency};
use chrono::{DateTime, TimeDelta, Utc};

use crate::taihe::{TAIHE, at as time};

fn resolve(first: Option<DateTime<Utc>>, at: DateTime<Utc>) -> (DateTime<Utc>, Vec<DateTime<Utc>>, bool) {
    let (stages, held) = after_return(&TAIHE, ("school-safety", "edu"), Urgency::P2, at, first);
    let stage = stages.into_iter().find(|stage| stage.stage == Stage::Resolve).unwrap();
    (
        stage.due.unwrap(),
        stage.steps.iter().map(|step| step.at).collect(),
        held,
    )
}

#[test]
fn resolving_is_due_no_later_than_the_case_s_first_ticket() {
    let at = time("2026-11-24T00:10:00Z");
    let (own, steps, held) = resolve(None, at);
    let planned = successor(&TAIHE, "school-safety", "edu", Urgency::P2, at);
    let planned = planned.iter().find(|stage| stage.stage == Stage::Resolve).unwrap();
    assert_eq!((Some(own), held), (planned.due, false));
    assert_eq!(steps, planned.steps.iter().map(|step| step.at).collect::<Vec<_>>());
    // Later than its own: nothing holds it.
    assert_eq!(resolve(Some(own + TimeDelta::days(1)), at), (own, steps, false));
    // Earlier: that is the due, and the steps lead to it.
    let first = at + TimeDelta::days(2);
    let (due, steps, held) = resolve(Some(first), at);
    assert!(held && due == first);
    assert!(steps.contains(&first) && steps.iter().all(|step| *step >= at));
    // It has passed: due at the dispatch, and nobody is late for time before it.
    let (due, steps, held) = resolve(Some(at - TimeDelta::days(2)), at);
    assert!(held && due == at);
    assert!(steps.iter().all(|step| *step >= at) && steps.is_sorted());
}
