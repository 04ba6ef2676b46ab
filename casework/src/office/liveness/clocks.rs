//! Deadlines at every hour of the published year: finite, never over the statutory limit, escalation in order.
//!
//! The year is the last one that the pack's calendar has published, from its first hour to its last published one. A
//! due that has to read days beyond it is provisional and says so; that is no finding, since it is computed anew when
//! the calendar grows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::finding::{Claim, Liveness, LivenessFinding};
use super::model::Model;
use super::year::{Counted, Year};
use crate::calendar::rfc3339;
use crate::clock::escalation::{self, Level};
use crate::county::Maximum;
use crate::rules::Deadline;
use crate::words::reserved::DISPATCH;
use crate::words::{Addressee, Grade, Stage, Urgency};
use crate::zh::falls;

pub(super) fn check(on: &Liveness<'_>, model: Option<&Model>, found: &mut Vec<LivenessFinding>) {
    let year = Year::new(on.pack.calendar());
    let clocks = Clocks { on, model, year };
    clocks.finite(found);
    clocks.to_the_top(found);
    for maximum in &on.pack.statutes().limits {
        clocks.statutory(maximum, found);
    }
}

struct Clocks<'l> {
    on: &'l Liveness<'l>,
    model: Option<&'l Model>,
    year: Year<'l>,
}

impl Clocks<'_> {
    /// Each obligation has sign and resolve limits at each urgency, and each ends and is escalated in order.
    fn finite(&self, found: &mut Vec<LivenessFinding>) {
        let pack = self.on.pack;
        let mut spans: BTreeMap<Counted, Option<BTreeSet<TimeDelta>>> = BTreeMap::new();
        let mut escalated = BTreeSet::new();
        for term in pack.vocabulary().obligations.iter() {
            for urgency in Urgency::HIGHEST_FIRST {
                for &stage in Stage::ALL {
                    let Some(deadline) = pack.rules().deadline(&term.code, urgency, stage) else {
                        if stage != Stage::Contact {
                            found.push(self.no_deadline(&term.code, urgency, stage, falls::NOT_SAID));
                        }
                        continue;
                    };
                    let key = Counted::from(deadline.limit);
                    let spans = spans.entry(key).or_insert_with(|| self.year.spans(deadline.limit));
                    let Some(spans) = spans else {
                        found.push(self.no_deadline(&term.code, urgency, stage, falls::NOT_FINITE));
                        continue;
                    };
                    if !escalated.insert((urgency, stage, key)) {
                        continue;
                    }
                    let levels = pack.rules().levels(urgency, stage);
                    if let Some(span) = spans.iter().find(|span| !in_order(levels, **span)) {
                        found.push(self.disorder(&term.code, urgency, stage, deadline, *span));
                    }
                }
            }
        }
    }

    /// Whoever lets a deadline pass is pushed until the leading group knows, at each urgency and stage.
    fn to_the_top(&self, found: &mut Vec<LivenessFinding>) {
        let rules = self.on.pack.rules();
        for urgency in Urgency::HIGHEST_FIRST {
            for &stage in Stage::ALL {
                if rules
                    .levels(urgency, stage)
                    .last()
                    .is_some_and(|level| level.to == Addressee::LeadingGroup)
                {
                    continue;
                }
                let obligations = self.on.pack.vocabulary().obligations.iter();
                let asked = |code: &str| rules.deadline(code, urgency, stage).is_some();
                let obligation = obligations.map(|term| term.code.as_str()).find(|code| asked(code));
                let sentence = falls::not_to_the_top(urgency, stage);
                let law = (falls::TO_THE_TOP, Grade::P);
                found.push(self.finding(
                    Claim::Escalation,
                    law,
                    (obligation.unwrap_or_default(), urgency),
                    sentence,
                ));
            }
        }
    }

    fn no_deadline(&self, obligation: &str, urgency: Urgency, stage: Stage, what: &str) -> LivenessFinding {
        let sentence = falls::no_deadline(&self.on.words().obligation(obligation), urgency, stage, what);
        self.finding(
            Claim::Deadline,
            (falls::FINITE, Grade::P),
            (obligation, urgency),
            sentence,
        )
    }

    fn disorder(
        &self,
        obligation: &str,
        urgency: Urgency,
        stage: Stage,
        deadline: &Deadline,
        span: TimeDelta,
    ) -> LivenessFinding {
        let sentence = falls::disorder(urgency, stage, deadline.limit, span.num_minutes());
        self.finding(
            Claim::Escalation,
            (falls::INCREASING, Grade::P),
            (obligation, urgency),
            sentence,
        )
    }

    /// No deadline ends after the law's, whenever it starts.
    fn statutory(&self, maximum: &Maximum, found: &mut Vec<LivenessFinding>) {
        for &urgency in &maximum.urgencies {
            let rules = self.on.pack.rules();
            let Some(deadline) = rules.deadline(&maximum.obligation, urgency, maximum.stage) else {
                continue; // said by `finite`
            };
            let name = {
                let of = self.on.words().obligation(&maximum.obligation);
                falls::limit_named(&of, (urgency, maximum.stage), deadline.limit, deadline.row)
            };
            // Dispatch comes before whatever else happens to a ticket; a clock that starts with it starts early enough.
            let sentence = if deadline.start != maximum.start && deadline.start != DISPATCH {
                let event = |code| {
                    self.on
                        .pack
                        .vocabulary()
                        .events
                        .label(code, crate::words::Lang::Zh)
                        .to_owned()
                };
                falls::other_start(&name, &event(&deadline.start), &event(&maximum.start))
            } else if let Some(from) = self.year.exceeds(deadline.limit, maximum.limit) {
                let due = |limit| rfc3339(self.year.calendar.due(limit, from).at);
                falls::too_late(
                    &name,
                    maximum.limit,
                    &rfc3339(from),
                    (&due(deadline.limit), &due(maximum.limit)),
                )
            } else {
                continue;
            };
            let law = (maximum.basis.as_str(), maximum.grade);
            found.push(self.finding(Claim::StatutoryLimit, law, (&maximum.obligation, urgency), sentence));
        }
    }

    fn finding(
        &self,
        claim: Claim,
        law: (&str, Grade),
        (obligation, urgency): (&str, Urgency),
        sentence: String,
    ) -> LivenessFinding {
        let point = self
            .model
            .and_then(|model| model.witness(&self.on.space, obligation, urgency));
        let sentence = match point {
            Some(_) => sentence,
            None => falls::not_by_one(&sentence),
        };
        self.on
            .finding(claim, law, point.as_ref().map(|point| (point, None)), sentence)
    }
}

/// Whether each step comes strictly after the one before, and the first after the start.
fn in_order(levels: &[Level], span: TimeDelta) -> bool {
    let start = DateTime::<Utc>::UNIX_EPOCH;
    let steps = escalation::steps(levels, false, start, start + span);
    let times: Vec<_> = std::iter::once(start).chain(steps.iter().map(|step| step.at)).collect();
    !levels.is_empty() && times.windows(2).all(|pair| pair[0] < pair[1])
}
