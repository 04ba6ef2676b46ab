//! Deadlines at every hour of the published year: finite, never over the statutory limit, escalation in order.
//!
//! The year is the last one that the pack's calendar has published, from its first hour to its last published one. A
//! due that has to read days beyond it is provisional and says so; that is no finding, since it is computed anew when
//! the calendar grows.
//!
//! Two dues are compared over a whole day by its ends. A due of a day regime is one moment for all starts of a day, a
//! due of a clock regime moves with the start, so the excess of one over the other is constant, rising or falling
//! within the day: where it is positive anywhere it is positive at 00:00 or at the last instant before 24:00. Days of
//! the same regime and event need no calendar at all: the due grows with the count.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::duties::Model;
use super::{Claim, Liveness, LivenessFinding};
use crate::calendar::{Calendar, Limit, Regime, rfc3339, shanghai};
use crate::escalation::{self, Level};
use crate::pack::Maximum;
use crate::routing::Stage;
use crate::routing::rules::{DISPATCH, Deadline};
use crate::urgency::Urgency;

pub(super) fn check(on: &Liveness<'_>, model: Option<&Model>, found: &mut Vec<LivenessFinding>) {
    let year = Year::new(on.pack.calendar());
    let clocks = Clocks { on, model, year };
    clocks.finite(found);
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
                            found.push(self.no_deadline(&term.code, urgency, stage, "没有规定"));
                        }
                        continue;
                    };
                    let key = Counted::from(deadline.limit);
                    let spans = spans.entry(key).or_insert_with(|| self.year.spans(deadline.limit));
                    let Some(spans) = spans else {
                        found.push(self.no_deadline(&term.code, urgency, stage, "算不出有限的"));
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

    fn no_deadline(&self, obligation: &str, urgency: Urgency, stage: Stage, what: &str) -> LivenessFinding {
        let sentence = format!(
            "应办事项{}在{}时{what}{}时限，到期无人催办。",
            self.on.words().obligation(obligation),
            urgency.zh(),
            stage.zh()
        );
        self.finding(
            Claim::Deadline,
            ("每张工单都有有限的签收和办结时限", "P"),
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
        let sentence = format!(
            "{}的{}时限（{}，自起算至到期{}分钟）逐级催办的先后次序不对：后一级必须严格晚于前一级。",
            urgency.zh(),
            stage.zh(),
            deadline.limit.zh(),
            span.num_minutes()
        );
        self.finding(
            Claim::Escalation,
            ("逐级催办各级严格递进", "P"),
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
            let name = format!(
                "应办事项{}（{}）的{}时限{}（环节时限表第{}行）",
                self.on.words().obligation(&maximum.obligation),
                urgency.zh(),
                maximum.stage.zh(),
                deadline.limit.zh(),
                deadline.row
            );
            // Dispatch comes before whatever else happens to a ticket; a clock that starts with it starts early enough.
            let sentence = if deadline.start != maximum.start && deadline.start != DISPATCH {
                let event = |code| {
                    self.on
                        .pack
                        .vocabulary()
                        .events
                        .label(code, crate::pack::Lang::Zh)
                        .to_owned()
                };
                format!(
                    "{name}自“{}”起算，但法定时限自“{}”起算。",
                    event(&deadline.start),
                    event(&maximum.start)
                )
            } else if let Some(from) = self.year.exceeds(deadline.limit, maximum.limit) {
                let due = |limit| rfc3339(self.year.calendar.due(limit, from).at);
                format!(
                    "{name}超过法定的{}：{}起算，规则到{}才到期，法定{}到期。",
                    maximum.limit.zh(),
                    rfc3339(from),
                    due(deadline.limit),
                    due(maximum.limit)
                )
            } else {
                continue;
            };
            let law = (maximum.basis.as_str(), maximum.grade.as_str());
            found.push(self.finding(Claim::StatutoryLimit, law, (&maximum.obligation, urgency), sentence));
        }
    }

    fn finding(
        &self,
        claim: Claim,
        law: (&str, &str),
        (obligation, urgency): (&str, Urgency),
        sentence: String,
    ) -> LivenessFinding {
        let point = self
            .model
            .and_then(|model| model.witness(&self.on.space, obligation, urgency));
        let sentence = match point {
            Some(_) => sentence,
            None => format!("{sentence}目前没有单一情形触发它，几种情形并存或人工派单时才会出现。"),
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

/// A limit as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Counted(Regime, u32);

impl From<Limit> for Counted {
    fn from(limit: Limit) -> Self {
        Self(limit.regime, limit.count)
    }
}

/// The last published year of a calendar.
struct Year<'c> {
    calendar: &'c Calendar,
    days: Vec<NaiveDate>,
}

impl<'c> Year<'c> {
    fn new(calendar: &'c Calendar) -> Self {
        let last = calendar.published_through();
        let first = NaiveDate::from_ymd_opt(last.year(), 1, 1).unwrap_or(last);
        let days = first.iter_days().take_while(|day| *day <= last).collect();
        Self { calendar, days }
    }

    /// How long a limit can run from the hours of the year; `None` = it does not end, or ends at once.
    fn spans(&self, limit: Limit) -> Option<BTreeSet<TimeDelta>> {
        const HOURS: i32 = 24;
        let clock = matches!(limit.regime, Regime::Minutes | Regime::Hours);
        let days = if clock {
            &self.days[..1.min(self.days.len())]
        } else {
            &self.days[..]
        };
        let mut spans = BTreeSet::new();
        for day in days {
            let from = midnight(*day);
            let whole = self.calendar.try_due(limit, from)?.at - from;
            // Over the hours of a day a day regime keeps its due; a clock keeps its span.
            let hours = if clock { 0..1 } else { 0..HOURS };
            spans.extend(hours.map(|hour| whole - TimeDelta::hours(hour.into())));
        }
        spans.iter().all(|span| *span > TimeDelta::zero()).then_some(spans)
    }

    /// A start in the year from which `rule` ends after `law`.
    fn exceeds(&self, rule: Limit, law: Limit) -> Option<DateTime<Utc>> {
        if rule.regime == law.regime && rule.count <= law.count {
            return None;
        }
        let ends = |day: &NaiveDate| {
            [
                midnight(*day),
                midnight(*day + Days::new(1)) - TimeDelta::nanoseconds(1),
            ]
        };
        self.days.iter().flat_map(ends).find(|from| {
            let (rule, law) = (self.calendar.due(rule, *from), self.calendar.due(law, *from));
            rule.at > law.at
        })
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    (local - TimeDelta::seconds(shanghai().local_minus_utc().into())).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A year with weekends, a long holiday and made-up days.
    fn calendar() -> Calendar {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let off = (1..=8).map(|date| (day(10, date), true, "国庆节".to_owned()));
        let worked = [day(9, 27), day(10, 10)].map(|date| (date, false, "调休".to_owned()));
        Calendar::new(off.chain(worked), day(12, 31))
    }

    /// Every hour of the year, and the last instant before it.
    fn moments(year: &Year<'_>) -> impl Iterator<Item = DateTime<Utc>> {
        year.days.iter().flat_map(|day| {
            (0..24).flat_map(|hour| {
                let at = midnight(*day) + TimeDelta::hours(hour);
                [at, at + TimeDelta::hours(1) - TimeDelta::nanoseconds(1)]
            })
        })
    }

    #[test]
    fn both_ends_of_a_day_decide_as_all_its_hours_do() {
        let calendar = calendar();
        let year = Year::new(&calendar);
        assert_eq!(year.days.len(), 365);
        let limits = [
            "24h", "72h", "1440min", "120h", "1sd", "3sd", "1wd", "3wd", "5wd", "30sd", "1mo", "20wd",
        ];
        let limits = limits.map(|text| text.parse::<Limit>().unwrap());
        let dues: Vec<Vec<DateTime<Utc>>> = limits
            .iter()
            .map(|limit| moments(&year).map(|from| calendar.due(*limit, from).at).collect())
            .collect();
        for (rule, rules) in limits.iter().zip(&dues) {
            for (law, laws) in limits.iter().zip(&dues) {
                let brute = rules.iter().zip(laws).any(|(rule, law)| rule > law);
                assert_eq!(year.exceeds(*rule, *law).is_some(), brute, "{rule} {law}");
            }
        }
    }

    #[test]
    fn the_spans_are_those_of_all_hours() {
        let calendar = calendar();
        let year = Year::new(&calendar);
        for limit in ["30min", "3sd", "5wd", "1mo"].map(|text| text.parse::<Limit>().unwrap()) {
            let brute: BTreeSet<TimeDelta> = moments(&year)
                .step_by(2)
                .map(|from| calendar.due(limit, from).at - from)
                .collect();
            assert_eq!(year.spans(limit), Some(brute), "{limit}");
        }
    }
}
