//! A table of live reports is answered twice: by the naive evaluator, which is easy to believe, and by the compiled
//! matcher, which shares no evaluation with it.
//!
//! A mistake in either would be a rule nobody wrote, and nobody would see it. So routing takes both answers: where
//! they differ it dispatches the union at the higher urgency and tells a person ([`crate::routing::decide`]).

use super::possible::Cuts;
use super::{Trigger, inputs};
use crate::dmn::compiled::{Clash, Input, Matcher};
use crate::dmn::{Ambiguous, Rule, Table};
use crate::report::{ChildFacts, Facts};
use crate::words::Sex;
use crate::zh::doubts;

/// What one of the two says: the rows that answer.
type Outcome<'r> = Result<Vec<&'r Rule>, Ambiguous>;

/// A table and its compiled twin.
#[derive(Debug, Clone)]
pub(super) struct Twice {
    table: Table,
    matcher: Matcher,
    /// By input column.
    facts: Vec<Fact>,
    cuts: Cuts,
}

/// What both say.
#[derive(Debug)]
pub struct Twofold<T> {
    /// What the naive evaluator says.
    pub naive: Result<T, Ambiguous>,
    /// What the compiled matcher says; `None` = the same.
    pub compiled: Option<Result<T, Ambiguous>>,
    /// Where they differ: what each says, for a person.
    pub difference: Option<String>,
}

/// What the tables see of one situation with one child.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The report.
    pub facts: &'a Facts,
    /// One of its situations.
    pub situation: &'a str,
    /// One of its children, or one that it may be ([`Cuts::every`]).
    pub child: &'a ChildFacts,
    /// What asks.
    pub trigger: Trigger<'a>,
}

/// One input of the tables.
type Fact = for<'a> fn(&Seen<'a>) -> Input<'a>;

/// The inputs by name. A fact that is still unknown is null, which only cells that ask nothing accept.
const FACTS: [(&str, Fact); 14] = [
    ("situation", |seen| Input::Text(seen.situation)),
    ("present_danger", |seen| Input::Flag(seen.facts.present_danger)),
    ("place", |seen| Input::Text(seen.facts.place.as_str())),
    ("suspect", |seen| Input::Text(seen.facts.suspect.as_str())),
    ("age", |seen| {
        seen.child.age.map_or(Input::Null, |age| Input::Whole(age.into()))
    }),
    ("sex", |seen| match seen.child.sex {
        Sex::Unknown => Input::Null,
        sex => Input::Text(sex.as_str()),
    }),
    ("left_behind", |seen| {
        seen.child.left_behind.map_or(Input::Null, Input::Flag)
    }),
    ("living_with", |seen| Input::Text(seen.child.living_with.as_str())),
    ("guardian_absent", |seen| Input::Flag(seen.facts.guardian_absent)),
    ("adult_co_offender", |seen| Input::Flag(seen.facts.adult_co_offender)),
    ("repeat", |seen| Input::Flag(seen.facts.repeat)),
    ("reporter_kind", |seen| Input::Text(seen.facts.reporter_kind.as_str())),
    ("trigger", |seen| match seen.trigger {
        Trigger::Report => Input::Text("report"),
        Trigger::Request { .. } => Input::Text("request"),
    }),
    ("requester_kind", |seen| match seen.trigger {
        Trigger::Report => Input::Null,
        Trigger::Request { requester_kind } => Input::Text(requester_kind),
    }),
];

impl Twice {
    pub(super) fn new(table: Table) -> Self {
        let fact = |name: &str| FACTS.iter().find(|(known, _)| *known == name).map(|(_, fact)| *fact);
        let nothing: Fact = |_| Input::Null;
        Self {
            matcher: Matcher::new(&table),
            facts: table
                .inputs
                .iter()
                .map(|column| fact(&column.name).unwrap_or(nothing))
                .collect(),
            cuts: Cuts::of(&table),
            table,
        }
    }

    /// The table itself.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Which values of unknown facts the table tells apart.
    pub(super) fn cuts(&self) -> &Cuts {
        &self.cuts
    }

    /// Asks both. `name` is what a person calls the table.
    pub(super) fn evaluate(&self, name: &str, seen: &Seen<'_>) -> Twofold<Vec<&Rule>> {
        let naive = self
            .table
            .evaluate(&inputs(seen.facts, seen.situation, seen.child, seen.trigger));
        let compiled = self.compiled(seen);
        if numbers(&naive) == numbers(&compiled) {
            return Twofold {
                naive,
                compiled: None,
                difference: None,
            };
        }
        let (slow, fast) = (doubts::rows(&numbers(&naive)), doubts::rows(&numbers(&compiled)));
        Twofold {
            naive,
            compiled: Some(compiled),
            difference: Some(doubts::evaluators_differ(name, &slow, &fast)),
        }
    }

    fn compiled(&self, seen: &Seen<'_>) -> Outcome<'_> {
        let inputs: Vec<Input<'_>> = self.facts.iter().map(|fact| fact(seen)).collect();
        let mut hits = self.matcher.hits();
        let rules = |rows: &[usize]| {
            rows.iter()
                .filter_map(|row| self.table.rules.get(*row))
                .collect::<Vec<_>>()
        };
        match self.matcher.evaluate(&inputs, &mut hits) {
            Ok(rows) => Ok(rules(rows)),
            Err(Clash) => Err(Ambiguous {
                decision: self.table.id.clone(),
                hit_policy: self.table.hit_policy,
                rows: rules(hits.rows()).into_iter().map(|rule| rule.number).collect(),
            }),
        }
    }

    /// As if the compiler had made a mistake: the matcher answers for a table that was changed behind its back.
    #[cfg(test)]
    pub(super) fn mistake(&mut self, change: impl FnOnce(&mut Table)) {
        let mut table = self.table.clone();
        change(&mut table);
        self.matcher = Matcher::new(&table);
    }
}

impl<T: Default> Default for Twofold<T> {
    fn default() -> Self {
        Self {
            naive: Ok(T::default()),
            compiled: None,
            difference: None,
        }
    }
}

impl<T> Twofold<T> {
    /// Each different answer: one where both say the same.
    pub fn each(self) -> impl Iterator<Item = Result<T, Ambiguous>> {
        std::iter::once(self.naive).chain(self.compiled)
    }

    pub(super) fn map<U>(self, made: impl Fn(T) -> U) -> Twofold<U> {
        Twofold {
            naive: self.naive.map(&made),
            compiled: self.compiled.map(|compiled| compiled.map(&made)),
            difference: self.difference,
        }
    }
}

/// The rows that answer, or those that clash.
fn numbers(outcome: &Outcome<'_>) -> Result<Vec<usize>, Vec<usize>> {
    match outcome {
        Ok(rules) => Ok(rules.iter().map(|rule| rule.number).collect()),
        Err(ambiguous) => Err(ambiguous.rows.clone()),
    }
}
