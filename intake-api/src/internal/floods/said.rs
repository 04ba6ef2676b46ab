//! A flood in a line, for the board and its own page.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    store::{Flood, FloodState},
    text::Lang,
};

use crate::internal::page::words;

/// One on the board.
pub(crate) struct OnBoard {
    pub(crate) href: String,
    pub(crate) said: String,
    pub(crate) state: &'static str,
    pub(crate) hot: bool,
}

/// In words for the board.
pub(crate) fn on_board(floods: &[Flood], pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<OnBoard> {
    let shown = floods
        .iter()
        .filter(|flood| flood.state != FloodState::Ended || flood.closing_waits);
    let line = |flood: &Flood| OnBoard {
        href: format!("/floods/{}", flood.id),
        said: format!("{} · {}", of(flood, pack, lang), numbers(flood, lang, now)),
        state: lang.t(&format!("floods.state.{}", flood.state)),
        hot: flood.state == FloodState::Open,
    };
    shown.map(line).collect()
}

/// What its reports have in common.
pub(super) fn of(flood: &Flood, pack: &Pack, lang: Lang) -> String {
    match flood.township.as_deref() {
        None => lang.t("floods.one_source").to_owned(),
        Some("") => words::place(lang, pack, None),
        Some(code) => words::place(lang, pack, Some(&format!("{code}000"))),
    }
}

/// How many reports and tickets, since when.
pub(super) fn numbers(flood: &Flood, lang: Lang, now: DateTime<Utc>) -> String {
    lang.fill(
        "floods.numbers",
        &[
            ("reports", &flood.reports.to_string()),
            ("tickets", &flood.tickets.to_string()),
            ("unsigned", &flood.unsigned.to_string()),
            ("from", &words::moment(lang, flood.began_at, now)),
            ("to", &words::moment(lang, flood.last_at, now)),
        ],
    )
}
