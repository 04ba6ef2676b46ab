//! The county's tables as the check of decision tables sees them ([`crate::dmn::check`]).
//!
//! Which inputs there can be is declared in the model; which of them must be answered is not, and is said here:
//! - `urgency` must answer each situation and child.
//! - `obligations` may ask nothing: what nobody owes is no gap of the table. That each report has a ticket is a
//!   question about the county, not about one table.
//! - `deadlines` must answer but for first contact, a stage that not every obligation has.
//! - `escalation` ends at its highest level; that levels have no gap is checked while the pack is read.
//! - `disclosure` may say nothing of a pair that nobody asks; that each pair that is asked has its row is a question about
//!   the county too ([`super::soundness::disclosure::check`]).
//! - The kind of the asking unit is absent where a report asks. No other fact is: unknown ones have a
//!   word, or are asked as every value (age, sex, left behind).

pub mod disclosure;
mod examine;
pub mod ringing;

use crate::county::Vocabulary;
use crate::disclosure::DISCLOSURE;
use crate::dmn::check::Scope;
use crate::dmn::sfeel::Value;
use crate::dmn::{Column, Model, Table};
use crate::report::RoutingFact;
use crate::words::{Lang, Stage, Urgency};
use crate::zh::facts::word_zh;
pub use examine::{Examined, Line, Share, examine};

/// The decisions that make a model a county's division of duties.
const DECISIONS: [&str; 4] = ["urgency", "obligations", "deadlines", "escalation"];

/// Whether a model has the tables by which a county routes.
pub fn is_county(model: &Model) -> bool {
    DECISIONS
        .iter()
        .all(|id| model.tables.iter().any(|table| table.id == *id))
}

/// What must be answered by a table of a county, and what is usual.
pub fn scope(table: &Table) -> Scope<'static> {
    let optional = match table.id.as_str() {
        "deadlines" => vec![("stage", Stage::Contact.as_str().into())],
        _ => Vec::new(),
    };
    let gaps = match table.id.as_str() {
        "urgency" | "deadlines" => true,
        "obligations" | "escalation" | DISCLOSURE => false,
        _ => Scope::of(table).gaps,
    };
    Scope {
        gaps,
        optional,
        absent: vec!["requester_kind"],
        defaults: usual(),
    }
}

/// A report in which nothing is said that need not be said, as the tables see it.
fn usual() -> Vec<(&'static str, Value)> {
    let asks = [("trigger", "report".into()), ("requester_kind", Value::Null)];
    let fact = |fact: &RoutingFact| Some((fact.as_str(), fact.usual()?));
    asks.into_iter()
        .chain(RoutingFact::ALL.iter().filter_map(fact))
        .collect()
}

/// What people of the county call a word of a table; `None` = the word itself.
pub fn named(words: &Vocabulary, column: &Column, word: &str) -> Option<String> {
    let zh = |label: Option<&crate::county::Label>| label.map(|label| label.get(Lang::Zh).to_owned());
    match column.name.as_str() {
        "situation" => zh(words.situations.get(word).map(|situation| &situation.term.label)),
        "unit_kind" | "requester_kind" => zh(words.unit_kinds.get(word).map(|kind| &kind.term.label)),
        "obligation" => zh(words.obligations.get(word).map(|term| &term.label)),
        "evidence" => zh(words.evidence.get(word).map(|term| &term.label)),
        "start" => zh(words.events.get(word).map(|term| &term.label)),
        "urgency" => Urgency::from_word(word).map(|urgency| urgency.zh().to_owned()),
        "stage" => Stage::from_word(word).map(|stage| stage.zh().to_owned()),
        fact => word_zh(fact, word).map(str::to_owned),
    }
}
