//! An explanation for somebody who does not see the whole report: it must not tell through a row, a climb or a count what the
//! page beside it hides.
//!
//! The explanation is made from the whole report, so that what is told is true, and then cut down: a row stays only where
//! every fact it asks is shown (its number alone leads to the facts for whoever knows the table), situations are counted
//! among those that are shown, and what rests on the whole report says that it does.

use super::explanation::Explanation;
use super::rows::RowWhy;
use crate::disclosure::{Part, Shows};
use crate::pack::Pack;
use crate::report::{Facts, RoutingFact, StoredFacts};
use crate::routing::PlannedTicket;
use crate::words::reserved::POLICE_ACCEPT;
use crate::zh::explain::{beside, reported as reported_facts, unit};

/// What somebody sees of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The parts.
    pub shows: Shows,
    /// Situations that asked the ticket: seen where not all are.
    pub own: Vec<String>,
}

impl Sight {
    /// The whole report.
    pub fn whole() -> Self {
        Self {
            shows: Shows::all(),
            own: Vec::new(),
        }
    }

    fn has(&self, part: Part) -> bool {
        self.shows.has(part)
    }

    /// Whether a situation is seen.
    fn sees(&self, code: &str) -> bool {
        self.has(Part::Situations) || self.has(Part::Own) && self.own.iter().any(|own| own == code)
    }

    /// Whether what a column of the tables asks is seen.
    fn column(&self, name: &str) -> bool {
        let Some(fact) = RoutingFact::from_word(name) else {
            return name == "trigger" || self.has(Part::Situations);
        };
        match fact {
            RoutingFact::PresentDanger => true,
            RoutingFact::Situation => self.has(Part::Situations) || self.has(Part::Own),
            RoutingFact::Suspect => self.has(Part::Suspect),
            RoutingFact::ReporterKind => self.has(Part::Reporter),
            RoutingFact::Age | RoutingFact::Sex | RoutingFact::LeftBehind | RoutingFact::LivingWith => {
                self.has(Part::Child)
            }
            // Where it happened, who can't come, who was in it too, whether it was told before.
            RoutingFact::Place | RoutingFact::GuardianAbsent | RoutingFact::AdultCoOffender | RoutingFact::Repeat => {
                self.has(Part::Situations)
            }
        }
    }
}

/// Cuts an explanation down to what is seen.
pub(super) fn cut(
    mut told: Explanation,
    pack: &Pack,
    facts: &Facts,
    ticket: &PlannedTicket,
    sight: &Sight,
) -> Explanation {
    let seen: Vec<usize> = (1..)
        .zip(&facts.situations)
        .filter(|(_, code)| sight.sees(code))
        .map(|(number, _)| number)
        .collect();
    let all = sight.has(Part::Situations);
    told.reported = reported(pack, facts, sight);
    let shown = |row: &RowWhy| row.conditions.iter().all(|condition| sight.column(&condition.column));
    let (kept, hidden): (Vec<RowWhy>, Vec<RowWhy>) = told.asked.into_iter().partition(shown);
    told.asked = renumbered(kept, &seen, sight);
    if !all {
        told.beside_rows = beside(&told.beside_rows, ticket, sight);
    }
    if !hidden.is_empty() {
        told.beside_rows.push(beside::ROW_HIDDEN.to_owned());
    }
    if !(sight.has(Part::Place) && sight.has(Part::Suspect)) {
        told.found = unit::by_rules(pack, ticket);
    }
    if all {
        told.urgent.retain(shown);
        told.urgent = renumbered(told.urgent, &seen, sight);
        if !sight.has(Part::Child) {
            told.urgent_because.clear();
        }
    } else {
        told.urgent.clear();
        told.urgent_because = vec![beside::URGENT_BY_WHOLE.to_owned()];
        told.leads = if ticket.lead {
            beside::LEADS.to_owned()
        } else {
            beside::ASSISTS.to_owned()
        };
    }
    told
}

/// Rows with the numbers that situations have among those that are seen, and without numbers of children who are not.
fn renumbered(rows: Vec<RowWhy>, seen: &[usize], sight: &Sight) -> Vec<RowWhy> {
    let number = |at: &usize| seen.iter().position(|seen| seen == at).map(|place| place + 1);
    rows.into_iter()
        .map(|mut row| {
            row.situations = row.situations.iter().filter_map(number).collect();
            if !sight.has(Part::Child) {
                row.children.clear();
            }
            row
        })
        .collect()
}

/// What stands beside the rows, without what only the other situations say.
fn beside(said: &[String], ticket: &PlannedTicket, sight: &Sight) -> Vec<String> {
    if ticket.is_by_hand() {
        return said.to_vec();
    }
    let mut kept = Vec::new();
    if ticket.obligation == POLICE_ACCEPT && !said.is_empty() {
        kept.push(beside::floor(beside::EITHER));
    }
    if !ticket.unknowns.is_empty() && sight.has(Part::Child) {
        kept.push(beside::rests_on(&ticket.unknowns));
    }
    kept
}

/// Situations that are seen, and where the child is: the same in both tellings. `danger` is one word.
fn situations_and_place(pack: &Pack, facts: &Facts, danger: &str, sight: &Sight) -> (Vec<String>, Vec<String>) {
    let seen = Facts {
        situations: facts
            .situations
            .iter()
            .filter(|code| sight.sees(code))
            .cloned()
            .collect(),
        ..facts.clone()
    };
    let mut rest = vec![reported_facts::danger(danger)];
    if sight.has(Part::Place) {
        rest.push(reported_facts::at(pack, facts));
    }
    (reported_facts::situations(pack, &seen).collect(), rest)
}

/// What was reported, as far as it is seen.
fn reported(pack: &Pack, facts: &Facts, sight: &Sight) -> Vec<String> {
    let danger = reported_facts::there_is(facts.present_danger);
    let (mut said, mut rest) = situations_and_place(pack, facts, danger, sight);
    if sight.has(Part::Child) {
        said.extend(reported_facts::children(facts));
    }
    let words = [
        ("place", facts.place.as_str()),
        ("suspect", facts.suspect.as_str()),
        ("reporter_kind", facts.reporter_kind.as_str()),
    ];
    let seen_words = words.iter().filter(|(column, _)| sight.column(column));
    rest.extend(seen_words.map(|(column, word)| reported_facts::word(pack, column, word)));
    if sight.has(Part::Situations) {
        rest.extend(reported_facts::flags(facts).map(reported_facts::holds));
    }
    said.push(rest.join("；"));
    said.extend(hidden(sight));
    said
}

/// What was reported, as far as it can be read and is seen. What can't be read is never told as a fact.
pub(super) fn reported_as_read(pack: &Pack, facts: &Facts, stored: &StoredFacts, sight: &Sight) -> Vec<String> {
    let danger = match (stored.tells_danger(), facts.present_danger) {
        (false, _) => reported_facts::DANGER_UNREAD,
        (true, there) => reported_facts::there_is(there),
    };
    let (mut said, rest) = situations_and_place(pack, facts, danger, sight);
    said.push(rest.join("；"));
    said.push(reported_facts::READ_IN_PART.to_owned());
    said.extend(hidden(sight));
    said
}

fn hidden(sight: &Sight) -> Option<String> {
    let hidden: Vec<&str> = sight
        .shows
        .hidden()
        .filter(|part| *part != Part::Identity)
        .map(Part::zh)
        .collect();
    (!hidden.is_empty()).then(|| beside::not_shown(&hidden))
}
