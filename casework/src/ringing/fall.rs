//! Calls that failed for good: a wrong number, a provider that refuses, a mailbox that is full.
//!
//! A person whom one channel did not reach is called by the next one at once: message and voice stand in for each other, then the
//! mail. Whom no telephone reaches is passed over as an empty seat is, down to the last resort. Each channel is tried once for
//! each person and ring, so this ends; the next ring of the bell begins anew.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::bells::Bell;
use super::callee::{Callee, Made};
use super::whom::{assigned, whom};
use crate::roster::{Answer, People, Person, PersonId, Watch};
use crate::words::Channel;

/// Who is called in place of a call that failed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instead {
    /// Who.
    pub(super) answers: Vec<Answer>,
    /// By what.
    pub(super) channels: Vec<Channel>,
}

/// The calls of one person for a ring.
#[derive(Debug, Default)]
struct Tried<'m> {
    unit: &'m str,
    by: BTreeSet<Channel>,
    failed: BTreeSet<Channel>,
}

impl Tried<'_> {
    /// Whether another channel is on its way. Where all that failed is the page that nobody keeps open, a mail is one too: the ring
    /// was meant to be as quiet as that.
    fn is_reached(&self) -> bool {
        let only_a_page = self.failed.iter().all(|channel| *channel == Channel::Desk);
        let mut others = self.by.difference(&self.failed);
        others.any(|channel| only_a_page || channel.needs_phone())
    }
}

/// What is called in place of those calls of a bell's last ring that failed. Empty where each person is being reached by another
/// channel, or all was tried.
pub(super) fn instead(watch: &Watch<'_>, bell: &Bell, now: DateTime<Utc>) -> Vec<Instead> {
    let mut tried: BTreeMap<&Callee, Tried<'_>> = BTreeMap::new();
    for made in &bell.made {
        let Made {
            callee,
            unit,
            channel,
            failed,
        } = made;
        let of = tried.entry(callee).or_default();
        of.unit = unit;
        of.by.insert(*channel);
        if *failed {
            of.failed.insert(*channel);
        }
    }
    let mut all = Vec::new();
    let mut past: BTreeSet<&PersonId> = BTreeSet::new();
    for (callee, of) in &tried {
        let Callee::Person(person) = callee else { continue };
        if of.failed.is_empty() || of.is_reached() {
            continue;
        }
        let mut phone = [Channel::Sms, Channel::Voice].into_iter();
        let has_phone = watch.reaches(person, of.unit, &[Channel::Voice], now);
        let channel = match phone.find(|channel| has_phone && !of.by.contains(channel)) {
            Some(channel) => Some(channel),
            None => {
                past.insert(person);
                (!of.by.contains(&Channel::Mail)).then_some(Channel::Mail)
            }
        };
        all.extend(channel.map(|channel| Instead {
            answers: vec![assigned(person, of.unit)],
            channels: vec![channel],
        }));
    }
    if past.is_empty() {
        return all;
    }
    let step = bell.steps.step(bell.progress.next.saturating_sub(1));
    let mut channels: Vec<Channel> = step
        .channels
        .iter()
        .copied()
        .filter(|channel| channel.needs_phone())
        .collect();
    if channels.is_empty() {
        channels.push(Channel::Sms);
    }
    let people = without_phones(watch.people, &past);
    let watch = Watch {
        people: &people,
        ..watch.clone()
    };
    let mut answers = whom(&watch, &bell.toward, (&step.to, &channels), now);
    answers.retain(|answer| !tried.contains_key(&Callee::of(answer)));
    if !answers.is_empty() {
        all.push(Instead { answers, channels });
    }
    all
}

/// The people, those with no telephone who could not be reached by one.
fn without_phones(people: &People, past: &BTreeSet<&PersonId>) -> People {
    let seen = |(id, person): (&PersonId, &Person)| {
        let mut person = person.clone();
        if past.contains(id) {
            person.phones.clear();
        }
        (id.clone(), person)
    };
    people.iter().map(seen).collect()
}
