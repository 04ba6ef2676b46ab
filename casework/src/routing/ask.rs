//! What is asked of which kind of unit, and which unit that is.

use std::collections::BTreeMap;

use super::{Basis, PlannedTicket, Unsent};
use crate::disclosure::Shows;
use crate::pack::Pack;
use crate::report::{Facts, Unknown, is_statutory};
use crate::rules::Asked;
use crate::rules::possible::Places;
use crate::words::reserved::{POLICE, POLICE_ACCEPT};
use crate::words::{Grade, Handling};
use crate::zh::laws;

/// Obligations by (obligation, unit kind).
pub(super) struct Asks(BTreeMap<(String, String), Ask>);

struct Ask {
    /// A lead goes to the office where no unit exists; of several rows the strictest counts.
    role: Handling,
    evidence: Option<String>,
    /// By row, so that the bases stand in table order; the floor comes before all rows.
    basis: BTreeMap<usize, Basis>,
    when: When,
    /// Situations that ask it.
    own: Vec<String>,
}

/// Of which possible children something is asked.
#[derive(Default)]
struct When {
    /// Of each, since the floor asks it.
    always: bool,
    /// By child of the report.
    children: Vec<Places>,
}

impl When {
    fn add(&mut self, child: usize, places: Places) {
        if self.children.len() <= child {
            self.children.resize(child + 1, 0);
        }
        self.children[child] |= places;
    }

    fn merge(&mut self, other: &Self) {
        self.always |= other.always;
        for (child, places) in other.children.iter().enumerate() {
            self.add(child, *places);
        }
    }

    /// On which unknown facts it rests.
    fn rests_on(&self, pack: &Pack, facts: &Facts) -> Vec<Unknown> {
        if self.always {
            return Vec::new();
        }
        pack.rules().obligations_cuts().rests_on(facts, &self.children)
    }
}

impl Asks {
    /// What the safety floor asks from the raw codes, before any rule.
    pub(super) fn floor(facts: &Facts) -> Self {
        let mut asks = Self(BTreeMap::new());
        if facts.is_urgent() {
            let ask = Ask {
                role: Handling::Lead,
                evidence: None,
                basis: BTreeMap::new(),
                when: When {
                    always: true,
                    children: Vec::new(),
                },
                own: facts
                    .situations
                    .iter()
                    .filter(|code| is_statutory(code))
                    .cloned()
                    .collect(),
            };
            asks.0.insert((POLICE_ACCEPT.into(), POLICE.into()), ask);
        }
        asks
    }

    /// Before any row of a request: no floor asks for it.
    pub(super) fn nothing() -> Self {
        Self(BTreeMap::new())
    }

    /// The rows that asked: obligation and number.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0
            .iter()
            .flat_map(|((obligation, _), ask)| ask.basis.keys().map(move |row| (obligation.as_str(), *row)))
    }

    /// Adds what one row of the table asks for a situation of a possible child: the number of the child, and the place of
    /// what it may be.
    pub(super) fn add(&mut self, asked: &Asked<'_>, situation: &str, (child, place): (usize, usize)) {
        let role = Handling::from_word(asked.text("role")).unwrap_or(Handling::Lead);
        let key = (asked.text("obligation").to_owned(), asked.text("unit_kind").to_owned());
        let ask = self.0.entry(key).or_insert(Ask {
            role,
            evidence: None,
            basis: BTreeMap::new(),
            when: When::default(),
            own: Vec::new(),
        });
        if !ask.own.iter().any(|code| code == situation) {
            ask.own.push(situation.to_owned());
        }
        ask.when.add(child, 1 << place);
        ask.role = ask.role.max(role);
        if ask.evidence.is_none() {
            ask.evidence = Some(asked.text("evidence").to_owned()).filter(|code| !code.is_empty());
        }
        let basis = Basis {
            text: asked.text("basis").to_owned(),
            grade: Grade::of_cell(asked.text("grade")),
        };
        ask.basis.insert(asked.row(), basis);
    }

    /// Finds the unit of each; what several kinds ask of the same unit is one ticket.
    pub(super) fn place(self, pack: &Pack, facts: &Facts) -> (Vec<PlannedTicket>, Vec<Unsent>) {
        let mut tickets: Vec<PlannedTicket> = Vec::new();
        let mut times: Vec<When> = Vec::new();
        let mut unsent = Vec::new();
        for ((obligation, unit_kind), ask) in self.0 {
            let area = facts.area.as_deref();
            let found = pack
                .units()
                .find(pack.areas(), pack.rules().recusals(), &unit_kind, area, facts.suspect);
            let unit = match (found, ask.role) {
                (Some(unit), _) => unit.code.clone(),
                (None, Handling::Lead) => pack.units().office().to_owned(),
                (None, Handling::Assist) => {
                    unsent.push(Unsent { obligation, unit_kind });
                    continue;
                }
            };
            let basis = ask.bases(facts, &obligation);
            let same = |ticket: &PlannedTicket| ticket.obligation == obligation && ticket.unit == unit;
            if let Some(at) = tickets.iter().position(same) {
                times[at].merge(&ask.when);
                merge(pack, &mut tickets[at], unit_kind, ask, basis);
            } else {
                times.push(ask.when);
                tickets.push(PlannedTicket {
                    obligation,
                    unit,
                    unit_kind,
                    lead: false,
                    role: ask.role,
                    evidence: ask.evidence,
                    basis,
                    unknowns: Vec::new(),
                    own: ask.own,
                    shows: Shows::nothing(),
                    stages: Vec::new(),
                });
            }
        }
        for (ticket, when) in tickets.iter_mut().zip(times) {
            ticket.unknowns = when.rests_on(pack, facts);
            ticket.shows = pack.rules().shows(&ticket.obligation, &ticket.unit_kind);
            // In the report's order, whichever of them was met first.
            let asked = std::mem::take(&mut ticket.own);
            let told = facts.situations.iter().filter(|code| asked.contains(code));
            ticket.own = told.cloned().collect();
        }
        unsent.sort();
        (tickets, unsent)
    }
}

impl Ask {
    /// Each basis once, in table order. A floor that no row repeats gives its own.
    fn bases(&self, facts: &Facts, obligation: &str) -> Vec<Basis> {
        let mut bases: Vec<Basis> = Vec::new();
        for basis in self.basis.values() {
            if !bases.contains(basis) {
                bases.push(basis.clone());
            }
        }
        if bases.is_empty() && obligation == POLICE_ACCEPT {
            let law = |text: &str| Basis {
                text: text.into(),
                grade: Grade::V,
            };
            if facts.is_statutory() {
                bases.push(law(laws::REPORT_OPINION));
            }
            if facts.present_danger {
                bases.push(law(laws::PRESENT_DANGER));
            }
        }
        bases
    }
}

/// The same obligation asked of a second kind and landing at the same unit: the better ranked kind names it.
fn merge(pack: &Pack, ticket: &mut PlannedTicket, unit_kind: String, ask: Ask, basis: Vec<Basis>) {
    let ranking = pack.rules().ranking();
    let better = ranking.rank(&ticket.obligation, &unit_kind) < ranking.rank(&ticket.obligation, &ticket.unit_kind);
    if better {
        ticket.unit_kind = unit_kind;
        ticket.evidence = ask.evidence.or(ticket.evidence.take());
    } else {
        ticket.evidence = ticket.evidence.take().or(ask.evidence);
    }
    ticket.role = ticket.role.max(ask.role);
    for code in ask.own {
        if !ticket.own.contains(&code) {
            ticket.own.push(code);
        }
    }
    for basis in basis {
        if !ticket.basis.contains(&basis) {
            ticket.basis.push(basis);
        }
    }
}
