//! A unit's roster as a workbook: down as it stands, up again, looked at, and only then written.
//!
//! An upload saves nothing. The page shows what it would add, change and take away, who could not be called and which times would have
//! nobody, or each mistake with its cell. What is confirmed is held to the same rules again, and all of it is written or nothing.
//! What stood in the roster and the file has no more is taken away, once somebody has seen it there: where the roster changed since
//! they looked, nothing is written. A file without the sheets or headings of the one that goes down is refused, never read as empty.

pub(super) mod api;
mod book;
mod preview;
mod standing;
#[cfg(test)]
mod tests;
mod write;
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
use casework::pack::Pack;
use platform::{clock, store::DutyBook};
use serde::Deserialize;

use super::{
    page::{self, done},
    scope,
};
use crate::internal::{
    By, Visit,
    auth::Staffed,
    error::PageError,
    page::{Frame, render},
    sheet::{Mistake, Unopened, download},
};
use book::Refused;
use preview::{Found, preview};
use standing::{Difference, Standing};
use write::write;

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
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
    holes: Vec<String>,
    unverified: Vec<String>,
    /// Whose mail address nobody verified.
    unverified_mail: Vec<String>,
    /// What would be written, as it goes to be confirmed; empty: nothing.
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
    let (book, _) = book_of(&by).await?;
    let written = Standing::of(&by, &unit, &book, clock::now()).await?.written();
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
    let standing = Standing::of(&by, &unit, &book, now).await?;
    let difference = standing.difference(written);
    if difference.is_empty() {
        return refuse("duty.import.same");
    }
    let found = preview(&unit, (book, &pack), (&standing, &difference), (lang, now));
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
    let now = clock::now();
    let (people, (book, _)) = (scope::colleagues(&by, &unit).await?, book_of(&by).await?);
    let difference: Difference = serde_json::from_str(&form.rows).unwrap_or_default();
    let standing = Standing::of(&by, &unit, &book, now).await?;
    let nothing = difference.is_empty();
    let seen = !nothing && difference.version == standing.version();
    let sound = seen && difference.written.wrong(&people, now).is_none();
    if !sound || !write(&by, &unit, (&book, standing), difference, now).await? {
        let found = Found {
            error: Some(by.t("duty.import.stale").to_owned()),
            ..Found::default()
        };
        let status = if nothing {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::CONFLICT
        };
        return show(&by, &unit, status, found);
    }
    page::show(&by, &unit, done(by.t("duty.import.done"))).await
}

/// The duty of the county from now on.
async fn book_of(visit: &Visit) -> Result<(DutyBook, Arc<Pack>), PageError> {
    let pack = visit.internal.pack.current().pack.clone();
    let book = visit.internal.people.duty_book(&pack, clock::now()).await?;
    Ok((book, pack))
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
        added: found.added,
        changed: found.changed,
        removed: found.removed,
        holes: found.holes,
        unverified: found.unverified,
        unverified_mail: found.unverified_mail,
        rows: found.rows,
    };
    Ok(render(status, &page))
}
