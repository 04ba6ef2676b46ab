//! Units to choose from, by their kinds.

use casework::pack::Pack;
use platform::{store::DeskTicket, text::Lang};

use super::{attempt::Choice, closing::allowed};

/// Units that fit, under the names of their kinds.
pub(crate) fn units_by_kind(pack: &Pack, lang: Lang, fits: impl Fn(&str) -> bool) -> Vec<(String, Vec<Choice>)> {
    let kinds = pack.vocabulary().unit_kinds.iter();
    let units = kinds.map(|kind| {
        let of = pack.units().of_kind(&kind.term.code);
        let mut of: Vec<Choice> = of
            .filter(|unit| fits(&unit.code))
            .map(|unit| Choice {
                value: unit.code.clone(),
                label: unit.name.clone(),
            })
            .collect();
        of.sort_by(|a, b| a.label.cmp(&b.label));
        (kind.term.label.get(lang.pack()).to_owned(), of)
    });
    units.filter(|(_, of)| !of.is_empty()).collect()
}

/// Units to which a ticket may move.
pub(crate) fn movable(pack: &Pack, ticket: &DeskTicket, lang: Lang) -> Vec<(String, Vec<Choice>)> {
    units_by_kind(pack, lang, |code| allowed(pack, ticket, code) == Some(Ok(())))
}
