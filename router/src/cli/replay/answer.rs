//! The answer of a replay on stdout: sentences and samples, or one JSON object.

use std::fmt::Write;

use casework::calendar::rfc3339;
use casework::office::replay::{Outcome, SampleDecision};
use casework::pack::Pack;
use casework::words::{Handling, Lang};
use casework::zh::replay;

/// What `--help` says about `--json`.
pub(super) const SHAPE: &str = r"Exit codes: 0 done, whether anything differs or not; 1 failed; 2 something can't be read.

With --json one object:
  reports, changed           how many were routed by both, and how many differ
  oldest, newest             when the oldest and the newest were dispatched
  unreadable                 {count, named: [{report, why}]}: not routed
  urgency                    {raised, lowered, before: {P1, P2, P3}, after: {P1, P2, P3}}: reports
  police                     {by_rules: FLIP, left_without}: reports that the rules send to the police, the safety floor
                             apart; of the lost ones, those that the floor does not hold either
  triage, only_triage        FLIP: reports with a triage ticket, and with nothing else
  tickets                    LOAD of all
  units                      {CODE: LOAD}
  obligations                {CODE: {UNIT KIND: LOAD}}
  samples                    [{report, at, gravity, facts, before: DECISION, after: DECISION}], the gravest first
FLIP:      {before, after, gained, lost}: reports
LOAD:      {before, after, gained, lost, lead_before, lead_after, stages: {sign|contact|resolve: SHIFT}}: tickets
SHIFT:     {earlier, earlier_minutes, later, later_minutes, added, removed, restarted}: tickets of both; minutes together
DECISION:  {urgency, tickets: [{obligation, unit, unit_kind, lead, stages: {STAGE: {limit, start, due}}}], triage_reasons}
gravity:   police-lost, only-triage, triage, lowered, fewer, moved, later, raised, more, earlier, lead";

/// One line.
pub(super) fn json(outcome: &Outcome) -> serde_json::Result<String> {
    serde_json::to_string(outcome)
}

/// For people: what differs, then reports to look at.
pub(super) fn text(outcome: &Outcome, old: &Pack, new: &Pack) -> String {
    let mut text = outcome.sentences_zh(old, new).join("\n");
    for unreadable in &outcome.unreadable.named {
        let _ = write!(text, "\n  {}：{}", unreadable.report, unreadable.why);
    }
    if !outcome.samples.is_empty() {
        let _ = write!(text, "\n\n{}", replay::EXAMPLES);
    }
    for sample in &outcome.samples {
        let words = &new.vocabulary().situations;
        let situations: Vec<&str> = sample
            .facts
            .situations
            .iter()
            .map(|code| words.label(code, Lang::Zh))
            .collect();
        let _ = write!(
            text,
            "\n{}  {}  {}：{}",
            sample.report,
            rfc3339(sample.at),
            sample.gravity.zh(),
            situations.join("、")
        );
        for (title, pack, decision) in [
            (replay::BEFORE, old, &sample.before),
            (replay::AFTER, new, &sample.after),
        ] {
            let _ = write!(
                text,
                "\n  {title}（{}）{}",
                decision.urgency.zh(),
                tickets(pack, decision)
            );
        }
    }
    text
}

fn tickets(pack: &Pack, decision: &SampleDecision) -> String {
    let mut text = String::new();
    for ticket in &decision.tickets {
        let stages: Vec<String> = ticket
            .stages
            .iter()
            .map(|(stage, clock)| {
                let due = clock.due.map_or_else(|| clock.limit.zh(), rfc3339);
                format!("{} {due}", stage.zh())
            })
            .collect();
        let unit = pack.units().get(&ticket.unit);
        let _ = write!(
            text,
            "\n    {} {}：{}（{}）",
            Handling::of(ticket.lead).zh(),
            unit.map_or(ticket.unit.as_str(), |unit| &unit.name),
            pack.vocabulary().obligations.label(&ticket.obligation, Lang::Zh),
            stages.join("，")
        );
    }
    text
}
