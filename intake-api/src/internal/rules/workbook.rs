//! The rules as a workbook, for people who live in spreadsheets: down as words, up again into a draft.
//!
//! A file is taken whole or not at all. It says in a hidden sheet which rules it holds, by their digest: row numbers mean
//! something only beside those. `export` writes it, `import` reads it, `sheet` reads cells and trusts nobody.

mod export;
mod import;
pub(crate) mod sheet;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use casework::county::MODEL;
use casework::dmn;
use platform::{
    clock,
    store::{RulesError, StoreError, rules_digest},
    text::Lang,
};

use super::{examined::opened, save};
use crate::internal::{
    Internal,
    auth::{Actor, Office, Overseer},
    page::{Frame, Language, problem, render},
    unavailable,
};
use import::{Mistake, Refused, import};

/// Largest file. The county's rules are 40 KiB.
const FILE_MAX: usize = 2 * 1024 * 1024;
/// Mistakes that a page lists.
const LISTED: usize = 100;
/// What people must know, on the page and on the first sheet.
const GUIDE: [&str; 8] = [
    "rules.workbook.guide.cells",
    "rules.workbook.guide.any",
    "rules.workbook.guide.several",
    "rules.workbook.guide.numbers",
    "rules.workbook.guide.rows",
    "rules.workbook.guide.order",
    "rules.workbook.guide.sheets",
    "rules.workbook.guide.once",
];

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

/// What a page says of an upload.
#[derive(Default)]
struct Said {
    error: Option<String>,
    mistakes: Vec<Mistake>,
}

/// `GET /rules/{version}/workbook`
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(version): Path<i32>,
) -> Response {
    show(&internal, &actor, lang, version, StatusCode::OK, Said::default()).await
}

/// `GET /rules/{version}/rules.xlsx`
pub(super) async fn download(
    State(internal): State<Internal>,
    _actor: Overseer,
    Language(lang): Language,
    Path(version): Path<i32>,
) -> Response {
    let (_, rules) = match opened(&internal, version).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let Some(model) = rules.get(MODEL).and_then(|text| dmn::read(text).ok()) else {
        return problem::not_found().into_response();
    };
    let stamp = export::Stamp {
        version,
        digest: rules_digest(&rules),
        at: clock::now(),
    };
    let pack = internal.pack.current().pack.clone();
    let written = tokio::task::spawn_blocking(move || export::export(&pack, &model, &stamp, lang)).await;
    match written {
        Ok(Ok(file)) => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let name = format!("attachment; filename=\"rules-{version}.xlsx\"");
            let headers = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, file).into_response()
        }
        Ok(Err(e)) => unavailable(&StoreError::Unreadable(format!("the workbook can't be written: {e}"))),
        Err(e) => unavailable(&StoreError::Unreadable(format!("the workbook can't be written: {e}"))),
    }
}

/// `POST /rules/{version}/workbook`
pub(super) async fn upload(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(version): Path<i32>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let refuse = async |status, error: String, mistakes| {
        let said = Said {
            error: Some(error),
            mistakes,
        };
        show(&internal, &actor, lang, version, status, said).await
    };
    let plainly = async |status, key| refuse(status, lang.t(key).to_owned(), Vec::new()).await;
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
    let (_, mut rules) = match opened(&internal, version).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let (digest, text) = (rules_digest(&rules), rules.get(MODEL).cloned().unwrap_or_default());
    let pack = internal.pack.current().pack.clone();
    // Another task may panic on a file that means harm without taking this one along.
    let read = tokio::task::spawn_blocking(move || import(&file, &pack, &text, &digest, lang)).await;
    let written = match read.unwrap_or(Err(Refused::Unreadable)) {
        Ok(Some(written)) => written,
        Ok(None) => return plainly(StatusCode::OK, "rules.workbook.same").await,
        Err(Refused::Mistakes(mistakes)) => {
            let said = lang.fill("rules.workbook.mistakes", &[("n", &mistakes.len().to_string())]);
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, said, mistakes).await;
        }
        Err(Refused::Other(from)) => {
            let said = lang.fill("rules.workbook.other", &[("n", &from)]);
            return refuse(StatusCode::CONFLICT, said, Vec::new()).await;
        }
        Err(Refused::Foreign) => return plainly(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.foreign").await,
        Err(Refused::TooLarge) => return plainly(StatusCode::PAYLOAD_TOO_LARGE, "rules.workbook.swells").await,
        Err(Refused::Unreadable) => {
            return plainly(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.unreadable").await;
        }
    };
    rules.insert(MODEL.to_owned(), written);
    match save::save(&internal, &actor, version, revision, rules).await {
        Ok(_) => Redirect::to(&format!("/rules/{version}")).into_response(),
        Err(RulesError::NoVersion) => problem::not_found().into_response(),
        Err(e) => match save::refusal(&e, lang) {
            Ok(said) => refuse(StatusCode::CONFLICT, said, Vec::new()).await,
            Err(response) => response,
        },
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

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    version: i32,
    status: StatusCode,
    said: Said,
) -> Response {
    let (set, rules) = match opened(internal, version).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let readable = rules.get(MODEL).is_some_and(|text| dmn::read(text).is_ok());
    let more = said.mistakes.len().saturating_sub(LISTED);
    let page = WorkbookPage {
        frame: Frame::of(actor, lang, "/rules"),
        version,
        revision: set.revision,
        readable,
        editable: readable && set.state == "draft" && actor.is(&["office"]),
        guide: GUIDE.iter().map(|key| lang.t(key)).collect(),
        error: said.error,
        mistakes: said.mistakes.into_iter().take(LISTED).collect(),
        more: (more > 0).then(|| lang.fill("rules.workbook.more", &[("n", &more.to_string())])),
    };
    render(status, &page)
}

/// What people read above the columns of a table. Where two are alike, the second is numbered: columns are found by it.
fn headings(table: &dmn::Table) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for column in table.inputs.iter().chain(&table.outputs) {
        let heading = casework::zh::cells::heading(column);
        let alike = all
            .iter()
            .filter(|known| known.split('（').next() == Some(heading))
            .count();
        all.push(if alike == 0 {
            heading.to_owned()
        } else {
            format!("{heading}（{}）", alike + 1)
        });
    }
    all
}

/// `A`, `Z`, `AA`: a column as spreadsheets name it, from 0.
pub(crate) fn letters(column: u32) -> String {
    let digit = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    let rest = column / 26;
    if rest == 0 {
        digit.to_string()
    } else {
        format!("{}{digit}", letters(rest - 1))
    }
}
