//! What an upload would change, in words: added, changed and taken away, and who could not be called then.

use casework::{
    pack::Pack,
    roster::{Exception, Pattern, PersonId},
    words::Seat,
};
use chrono::{DateTime, Utc};
use platform::{store::DutyBook, text::Lang};

use super::standing::{Difference, Standing};
use crate::internal::duty::{
    page::AHEAD,
    said::{Saying, seat_name},
    sheet,
    weeks::{DAYS, of_day},
};
use crate::internal::sheet::Mistake;

/// What the page has to show beside its form.
#[derive(Default)]
pub(super) struct Found {
    pub(super) error: Option<String>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) added: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) holes: Vec<String>,
    pub(super) unverified: Vec<String>,
    /// Whose mail address nobody verified.
    pub(super) unverified_mail: Vec<String>,
    pub(super) rows: String,
}

/// What would change.
pub(super) fn preview(
    unit: &str,
    (mut book, pack): (DutyBook, &Pack),
    (standing, difference): (&Standing, &Difference),
    (lang, now): (Lang, DateTime<Utc>),
) -> Found {
    if let Some(post) = book.posts.get_mut(unit) {
        standing.laid_on(difference, post);
    }
    let say = Saying {
        pack,
        people: &book.people,
        lang,
        now,
    };
    let (watch, mut found) = (book.watch(pack), Found::default());
    for pattern in &difference.written.patterns {
        let before = standing.pattern_from(pattern);
        let lines = pattern_lines(pattern, before, say);
        let list = if before.is_some() {
            &mut found.changed
        } else {
            &mut found.added
        };
        list.extend(lines);
    }
    let mut replaced = Vec::new();
    for exception in &difference.written.exceptions {
        match standing.taken_away(&difference.exceptions_gone, exception) {
            Some(before) => {
                replaced.push(exception);
                let before = name(before.person.as_ref(), say);
                let line = exception_line(exception, say);
                found
                    .changed
                    .push(lang.fill("duty.import.instead", &[("line", &line), ("name", &before)]));
            }
            None => found.added.push(exception_line(exception, say)),
        }
    }
    for (_, pattern) in standing
        .patterns
        .iter()
        .filter(|(id, _)| difference.patterns_gone.contains(id))
    {
        found.removed.extend(pattern_lines(pattern, None, say));
    }
    for (_, exception) in standing
        .exceptions
        .iter()
        .filter(|(id, _)| difference.exceptions_gone.contains(id))
    {
        let is_replaced = |other: &&Exception| other.during == exception.during && other.seat == exception.seat;
        if !replaced.iter().any(is_replaced) {
            found.removed.push(exception_line(exception, say));
        }
    }
    let holes = watch.holes(unit, now, now + AHEAD);
    let people = |list: Vec<PersonId>| list.iter().map(|person| say.person(person)).collect();
    Found {
        holes: holes.iter().map(|hole| say.hole(hole, unit)).collect(),
        unverified: people(watch.without_phone(unit, now)),
        unverified_mail: people(watch.with_unverified_mail(unit, now)),
        rows: serde_json::to_string(difference).unwrap_or_default(),
        ..found
    }
}

fn name(person: Option<&PersonId>, say: Saying<'_>) -> String {
    person.map_or_else(|| say.lang.t("duty.nobody").to_owned(), |person| say.person(person))
}

fn exception_line(exception: &Exception, say: Saying<'_>) -> String {
    let (when, name) = (say.window(exception.during), name(exception.person.as_ref(), say));
    let values = [
        ("when", when.as_str()),
        ("seat", seat_name(say.lang, exception.seat)),
        ("name", &name),
    ];
    say.lang.fill("duty.change.exception", &values)
}

/// The days of a pattern that are otherwise than before.
fn pattern_lines(pattern: &Pattern, before: Option<&Pattern>, say: Saying<'_>) -> Vec<String> {
    let lang = say.lang;
    let (day, n) = (sheet::name(lang, pattern.from), pattern.weeks.len().to_string());
    let mut lines = vec![lang.fill("duty.import.pattern", &[("day", &day), ("n", &n)])];
    let most = before.map_or(0, |before| before.weeks.len()).max(pattern.weeks.len());
    for number in 0..most {
        for day in DAYS {
            let shifts = |of: Option<&Pattern>| {
                let week = of.and_then(|of| of.weeks.get(number));
                week.map(|week| of_day(week, day)).unwrap_or_default().to_vec()
            };
            let (was, is) = (shifts(before), shifts(Some(pattern)));
            if was == is {
                continue;
            }
            let shown: Vec<String> = is
                .iter()
                .map(|shift| {
                    let seats = Seat::ALL.iter().filter_map(|seat| {
                        let person = say.person(shift.seat(*seat)?);
                        Some(format!("{} {person}", seat_name(lang, *seat)))
                    });
                    format!("{}–{} {}", shift.from, shift.to, seats.collect::<Vec<_>>().join(" "))
                })
                .collect();
            let shown = if shown.is_empty() {
                lang.t("duty.nobody").to_owned()
            } else {
                shown.join("; ")
            };
            let (week, day) = ((number + 1).to_string(), lang.t(&format!("duty.weekday.{day}")));
            lines.push(lang.fill("duty.import.day", &[("week", &week), ("day", day), ("shifts", &shown)]));
        }
    }
    lines
}
