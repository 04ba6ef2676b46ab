//! The decision tables of a pack, read into what routing asks of them.
//!
//! `urgency` and `obligations` stay tables and are evaluated per report. `deadlines` and `escalation` have few
//! possible inputs; they are evaluated once for all of them while the pack is read. So a missing or doubled
//! deadline is found before a report meets it, and routing only looks up.
//!
//! Whom a notice rings is a table of its own, `ringing.csv`: its rows are a sequence, which no decision table says.
//!
//! What is evaluated per report is evaluated twice ([`Twofold`]).

mod check;
mod columns;
mod deadline;
mod draft;
mod inputs;
pub mod possible;
pub(crate) mod ringing;
#[cfg(test)]
mod tests;
mod twice;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::clock::escalation::Level;
use crate::county::{MODEL, PackProblem, Problems, Ranking, Recusals, Units, Vocabulary};
use crate::disclosure::{ANY_TICKET, DISCLOSURE, LOOKS, Part, Shows};
use crate::dmn::{self, Rule, Table};
use crate::words::Urgency;
use crate::words::reserved::POLICE;

use crate::rules::possible::Cuts;
use crate::words::Stage;
use crate::zh::doubts;
pub use deadline::Deadline;
pub use inputs::{Trigger, inputs};
use twice::Twice;
pub use twice::{Seen, Twofold};

/// Of a table that is missing.
static NOTHING_ASKED: LazyLock<Cuts> = LazyLock::new(Cuts::none);

/// All rules of a pack.
#[derive(Debug, Clone)]
pub struct Rules {
    urgency: Option<Twice>,
    obligations: Option<Twice>,
    deadlines: HashMap<(String, Urgency, Stage), Deadline>,
    escalation: BTreeMap<(Urgency, Stage), Vec<Level>>,
    /// By obligation and unit kind, with the row; `None` = no such table.
    disclosure: Option<HashMap<(String, String), (Shows, usize)>>,
    ranking: Ranking,
    recusals: Recusals,
}

impl Rules {
    /// The urgency of one situation and child, with the row that gave it; `None` where no row matches.
    pub fn urgency(&self, seen: &Seen<'_>) -> Twofold<Option<(Urgency, usize)>> {
        let Some(twice) = &self.urgency else {
            return Twofold::default();
        };
        twice.evaluate(doubts::URGENCY_RULES, seen).map(|hits| {
            let rule = hits.first()?;
            let word = twice.table().output(rule, "urgency").as_text()?;
            Some((Urgency::from_word(word)?, rule.number))
        })
    }

    /// The rows of `obligations` that ask something, with the table they belong to.
    pub fn obligations(&self, seen: &Seen<'_>) -> Twofold<Vec<Asked<'_>>> {
        let Some(twice) = &self.obligations else {
            return Twofold::default();
        };
        let table = twice.table();
        twice
            .evaluate(doubts::OBLIGATION_RULES, seen)
            .map(|hits| hits.into_iter().map(|rule| Asked { table, rule }).collect())
    }

    /// Which values of unknown facts the urgency tells apart.
    pub fn urgency_cuts(&self) -> &Cuts {
        self.urgency.as_ref().map_or(&NOTHING_ASKED, Twice::cuts)
    }

    /// Which values of unknown facts the obligations tell apart.
    pub fn obligations_cuts(&self) -> &Cuts {
        self.obligations.as_ref().map_or(&NOTHING_ASKED, Twice::cuts)
    }

    /// The table `urgency`, where the pack has a sound one.
    pub fn urgency_table(&self) -> Option<&Table> {
        self.urgency.as_ref().map(Twice::table)
    }

    /// The table `obligations`, where the pack has a sound one.
    pub fn obligations_table(&self) -> Option<&Table> {
        self.obligations.as_ref().map(Twice::table)
    }

    /// The limit of a stage; `None` = no such stage.
    pub fn deadline(&self, obligation: &str, urgency: Urgency, stage: Stage) -> Option<&Deadline> {
        self.deadlines.get(&(obligation.to_owned(), urgency, stage))
    }

    /// The escalation levels of a stage, in order.
    pub fn levels(&self, urgency: Urgency, stage: Stage) -> &[Level] {
        self.escalation.get(&(urgency, stage)).map_or(&[], Vec::as_slice)
    }

    /// What a ticket of an obligation asked of a unit kind shows of its report; the least where no row says it. Police always
    /// see where to go and to whom.
    pub fn shows(&self, obligation: &str, unit_kind: &str) -> Shows {
        let row = self.disclosure_row(obligation, unit_kind);
        let shows = row.map_or_else(Shows::least, |(shows, _)| shows.clone());
        if unit_kind == POLICE {
            return shows.iter().chain([Part::Place, Part::Child]).collect();
        }
        shows
    }

    /// What somebody of this role (office, leading-group, oversight) sees of a report without a ticket.
    pub fn look(&self, role: &str) -> Shows {
        let row = self.disclosure_row(ANY_TICKET, role);
        row.map_or_else(Shows::least, |(shows, _)| shows.clone())
    }

    /// All of them by role, as a decision keeps them.
    pub fn looks(&self) -> BTreeMap<String, Shows> {
        LOOKS.iter().map(|role| ((*role).to_owned(), self.look(role))).collect()
    }

    /// Whether the pack says what is shown at all.
    pub fn has_disclosure(&self) -> bool {
        self.disclosure.is_some()
    }

    /// What the row of the table says, and its number.
    pub fn disclosure_row(&self, obligation: &str, unit_kind: &str) -> Option<&(Shows, usize)> {
        let key = (obligation.to_owned(), unit_kind.to_owned());
        self.disclosure.as_ref()?.get(&key)
    }

    /// Which ticket leads.
    pub fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    /// Which levels are passed over.
    pub fn recusals(&self) -> &Recusals {
        &self.recusals
    }
}

/// One row of `obligations` that matched.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'r> {
    table: &'r Table,
    rule: &'r Rule,
}

impl<'r> Asked<'r> {
    /// A text output of the row; empty where nothing is written.
    pub fn text(&self, column: &str) -> &'r str {
        self.table.output(self.rule, column).as_text().unwrap_or_default()
    }

    /// 1-based row.
    pub fn row(&self) -> usize {
        self.rule.number
    }
}

/// Reads and checks the decision model of a pack.
pub(crate) fn read(
    text: &str,
    (vocabulary, units): (&Vocabulary, &Units),
    ranking: Ranking,
    recusals: Recusals,
    problems: &mut Problems,
) -> Rules {
    let mut rules = Rules {
        urgency: None,
        obligations: None,
        deadlines: HashMap::new(),
        escalation: BTreeMap::new(),
        disclosure: None,
        ranking,
        recusals,
    };
    if text.is_empty() {
        return rules;
    }
    let model = match dmn::read(text) {
        Ok(model) => model,
        Err(errors) => {
            for error in &errors {
                problems.push(PackProblem::from((MODEL, error)));
            }
            return rules;
        }
    };
    let mut check = check::Check {
        file: MODEL,
        vocabulary,
        units,
        problems,
    };
    let mut table = |name: &'static str| check.table(&model, name).cloned();
    rules.urgency = table("urgency").map(Twice::new);
    rules.obligations = table("obligations").map(Twice::new);
    let (deadlines, escalation) = (table("deadlines"), table("escalation"));
    if let Some(table) = deadlines {
        rules.deadlines = check.deadlines(&table);
    }
    if let Some(table) = escalation {
        rules.escalation = check.escalation(&table);
        check.steps_increase(&rules.escalation, &rules.deadlines);
    }
    // A pack of before has none: it shows the least, and the check of the whole says so.
    if model.table(DISCLOSURE).is_some()
        && let Some(table) = check.table(&model, DISCLOSURE).cloned()
    {
        rules.disclosure = Some(check.disclosure(&table));
    }
    rules
}
