//! The rules as a workbook, for people who live in spreadsheets: down as words, up again into a draft.
//!
//! A file is taken whole or not at all. It says in a hidden sheet which rules it holds, by their digest: row numbers mean
//! something only beside those. `export` writes it, `import` reads it, `sheet` reads cells and trusts nobody.

mod export;
mod headings;
mod import;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Multipart, Path, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::county::MODEL;
use casework::dmn;
use platform::{
    clock,
    store::{Role, RuleSetState, RulesError, rules_digest},
};

use super::{
    examined::opened,
    save::{self, StepError},
};
use crate::internal::{
    By, Visit,
    again::Again,
    auth::{Office, Overseer},
    error::PageError,
    page::{Frame, render},
    sheet::{self, Mistake, Unopened},
};
use headings::GUIDE;
use import::{Refused, import};

/// Largest file. The county's rules are 40 KiB.
const FILE_MAX: usize = 2 * 1024 * 1024;
/// Mistakes that a page lists.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "internal/rules/workbook.html")]
struct WorkbookPage {
    frame: Frame,
    version: i32,
    revision: i32,
    readable: bool,
    editable: bool,
    guide: Vec<&'static str>,
    error: Option<String>,
    mistakes: Vec<Mistake>,
    more: Option<String>,
}

/// `GET /rules/{version}/workbook`
pub(super) async fn page(by: By<Overseer>, Path(version): Path<i32>) -> Result<Response, PageError> {
    show(&by, version, Again::default()).await
}

/// `GET /rules/{version}/rules.xlsx`
pub(super) async fn download(by: By<Overseer>, Path(version): Path<i32>) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let (_, rules) = opened(internal, version).await?;
    let model = rules.get(MODEL).and_then(|text| dmn::read(text).ok());
    let model = model.ok_or(PageError::NotFound)?;
    let stamp = export::Stamp {
        version,
        digest: rules_digest(&rules),
        at: clock::now(),
    };
    let pack = internal.pack.current().pack.clone();
    let file = tokio::task::spawn_blocking(move || export::export(&pack, &model, &stamp, lang)).await;
    let file = file.map_err(PageError::unread)?.map_err(PageError::unread)?;
    Ok(sheet::download(file, &format!("rules-{version}.xlsx")))
}

/// `POST /rules/{version}/workbook`
pub(super) async fn upload(
    by: By<Office>,
    Path(version): Path<i32>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    let lang = by.lang;
    let plainly = |status, key| show(&by, version, Again::saying(status, by.said(key)));
    let (revision, file) = match form(parts).await {
        Ok(form) => form,
        Err(status) => return plainly(status, "rules.workbook.no_file").await,
    };
    if file.is_empty() {
        return plainly(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.no_file").await;
    }
    if file.len() > FILE_MAX {
        return plainly(StatusCode::PAYLOAD_TOO_LARGE, "rules.workbook.too_large").await;
    }
    let (_, mut rules) = opened(&by.internal, version).await?;
    let (digest, text) = (rules_digest(&rules), rules.get(MODEL).cloned().unwrap_or_default());
    let pack = by.internal.pack.current().pack.clone();
    // Another task may panic on a file that means harm without taking this one along.
    let read = tokio::task::spawn_blocking(move || import(&file, &pack, &text, &digest, lang)).await;
    let written = match read.unwrap_or(Err(Refused::Unopened(Unopened::Unreadable))) {
        Ok(Some(written)) => written,
        Ok(None) => return plainly(StatusCode::OK, "rules.workbook.same").await,
        Err(Refused::Mistakes(mistakes)) => {
            let said = lang.fill("rules.workbook.mistakes", &[("n", &mistakes.len().to_string())]);
            let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, Some(said), mistakes);
            return show(&by, version, again).await;
        }
        Err(Refused::Other(from)) => {
            let said = lang.fill("rules.workbook.other", &[("n", &from)]);
            return show(&by, version, Again::saying(StatusCode::CONFLICT, Some(said))).await;
        }
        Err(Refused::Foreign) => return plainly(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.foreign").await,
        Err(Refused::Unopened(Unopened::TooLarge)) => {
            return plainly(StatusCode::PAYLOAD_TOO_LARGE, "rules.workbook.swells").await;
        }
        Err(Refused::Unopened(Unopened::Unreadable)) => {
            return plainly(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.unreadable").await;
        }
    };
    rules.insert(MODEL.to_owned(), written);
    match save::save(&by, (version, revision), rules).await {
        Ok(_) => Ok(Redirect::to(&format!("/rules/{version}")).into_response()),
        Err(StepError::Refused(RulesError::NoVersion)) => Err(PageError::NotFound),
        Err(e) => {
            let said = save::refusal(e, lang)?;
            show(&by, version, Again::saying(StatusCode::CONFLICT, Some(said))).await
        }
    }
}

/// Revision and file of the form; other parts are passed over.
async fn form(parts: Result<Multipart, MultipartRejection>) -> Result<(i32, Bytes), StatusCode> {
    let mut parts = parts.map_err(|e| e.status())?;
    let (mut revision, mut file) = (0, Bytes::new());
    while let Some(part) = parts.next_field().await.map_err(|e| e.status())? {
        match part.name() {
            Some("revision") => {
                let text = part.text().await.map_err(|e| e.status())?;
                revision = text.trim().parse().unwrap_or_default();
            }
            Some("file") => file = part.bytes().await.map_err(|e| e.status())?,
            _ => {}
        }
    }
    Ok((revision, file))
}

async fn show(visit: &Visit, version: i32, again: Again<Vec<Mistake>>) -> Result<Response, PageError> {
    let (lang, mistakes) = (visit.lang, again.fields);
    let (set, rules) = opened(&visit.internal, version).await?;
    let readable = rules.get(MODEL).is_some_and(|text| dmn::read(text).is_ok());
    let more = mistakes.len().saturating_sub(LISTED);
    let page = WorkbookPage {
        frame: visit.frame("/rules"),
        version,
        revision: set.revision,
        readable,
        editable: readable && set.state == RuleSetState::Draft && visit.actor.is(&[Role::Office]),
        guide: GUIDE.iter().map(|key| lang.t(key)).collect(),
        error: again.said,
        mistakes: mistakes.into_iter().take(LISTED).collect(),
        more: (more > 0).then(|| lang.fill("rules.workbook.more", &[("n", &more.to_string())])),
    };
    Ok(render(again.status, &page))
}
