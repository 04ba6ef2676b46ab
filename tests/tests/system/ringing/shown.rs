//! What `router show --json` says of the calls of a report.

use std::collections::BTreeMap;

use platform::store::{AnsweredHow, BellAnswer, Notifier};
use tests::shown::{Ring, RungStep, Shown};

use super::*;

impl Night {
    async fn shown(&self) -> (Shown, String) {
        let text = self.fixture.show(self.report).await;
        (serde_json::from_str(&text).expect("JSON"), text)
    }
}

/// The calls of a report, each with its entries on all tickets.
fn calls(shown: &Shown) -> BTreeMap<&str, Vec<(i64, &Ring)>> {
    let mut calls: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for ticket in &shown.tickets {
        for ring in &ticket.rings {
            calls.entry(&ring.call).or_default().push((ticket.id, ring));
        }
    }
    calls
}

#[tokio::test]
async fn each_ring_says_whom_it_called_by_what_and_how_far_that_came() {
    let night = Night::new().await;
    night.turn(night.at).await;
    let (shown, _) = night.shown().await;
    let police = shown.tickets.iter().find(|t| t.id == night.ticket).expect("the ticket");
    let ring = |person: &str, channel: &str| {
        let mut rings = police.rings.iter();
        let of =
            |ring: &&Ring| ring.stage == "sign" && ring.person.as_deref() == Some(person) && ring.channel == channel;
        rings.find(of).expect("a ring").clone()
    };
    let voice = ring("li", "voice");
    assert_eq!(voice.id, format!("ring:{}:1:dispatch:0", night.stage));
    assert_eq!(
        (voice.cause.as_str(), voice.unit.as_str(), voice.state.as_str()),
        ("dispatch", POLICE, "queued")
    );
    assert_eq!((voice.planned_at.to_utc(), voice.last_resort), (night.at, None));
    let step = |at: DateTime<Utc>, step: &str, detail: &str| RungStep {
        at: at.into(),
        step: step.to_owned(),
        detail: detail.to_owned(),
    };
    assert_eq!(voice.steps, [step(night.at, "queued", "")]);
    assert_eq!((voice.answered_at, voice.answered_by), (None, None));

    // Where several tickets are rung with one call, each of them has it, and says for how many rings it is.
    let all = calls(&shown);
    for entries in all.values() {
        assert!(
            entries.iter().all(|(_, ring)| ring.grouped == entries.len()),
            "{entries:?}"
        );
    }
    let of_several = |entries: &&Vec<(i64, &Ring)>| entries.iter().any(|(ticket, _)| *ticket != entries[0].0);
    assert!(
        all.values().find(of_several).is_some(),
        "the office's duty is called once for all"
    );

    let at = night.at + minutes(1);
    let answer = BellAnswer {
        by: night.account("li").await,
        how: AnsweredHow::Digit,
        recorded_by: None,
        at,
    };
    let notifier: Store<Notifier> = night.fixture.store_as();
    let call = night.call("li", "voice").await;
    notifier.bell_answer(&[call], answer).await.expect("answered");
    let (shown, _) = night.shown().await;
    let entries = calls(&shown).remove(call.to_string().as_str()).expect("the call");
    let (_, voice) = entries[0];
    assert_eq!(
        (voice.answered_at, voice.answered_by.as_deref()),
        (Some(at.into()), Some("li"))
    );
    assert_eq!(voice.answered_how.as_deref(), Some("digit"));
    assert_eq!(voice.steps.last(), Some(&step(at, "acknowledged", "digit")));
}

#[tokio::test]
async fn a_telephone_of_the_last_resort_is_its_place_and_never_its_number() {
    let night = Night::without_people().await;
    night.turn(night.at).await;
    let (shown, text) = night.shown().await;
    let rings: Vec<&Ring> = shown.tickets.iter().flat_map(|ticket| &ticket.rings).collect();
    assert!(!rings.is_empty() && rings.iter().all(|ring| ring.person.is_none()));
    assert!(rings.iter().any(|ring| ring.last_resort == Some(1)), "{rings:?}");
    for phone in night.fixture.pack.last_resort() {
        assert!(!text.contains(&phone.phone), "{text}");
    }
}
