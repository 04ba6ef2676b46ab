//! What somebody was handed through an opening, label by label.

use casework::pack::Pack;
use platform::{foreign::Foreign, text::Lang};

use crate::{
    internal::board::facts,
    parts::{Opened, Reporter},
};

/// The lines of what is opened, and of nothing else: not what is hidden, nor what everybody is told.
pub(crate) fn lines(opened: &Opened, pack: &Pack, lang: Lang) -> Vec<(&'static str, String)> {
    let others = [lang.t("board.fact.danger"), lang.t("board.fact.hidden")];
    let mut lines = facts::lines(opened, pack, lang);
    lines.retain(|(label, _)| !others.contains(label));
    lines
}

/// Who reported.
pub(crate) fn reporter(known: &Reporter, lang: Lang) -> Vec<(&'static str, String)> {
    let given = |value: &Option<Foreign>| {
        value
            .as_ref()
            .map_or_else(|| lang.t("desk.reporter.not_given").to_owned(), Foreign::to_string)
    };
    vec![
        (
            lang.t("form.label.reporter_kind"),
            lang.t(&format!("form.reporter_kind.{}", known.kind)).to_owned(),
        ),
        (
            lang.t("desk.reporter.wish"),
            lang.t(&format!("desk.identity.{}", known.identity)).to_owned(),
        ),
        (lang.t("form.label.reporter_organization"), given(&known.organization)),
        (lang.t("form.label.reporter_name"), given(&known.name)),
        (lang.t("form.label.reporter_phone"), given(&known.phone)),
    ]
}
