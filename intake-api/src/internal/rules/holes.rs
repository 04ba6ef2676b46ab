//! Times of the next days in which nobody but the telephones of the last resort would answer: rules that ring somebody need somebody
//! who is there.

use casework::pack::Pack;
use casework::zh::roster::Names;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    store::{Board, DutyBook, Store, StoreError},
    text::Lang,
};

/// So far ahead rosters are looked at.
const AHEAD: TimeDelta = TimeDelta::days(7);

/// More are counted.
const SHOWN: usize = 20;

/// Lines for the page, in Chinese as the findings are; the last one says how many are not shown.
pub(super) async fn lines(
    store: &Store<Board>,
    pack: &Pack,
    lang: Lang,
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let book = store.duty_book(pack, now).await?;
    Ok(of_book(&book, pack, lang, now))
}

fn of_book(book: &DutyBook, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let watch = book.watch(pack);
    let names = Names {
        pack,
        people: &book.people,
    };
    let holes = watch.unanswered(now, now + AHEAD);
    let said = holes.iter().take(SHOWN);
    let unit = |code| pack.units().get(code).map_or(code, |unit| &unit.name);
    let mut lines: Vec<String> = said
        .map(|(code, hole)| format!("{} {}", unit(code), names.hole(hole)))
        .collect();
    if let Some(more) = holes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(lang.fill("rules.holes_more", &[("n", &more.to_string())]));
    }
    lines
}
