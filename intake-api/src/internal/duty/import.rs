//! A unit's roster as a workbook: down as it stands, up again, looked at, and only then written.
//!
//! An upload saves nothing. The page shows what it would change, who could not be called and which times would have nobody, or each
//! mistake with its cell. What is confirmed is held to the same rules again, and all of it is written or nothing. What a file does
//! not have stays as it is: things are taken back on the roster's own page.

mod book;
#[cfg(test)]
mod tests;
mod written;

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    body::Bytes,
    extract::{Multipart, Path, multipart::MultipartRejection},
    http::StatusCode,
    response::Response,
};
use casework::{
    pack::Pack,
    roster::{Pattern, PersonId},
    words::Seat,
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{
        AccountActKind, AccountId, Detail, DutyBook, NewAct, NewRosterChange, RosterChangeKind,
        act_detail::{ChangeWritten, PatternWritten},
    },
    text::Lang,
};
use serde::Deserialize;
use tracing::info;

use super::{
    page::{self, AHEAD, done},
    said::{Saying, seat_name},
    scope, sheet, waits,
    weeks::{DAYS, of_day},
};
use crate::internal::{
    By, Visit,
    auth::Staffed,
    detached,
    error::PageError,
    page::{Frame, render},
    people::new_act,
    sheet::{Mistake, Unopened, download},
};
use book::Refused;
use written::Written;

/// Lines that a page lists of one kind.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "internal/duty/import.html")]
struct ImportPage {
    frame: Frame,
    unit: String,
    name: String,
    error: Option<String>,
    mistakes: Vec<Mistake>,
    more: Option<String>,
    changes: Vec<String>,
    holes: Vec<String>,
    unverified: Vec<String>,
    /// What would be written, as it goes to be confirmed; empty: nothing.
    rows: String,
}

/// What the page has to show beside its form.
#[derive(Default)]
struct Found {
    error: Option<String>,
    mistakes: Vec<Mistake>,
    changes: Vec<String>,
    holes: Vec<String>,
    unverified: Vec<String>,
    rows: String,
}

/// `GET /duty/{unit}/import`
pub(super) async fn page(by: By<Staffed>, Path(unit): Path<String>) -> Result<Response, PageError> {
    show(&by, &unit, StatusCode::OK, Found::default())
}

/// `GET /duty/{unit}/roster.xlsx`: the roster as it stands, with the people to choose from.
pub(super) async fn file(by: By<Staffed>, Path(unit): Path<String>) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let (people, lang) = (scope::colleagues(&by, &unit).await?, by.lang);
    let (mut book, _) = book_of(&by).await?;
    let roster = book.posts.remove(&unit).ok_or(PageError::NotFound)?.roster;
    let written = Written {
        patterns: roster.patterns,
        exceptions: roster.exceptions,
    };
    let file = tokio::task::spawn_blocking(move || book::write(&written, &people, lang)).await;
    let file = file.map_err(PageError::unread)?.map_err(PageError::unread)?;
    Ok(download(file, &format!("roster-{unit}.xlsx")))
}

/// `POST /duty/{unit}/import`: shows what the file would change; saves nothing.
pub(super) async fn upload(
    by: By<Staffed>,
    Path(unit): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let (lang, now) = (by.lang, clock::now());
    let refuse = |key: &str| {
        let found = Found {
            error: Some(lang.t(key).to_owned()),
            ..Found::default()
        };
        show(&by, &unit, StatusCode::UNPROCESSABLE_ENTITY, found)
    };
    let file = file_of(parts).await;
    if file.is_empty() {
        return refuse("rules.workbook.no_file");
    }
    let people = scope::colleagues(&by, &unit).await?;
    // Another task may panic on a file that means harm without taking this one along.
    let read = tokio::task::spawn_blocking(move || book::read_roster(&file, &people, (lang, now))).await;
    let written = match read.unwrap_or(Err(Refused::Unopened(Unopened::Unreadable))) {
        Ok(written) => written,
        Err(Refused::Mistakes(mistakes)) => {
            let n = mistakes.len().to_string();
            let found = Found {
                error: Some(lang.fill("accounts.import.mistakes", &[("n", &n)])),
                mistakes,
                ..Found::default()
            };
            return show(&by, &unit, StatusCode::UNPROCESSABLE_ENTITY, found);
        }
        Err(Refused::Foreign) => return refuse("duty.import.foreign"),
        Err(Refused::Unopened(Unopened::TooLarge)) => return refuse("rules.workbook.swells"),
        Err(Refused::Unopened(Unopened::Unreadable)) => return refuse("accounts.import.unreadable"),
    };
    let (book, pack) = book_of(&by).await?;
    let post = book.posts.get(&unit).ok_or(PageError::NotFound)?;
    let fresh = written.beyond(post);
    if fresh.is_empty() {
        return refuse("duty.import.same");
    }
    let found = preview(&unit, (book, &pack), &fresh, (lang, now));
    show(&by, &unit, StatusCode::OK, found)
}

/// What the confirming form sends.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    rows: String,
}

/// `POST /duty/{unit}/import/confirm`: writes all of it, or nothing.
pub(super) async fn confirm(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(form): Form<Confirmed>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let (lang, now) = (by.lang, clock::now());
    let (people, (book, _)) = (scope::colleagues(&by, &unit).await?, book_of(&by).await?);
    let written: Written = serde_json::from_str(&form.rows).unwrap_or_default();
    let post = book.posts.get(&unit).ok_or(PageError::NotFound)?;
    if written.is_empty() || !written.is_sound(&people, now) {
        let found = Found {
            error: Some(lang.t("duty.import.stale").to_owned()),
            ..Found::default()
        };
        return show(&by, &unit, StatusCode::UNPROCESSABLE_ENTITY, found);
    }
    let fresh = written.beyond(post);
    let of = |person: &PersonId| book.account(person);
    let changes: Vec<NewRosterChange> = fresh
        .exceptions
        .iter()
        .map(|exception| NewRosterChange {
            kind: RosterChangeKind::Exception,
            seat: Some(exception.seat),
            account: exception.person.as_ref().and_then(of),
            other: None,
            during: (exception.during.from, exception.during.to),
            takes: None,
        })
        .collect();
    let (visit, code, patterns) = (Visit::clone(&by), unit.clone(), fresh.patterns);
    let written = detached(async move {
        let act = |word, account: Option<AccountId>, detail| NewAct {
            unit: Some(&code),
            detail,
            ..new_act(&visit, word, account, now)
        };
        let patterns: Vec<_> = patterns
            .iter()
            .map(|pattern| {
                let detail = PatternWritten {
                    day: pattern.from,
                    n: pattern.weeks.len(),
                };
                (pattern, act(AccountActKind::RosterPattern, None, Detail::of(&detail)))
            })
            .collect();
        let changes: Vec<_> = changes
            .iter()
            .map(|change| {
                let detail = ChangeWritten {
                    from: change.during.0,
                    to: change.during.1,
                    other: None,
                };
                (
                    change,
                    act(AccountActKind::RosterException, change.account, Detail::of(&detail)),
                )
            })
            .collect();
        visit.internal.people.roster_write_all(&patterns, &changes).await
    });
    written.await?;
    waits::forget(&by.internal);
    info!(unit, by = by.me().0, "a roster was imported");
    page::show(&by, &unit, done(by.t("duty.import.done"))).await
}

/// The duty of the county from now on.
async fn book_of(visit: &Visit) -> Result<(DutyBook, Arc<Pack>), PageError> {
    let pack = visit.internal.pack.current().pack.clone();
    let book = visit.internal.people.duty_book(&pack, clock::now()).await?;
    Ok((book, pack))
}

/// What would change, and who could not be called then.
fn preview(
    unit: &str,
    (mut book, pack): (DutyBook, &Pack),
    fresh: &Written,
    (lang, now): (Lang, DateTime<Utc>),
) -> Found {
    let known = book
        .posts
        .get(unit)
        .map(|post| post.roster.patterns.clone())
        .unwrap_or_default();
    if let Some(post) = book.posts.get_mut(unit) {
        fresh.laid_on(post);
    }
    let say = Saying {
        pack,
        people: &book.people,
        lang,
        now,
    };
    let watch = book.watch(pack);
    let mut changes = Vec::new();
    for pattern in &fresh.patterns {
        let before = known.iter().find(|known| known.from == pattern.from);
        changes.extend(pattern_lines(pattern, before, say));
    }
    for exception in &fresh.exceptions {
        let name = exception.person.as_ref().map(|person| say.person(person));
        changes.push(lang.fill(
            "duty.change.exception",
            &[
                ("when", &say.window(exception.during)),
                ("seat", seat_name(lang, exception.seat)),
                ("name", name.as_deref().unwrap_or(lang.t("duty.nobody"))),
            ],
        ));
    }
    let holes = watch.holes(unit, now, now + AHEAD);
    Found {
        changes,
        holes: holes.iter().map(|hole| say.hole(hole, unit)).collect(),
        unverified: watch
            .without_phone(unit, now)
            .iter()
            .map(|person| say.person(person))
            .collect(),
        rows: serde_json::to_string(fresh).unwrap_or_default(),
        ..Found::default()
    }
}

/// The days of a pattern that are otherwise than before.
fn pattern_lines(pattern: &Pattern, before: Option<&Pattern>, say: Saying<'_>) -> Vec<String> {
    let lang = say.lang;
    let key = if before.is_some() {
        "duty.import.changed"
    } else {
        "duty.import.fresh"
    };
    let values = [
        ("day", sheet::name(lang, pattern.from)),
        ("n", pattern.weeks.len().to_string()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut lines = vec![lang.fill(key, &values)];
    for (number, week) in pattern.weeks.iter().enumerate() {
        for day in DAYS {
            let shifts = of_day(week, day);
            let was = before
                .and_then(|before| before.weeks.get(number))
                .map(|week| of_day(week, day));
            if was.unwrap_or_default() == shifts {
                continue;
            }
            let shown: Vec<String> = shifts
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
            let values = [
                ("week", (number + 1).to_string()),
                ("day", lang.t(&format!("duty.weekday.{day}")).to_owned()),
                ("shifts", shown),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            lines.push(lang.fill("duty.import.day", &values));
        }
    }
    lines
}

/// The file of the form; other parts are passed over, and what can't be read is no file.
async fn file_of(parts: Result<Multipart, MultipartRejection>) -> Bytes {
    let mut file = Bytes::new();
    let Ok(mut parts) = parts else { return file };
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some("file") {
            file = part.bytes().await.unwrap_or_default();
        }
    }
    file
}

fn show(visit: &Visit, code: &str, status: StatusCode, found: Found) -> Result<Response, PageError> {
    let unit = scope::kept_unit(visit, code)?;
    let more = found.mistakes.len().saturating_sub(LISTED);
    let page = ImportPage {
        frame: visit.frame("/duty").titled(&unit.name),
        more: (more > 0).then(|| visit.lang.fill("rules.workbook.more", &[("n", &more.to_string())])),
        mistakes: found.mistakes.into_iter().take(LISTED).collect(),
        unit: unit.code,
        name: unit.name,
        error: found.error,
        changes: found.changes,
        holes: found.holes,
        unverified: found.unverified,
        rows: found.rows,
    };
    Ok(render(status, &page))
}
