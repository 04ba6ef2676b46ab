//! Whether the rules say of everything that they ask what it shows. A gap shows the least, which may be too little to act on;
//! what is said wrongly shows too much. Both keep a change from being published.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::disclosure::{ANY_TICKET, DISCLOSURE, LOOKS, OVERSIGHT_LOOK, Part};
use crate::pack::Pack;
use crate::words::Lang;
use crate::words::reserved::{OFFICE, OVERSIGHT, POLICE, POLICE_ACCEPT, PROCURATORATE, TRIAGE};
use crate::zh::disclosure as said;

/// Something that the rules don't say, or must not say, of what is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisclosureFinding {
    /// The obligation; `*` = without a ticket.
    pub obligation: String,
    /// The unit kind or role.
    pub unit_kind: String,
    /// The row that says it wrongly; none = there is no row.
    pub row: Option<usize>,
    /// What is wrong, in Chinese.
    pub sentence: String,
    /// The same in English.
    pub reason: String,
}

impl fmt::Display for DisclosureFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "decision {DISCLOSURE}, row {row}: {}", self.reason),
            None => write!(f, "decision {DISCLOSURE}: {}", self.reason),
        }
    }
}

/// Every pair that the rules and the program can ask has a row, so has who looks without a ticket; police see where to go and
/// to whom; an identity is for police alone.
pub fn check(pack: &Pack) -> Vec<DisclosureFinding> {
    let rules = pack.rules();
    let mut found = Vec::new();
    let mut add = |(obligation, unit_kind): (&str, &str), row, sentence: String, reason: String| {
        found.push(DisclosureFinding {
            obligation: obligation.to_owned(),
            unit_kind: unit_kind.to_owned(),
            row,
            sentence,
            reason,
        });
    };
    if !rules.has_disclosure() {
        let sentence = said::NO_TABLE.to_owned();
        add(
            (ANY_TICKET, ""),
            None,
            sentence,
            "the table is missing: every ticket shows the least".to_owned(),
        );
        return found;
    }
    let words = pack.vocabulary();
    let kind_zh = |kind: &str| match kind {
        OVERSIGHT_LOOK => said::OVERSIGHT.to_owned(),
        kind => words.unit_kinds.label(kind, Lang::Zh).to_owned(),
    };
    for (obligation, kind) in asked(pack) {
        let label = words.obligations.label(&obligation, Lang::Zh);
        let pair = (obligation.as_str(), kind.as_str());
        let Some((shows, row)) = rules.disclosure_row(&obligation, &kind) else {
            add(
                pair,
                None,
                said::no_row(label, &kind_zh(&kind)),
                format!("{obligation} asked of {kind} has no row"),
            );
            continue;
        };
        if kind == POLICE && !(shows.has(Part::Place) && shows.has(Part::Child)) {
            add(
                pair,
                Some(*row),
                said::police_blind(label),
                format!("police must see place and child of {obligation}"),
            );
        }
        if kind != POLICE && shows.has(Part::Identity) {
            add(
                pair,
                Some(*row),
                said::identity_told(label, &kind_zh(&kind)),
                format!("the identity is for police alone, not for {kind}"),
            );
        }
    }
    for role in LOOKS {
        let pair = (ANY_TICKET, role);
        match rules.disclosure_row(ANY_TICKET, role) {
            None => add(
                pair,
                None,
                said::no_look(&kind_zh(role)),
                format!("{role} looking without a ticket has no row"),
            ),
            Some((shows, row)) if shows.has(Part::Identity) => add(
                pair,
                Some(*row),
                said::identity_looked(&kind_zh(role)),
                format!("the identity is for police alone, not for {role} without a ticket"),
            ),
            Some(_) => {}
        }
    }
    found
}

/// Obligation and unit kind: of every row that asks, and of what the program itself makes.
pub(super) fn asked(pack: &Pack) -> BTreeSet<(String, String)> {
    let mut asked: BTreeSet<(String, String)> = [(POLICE_ACCEPT, POLICE), (TRIAGE, OFFICE), (OVERSIGHT, PROCURATORATE)]
        .into_iter()
        .filter(|(obligation, kind)| {
            let words = pack.vocabulary();
            words.obligations.contains(obligation) && words.unit_kinds.contains(kind)
        })
        .map(|(obligation, kind)| (obligation.to_owned(), kind.to_owned()))
        .collect();
    if let Some(table) = pack.rules().obligations_table() {
        let text = |rule, column| table.output(rule, column).as_text().unwrap_or_default().to_owned();
        asked.extend(
            table
                .rules
                .iter()
                .map(|rule| (text(rule, "obligation"), text(rule, "unit_kind"))),
        );
    }
    asked
}
