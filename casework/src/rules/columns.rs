//! Which columns the tables have, and which words their cells may say.

use std::sync::LazyLock;

use crate::county::Vocabulary;
use crate::disclosure::{ANY_TICKET, DISCLOSURE, OVERSIGHT_LOOK};
use crate::dmn::sfeel::Kind;
use crate::report::RoutingFact;
use crate::words::{Action, Addressee, Grade, Handling, Stage, Urgency};

/// The words of a column.
#[derive(Clone, Copy)]
pub(super) enum Words {
    /// Any text, but some text.
    Prose,
    /// `true`, `false` or a whole number; the type says it all.
    Plain,
    /// A limit such as `30min`.
    Limit,
    /// The words of a fact.
    Fact(RoutingFact),
    /// Another closed list of the program.
    Closed(fn(&str) -> bool),
    /// A list of the pack, and its name for people.
    Pack(fn(&Vocabulary, &str) -> bool, &'static str),
}

/// One column that a table may or must have.
pub(super) struct Allowed {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) words: Words,
}

const fn text(name: &'static str, words: Words) -> Allowed {
    Allowed {
        name,
        kind: Kind::Text,
        words,
    }
}

const fn flag(name: &'static str) -> Allowed {
    Allowed {
        name,
        kind: Kind::Flag,
        words: Words::Plain,
    }
}

const fn whole(name: &'static str) -> Allowed {
    Allowed {
        name,
        kind: Kind::Whole,
        words: Words::Plain,
    }
}

const SITUATION: Words = Words::Pack(|v, word| v.situations.allows(word), "situation of situations.csv");
const UNIT_KIND: Words = Words::Pack(|v, word| v.unit_kinds.allows(word), "unit kind of unit-kinds.csv");
const OBLIGATION: Words = Words::Pack(|v, word| v.obligations.allows(word), "obligation of obligations.csv");
/// An obligation, or `*`: without a ticket.
const SHOWN_OBLIGATION: Words = Words::Pack(
    |v, word| word == ANY_TICKET || v.obligations.allows(word),
    "obligation of obligations.csv, or *",
);
/// A unit kind, or who looks without being a unit.
const SHOWN_TO: Words = Words::Pack(
    |v, word| word == OVERSIGHT_LOOK || v.unit_kinds.allows(word),
    "unit kind of unit-kinds.csv, or oversight",
);
const EVIDENCE: Words = Words::Pack(|v, word| v.evidence.allows(word), "evidence kind of evidence.csv");
const EVENT: Words = Words::Pack(|v, word| v.events.allows(word), "event of events.csv");
const URGENCY: Words = Words::Closed(|word| Urgency::from_word(word).is_some());
const STAGE: Words = Words::Closed(|word| Stage::from_word(word).is_some());
const GRADE: Words = Words::Closed(|word| Grade::from_word(word).is_some());

/// Input columns of `urgency` and `obligations`: the facts, and what asks.
static FACTS: LazyLock<Vec<Allowed>> = LazyLock::new(|| {
    let fact = |fact: &RoutingFact| Allowed {
        name: fact.as_str(),
        kind: fact.kind(),
        words: match (fact, fact.kind()) {
            (RoutingFact::Situation, _) => SITUATION,
            (_, Kind::Text) => Words::Fact(*fact),
            _ => Words::Plain,
        },
    };
    let asks = [
        text("trigger", Words::Closed(|word| matches!(word, "report" | "request"))),
        text("requester_kind", UNIT_KIND),
    ];
    RoutingFact::ALL.iter().map(fact).chain(asks).collect()
});

/// The columns of a table: inputs it may have, whether it must have them all, outputs it must have.
pub(super) fn of(table: &str) -> (&'static [Allowed], bool, &'static [Allowed]) {
    match table {
        "urgency" => (&FACTS, false, const { &[text("urgency", URGENCY)] }),
        "obligations" => (
            &FACTS,
            false,
            const {
                &[
                    text("obligation", OBLIGATION),
                    text("unit_kind", UNIT_KIND),
                    text("role", Words::Closed(|word| Handling::from_word(word).is_some())),
                    text("evidence", EVIDENCE),
                    text("basis", Words::Prose),
                    text("grade", GRADE),
                ]
            },
        ),
        "deadlines" => (
            const {
                &[
                    text("obligation", OBLIGATION),
                    text("urgency", URGENCY),
                    text("stage", STAGE),
                ]
            },
            true,
            const {
                &[
                    text("limit", Words::Limit),
                    text("start", EVENT),
                    text("basis", Words::Prose),
                    text("grade", GRADE),
                ]
            },
        ),
        DISCLOSURE => (
            const { &[text("obligation", SHOWN_OBLIGATION), text("unit_kind", SHOWN_TO)] },
            true,
            // One yes or no for each part (casework::disclosure).
            const {
                &[
                    flag("place"),
                    flag("situations"),
                    flag("own"),
                    flag("child"),
                    flag("birth"),
                    flag("school"),
                    flag("home"),
                    flag("suspect"),
                    flag("narrative"),
                    flag("reporter"),
                    flag("identity"),
                ]
            },
        ),
        _ => (
            const { &[text("urgency", URGENCY), text("stage", STAGE), whole("level")] },
            true,
            const {
                &[
                    text("to", Words::Closed(|word| Addressee::from_word(word).is_some())),
                    text(
                        "anchor",
                        Words::Closed(|word| crate::clock::escalation::Anchor::from_word(word).is_some()),
                    ),
                    whole("percent"),
                    text("minimum", Words::Limit),
                    text(
                        "action",
                        Words::Closed(|word| {
                            Action::from_word(word).is_some_and(|action| Action::OF_TABLES.contains(&action))
                        }),
                    ),
                ]
            },
        ),
    }
}
