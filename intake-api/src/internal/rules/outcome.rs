//! What a replay found, as a page shows it: sentences first, then the load of each unit as bars, then reports to look at.

use std::cmp::{Ordering, Reverse};

use casework::office::replay::{Load, Outcome, Sample, SampleDecision};
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{store::RuleSet, text::Lang};

use crate::{
    internal::{board::facts, page::words},
    parts::Opened,
};

/// Units with a bar.
const BARS: usize = 12;
/// Reports to look at.
const SHOWN: usize = 5;

/// The part of the page.
pub(super) struct OutcomeView {
    pub(super) summary: String,
    /// The rules were changed after it.
    pub(super) old: bool,
    pub(super) unreadable: Option<String>,
    pub(super) sentences: Vec<String>,
    pub(super) bars: Vec<Bar>,
    pub(super) samples: Vec<SampleView>,
}

/// One unit's load by both rule sets.
pub(super) struct Bar {
    pub(super) unit: String,
    pub(super) before: u64,
    pub(super) after: u64,
    /// Widths in percent of the longest.
    pub(super) before_width: u64,
    pub(super) after_width: u64,
    pub(super) difference: String,
    /// How many deadlines come earlier, how many later; empty where none moves.
    pub(super) moves: String,
}

/// One report that changes.
pub(super) struct SampleView {
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
}

/// The outcome of a version's replay.
pub(super) fn view(outcome: &Outcome, set: &RuleSet, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> OutcomeView {
    let at = set
        .replayed_at
        .map_or_else(String::new, |at| words::moment(lang, at, now));
    let summary = [
        ("reports", outcome.reports.to_string()),
        ("changed", outcome.changed.to_string()),
        ("n", set.replayed_against.unwrap_or_default().to_string()),
        ("at", at),
    ];
    let summary: Vec<(&str, &str)> = summary.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let unreadable = outcome.unreadable.count;
    OutcomeView {
        summary: lang.fill("rules.replay.summary", &summary),
        old: !set.is_replayed(),
        unreadable: (unreadable > 0).then(|| lang.fill("rules.replay.unreadable", &[("n", &unreadable.to_string())])),
        // The first of them says what the summary says.
        sentences: outcome.sentences_zh(pack, pack).into_iter().skip(1).collect(),
        bars: bars(outcome, pack, lang),
        samples: outcome
            .samples
            .iter()
            .take(SHOWN)
            .map(|sample| sample_view(sample, pack, lang, now))
            .collect(),
    }
}

/// The units that get more, less, earlier or later, those that change most first.
fn bars(outcome: &Outcome, pack: &Pack, lang: Lang) -> Vec<Bar> {
    let weight = |load: &Load| load.gained + load.lost + earlier(load) + later(load);
    let mut units: Vec<_> = outcome.units.iter().filter(|(_, load)| weight(load) > 0).collect();
    units.sort_by_key(|(code, load)| (Reverse((load.gained + load.lost, weight(load))), (*code).clone()));
    units.truncate(BARS);
    let loads = units.iter().map(|(_, load)| load.before.max(load.after));
    let longest = loads.max().unwrap_or(0).max(1);
    let bar = |(code, load): (&String, &Load)| Bar {
        unit: pack
            .units()
            .get(code)
            .map_or_else(|| code.clone(), |unit| unit.name.clone()),
        before: load.before,
        after: load.after,
        before_width: load.before * 100 / longest,
        after_width: load.after * 100 / longest,
        difference: match load.after.cmp(&load.before) {
            Ordering::Greater => format!("+{}", load.after - load.before),
            Ordering::Less => format!("−{}", load.before - load.after),
            Ordering::Equal => "±0".to_owned(),
        },
        moves: moves(load, lang),
    };
    units.into_iter().map(bar).collect()
}

fn earlier(load: &Load) -> u64 {
    load.stages.values().map(|shift| shift.earlier).sum()
}

fn later(load: &Load) -> u64 {
    load.stages.values().map(|shift| shift.later).sum()
}

fn moves(load: &Load, lang: Lang) -> String {
    let said = [
        ("rules.replay.earlier", earlier(load)),
        ("rules.replay.later", later(load)),
    ];
    let said = said.into_iter().filter(|(_, count)| *count > 0);
    let said: Vec<String> = said
        .map(|(key, count)| lang.fill(key, &[("n", &count.to_string())]))
        .collect();
    said.join(" · ")
}

fn sample_view(sample: &Sample, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> SampleView {
    // A report of the county, even if nobody can tell which: no more than the office sees without a ticket.
    let seen = Opened::of_facts(&sample.facts, pack.rules().look("office"));
    SampleView {
        facts: facts::lines(&seen, pack, lang),
        before: tickets(&sample.before, pack, lang, now),
        after: tickets(&sample.after, pack, lang, now),
    }
}

/// `特急`, then `公安局：接报处置（主办），办结 11月25日 24:00`.
fn tickets(decision: &SampleDecision, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let urgency = words::urgency(lang, decision.urgency).to_owned();
    let tickets = decision.tickets.iter().map(|ticket| {
        let unit = pack
            .units()
            .get(&ticket.unit)
            .map_or(ticket.unit.as_str(), |unit| &unit.name);
        let obligation = pack.vocabulary().obligations.label(&ticket.obligation, lang.pack());
        let role = lang.t(if ticket.lead {
            "words.role.lead"
        } else {
            "words.role.assist"
        });
        let stages: Vec<String> = ticket
            .stages
            .iter()
            .filter_map(|(stage, planned)| {
                let due = words::due(lang, planned.due?, now);
                Some(format!("{} {due}", words::stage(lang, (*stage).into())))
            })
            .collect();
        format!("{unit}：{obligation}（{role}） {}", stages.join(" · "))
    });
    std::iter::once(urgency).chain(tickets).collect()
}
