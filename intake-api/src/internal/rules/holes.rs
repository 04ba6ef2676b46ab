//! Times of the next days in which nobody of a unit that something urgent rings would answer, and those in which nobody but the
//! telephones of the last resort would: rules that ring somebody need somebody who is there. They are shown and keep no version from
//! being published; that the last resort has no telephone at all does (`casework::office::soundness::ringing`).

use std::collections::BTreeSet;

use anyhow::Context;
use casework::office::soundness::ringing::rung;
use casework::pack::Pack;
use casework::zh::roster::{self, Names};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{store::DutyBook, text::Lang};

use crate::internal::{Internal, error::PageError};

/// So far ahead rosters are looked at.
const AHEAD: TimeDelta = TimeDelta::days(7);

/// More are counted.
const SHOWN: usize = 20;

/// Lines for the page, in Chinese as the findings are; the last one of a list says how many are not shown.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// Nobody but the last resort.
    pub(super) unanswered: Vec<String>,
    /// A line for each unit that something urgent rings and that has begun with a roster: it falls to somebody else.
    pub(super) of_units: Vec<String>,
    /// How many of these units have none.
    pub(super) unrostered: Option<String>,
}

/// As the rosters are now, of the units that a version's rules ring.
pub(super) async fn look(
    internal: &Internal,
    version: &Pack,
    lang: Lang,
    now: DateTime<Utc>,
) -> Result<Holes, PageError> {
    let loaded = internal.pack.current();
    let book = internal.board.duty_book(&loaded.pack, now).await?;
    let kinds = rung(version);
    // Some tens of milliseconds of work, which no other request of this thread should wait for.
    let look = move || of_book(&book, (&loaded.pack, &kinds), lang, now);
    let found = tokio::task::spawn_blocking(look).await;
    Ok(found.context("the rosters could not be looked through")?)
}

fn of_book(book: &DutyBook, (pack, kinds): (&Pack, &BTreeSet<String>), lang: Lang, now: DateTime<Utc>) -> Holes {
    let watch = book.watch(pack);
    let names = Names {
        pack,
        people: &book.people,
    };
    let holes = watch.unanswered(now, now + AHEAD);
    let unit = |code| pack.units().get(code).map_or(code, |unit| &unit.name);
    let unanswered = holes
        .iter()
        .map(|(code, hole)| format!("{} {}", unit(code), names.hole(hole)));
    let (mut of_units, mut unrostered) = (Vec::new(), 0_usize);
    for unit in pack.units().iter().filter(|unit| kinds.contains(&unit.kind)) {
        let ahead = watch.ahead(&unit.code, now);
        if !ahead.begun {
            unrostered += 1;
        } else if let Some(first) = ahead.holes.first() {
            let nearest = roster::nearest(ahead.holes.len(), &names.hole_line(first));
            of_units.push(roster::of_unit(&unit.name, &nearest));
        }
    }
    Holes {
        unanswered: cut(unanswered.collect(), lang),
        of_units: cut(of_units, lang),
        unrostered: (unrostered > 0).then(|| lang.fill("rules.holes_unrostered", &[("n", &unrostered.to_string())])),
    }
}

fn cut(mut lines: Vec<String>, lang: Lang) -> Vec<String> {
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.truncate(SHOWN);
        lines.push(lang.fill("rules.holes_more", &[("n", &more.to_string())]));
    }
    lines
}
