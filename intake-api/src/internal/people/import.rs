//! Many people at once, from a spreadsheet: down as a template, up again, looked at, and only then made.
//!
//! An upload saves nothing. It is shown as it was understood, or with each mistake named by its cell; what is confirmed is read
//! again by the same rules, so that a page that was tampered with gains nothing. Either all accounts are made or none.

mod row;
mod sheet;

use askama::Template;
use axum::{
    Form,
    body::Bytes,
    extract::{Multipart, multipart::MultipartRejection},
    http::StatusCode,
    response::Response,
};
use casework::pack::Pack;
use platform::{
    clock,
    store::{
        Created, Detail, NewAccount, WayIn,
        act_detail::{ActWhy, Because},
    },
};
use serde::Deserialize;
use tracing::info;

use super::{
    fields,
    said::{Again, Fresh, Said},
};
use crate::internal::{
    By, Visit,
    auth::{Admin, invitation::Code},
    detached,
    error::PageError,
    page::{Frame, Phone, render, words},
    sheet::{Mistake, Unopened, download},
};
use row::{MOST, Row};
use sheet::Refused;

/// Largest file. A template with every unit of a county is 30 KiB.
const FILE_MAX: usize = 1024 * 1024;

/// Mistakes that a page lists.
const LISTED: usize = 100;

/// A row of the preview.
struct Shown {
    name: String,
    login: String,
    phone: Option<Phone>,
    unit: String,
    role: &'static str,
}

#[derive(Template)]
#[template(path = "internal/people/import.html")]
struct ImportPage {
    frame: Frame,
    said: Said,
    mistakes: Vec<Mistake>,
    more: Option<String>,
    preview: Vec<Shown>,
    /// The rows as they go to be confirmed.
    rows: String,
    button: String,
}

/// What a file leaves to show: people who can be made, or mistakes to mend.
#[derive(Default)]
struct Found {
    mistakes: Vec<Mistake>,
    rows: Vec<Row>,
}

/// `GET /people/import`
pub(super) async fn page(by: By<Admin>) -> Response {
    show(&by, Again::default())
}

/// `GET /people/import/people.xlsx`
pub(super) async fn template(by: By<Admin>) -> Result<Response, PageError> {
    let (pack, lang) = (by.internal.pack.current().pack.clone(), by.lang);
    let file = tokio::task::spawn_blocking(move || sheet::template(&pack, lang)).await;
    let file = file.map_err(PageError::unread)?.map_err(PageError::unread)?;
    Ok(download(file, "people.xlsx"))
}

/// `POST /people/import`: shows what the file says; saves nothing.
pub(super) async fn upload(by: By<Admin>, parts: Result<Multipart, MultipartRejection>) -> Result<Response, PageError> {
    let lang = by.lang;
    let refuse = |status, key: &str| Ok(show(&by, Again::saying(status, Said::error(lang.t(key)))));
    let file = match file(parts).await {
        Ok(file) if file.is_empty() => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.no_file"),
        Ok(file) if file.len() > FILE_MAX => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "accounts.import.too_large"),
        Ok(file) => file,
        Err(status) => return refuse(status, "rules.workbook.no_file"),
    };
    let pack = by.internal.pack.current().pack.clone();
    // Another task may panic on a file that means harm without taking this one along.
    let read = tokio::task::spawn_blocking(move || sheet::read_people(&file, &pack, lang)).await;
    let (rows, places) = match read.unwrap_or(Err(Refused::Unopened(Unopened::Unreadable))) {
        Ok(found) => found,
        Err(Refused::Mistakes(mistakes)) => return Ok(mistaken(&by, mistakes)),
        Err(Refused::Foreign) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "accounts.import.foreign"),
        Err(Refused::Empty) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "accounts.import.empty"),
        Err(Refused::Unopened(Unopened::TooLarge)) => {
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, "rules.workbook.swells");
        }
        Err(Refused::Unopened(Unopened::Unreadable)) => {
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, "accounts.import.unreadable");
        }
    };
    let logins: Vec<String> = rows.iter().map(|row| row.login.clone()).collect();
    let taken = by.internal.people.logins_taken(&by.internal.county, &logins).await?;
    let mistakes: Vec<Mistake> = rows
        .iter()
        .zip(places)
        .filter(|(row, _)| taken.contains(&row.login))
        .map(|(_, place)| Mistake {
            place,
            said: lang.t("accounts.import.taken").to_owned(),
        })
        .collect();
    if !mistakes.is_empty() {
        return Ok(mistaken(&by, mistakes));
    }
    let found = Found {
        rows,
        ..Found::default()
    };
    Ok(show(&by, Again::keeping(StatusCode::OK, Said::default(), found)))
}

fn mistaken(visit: &Visit, mistakes: Vec<Mistake>) -> Response {
    let n = mistakes.len().to_string();
    let said = Said::error(visit.lang.fill("accounts.import.mistakes", &[("n", &n)]));
    let found = Found {
        mistakes,
        ..Found::default()
    };
    show(visit, Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, found))
}

/// What the confirming form sends.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    rows: String,
}

/// `POST /people/import/confirm`: makes all of them, or none.
pub(super) async fn confirm(by: By<Admin>, Form(form): Form<Confirmed>) -> Result<Response, PageError> {
    let (lang, now) = (by.lang, clock::now());
    let pack = by.internal.pack.current().pack.clone();
    let rows: Vec<Row> = serde_json::from_str(&form.rows).unwrap_or_default();
    if rows.is_empty() || rows.len() > MOST || !rows.iter().all(|row| is_sound(row, &pack)) {
        let said = Said::error(lang.t("accounts.import.stale"));
        return Ok(show(&by, Again::saying(StatusCode::UNPROCESSABLE_ENTITY, said)));
    }
    let codes: Vec<Code> = rows.iter().map(|_| Code::new(&mut rand::rng())).collect();
    let (visit, making) = (Visit::clone(&by), rows.clone());
    let digests: Vec<Vec<u8>> = codes.iter().map(Code::digest).collect();
    let made = detached(async move {
        let accounts: Vec<NewAccount<'_>> = making
            .iter()
            .zip(&digests)
            .map(|(row, digest)| new_account(&visit, row, digest))
            .collect();
        visit.internal.people.accounts_create(&accounts, now).await
    });
    Ok(match made.await? {
        Created::All(ids) => {
            info!(accounts = ids.len(), by = by.me().0, "accounts were imported");
            let fresh = rows.into_iter().zip(&codes);
            let fresh = fresh.map(|(row, code)| Fresh::new(&by.internal, row.name, row.login, code));
            let text = lang.fill("accounts.import.made", &[("n", &ids.len().to_string())]);
            let said = Said::invited(text, fresh.collect(), lang, now);
            show(&by, Again::saying(StatusCode::CREATED, said))
        }
        Created::Taken(logins) => {
            let text = lang.fill("accounts.import.taken_now", &[("logins", &logins.join(" "))]);
            show(&by, Again::saying(StatusCode::CONFLICT, Said::error(text)))
        }
    })
}

fn new_account<'a>(visit: &'a Visit, row: &'a Row, digest: &'a [u8]) -> NewAccount<'a> {
    NewAccount {
        county: &visit.internal.county,
        login: &row.login,
        name: &row.name,
        phone: row.phone.as_deref(),
        way: WayIn::Invitation(digest),
        unit: &row.unit,
        role: row.role,
        actor: Some(visit.me()),
        by: &visit.actor.person.account.name,
        detail: Detail::of(&Because { why: ActWhy::Import }),
    }
}

fn is_sound(row: &Row, pack: &Pack) -> bool {
    fields::name(&row.name).as_ref() == Ok(&row.name)
        && fields::login(&row.login).as_ref() == Ok(&row.login)
        && fields::phone(row.phone.as_deref().unwrap_or_default()).as_ref() == Ok(&row.phone)
        && fields::fits(pack, &row.unit, row.role).is_ok()
}

/// The file of the form; other parts are passed over.
async fn file(parts: Result<Multipart, MultipartRejection>) -> Result<Bytes, StatusCode> {
    let mut parts = parts.map_err(|e| e.status())?;
    let mut file = Bytes::new();
    while let Some(part) = parts.next_field().await.map_err(|e| e.status())? {
        if part.name() == Some("file") {
            file = part.bytes().await.map_err(|e| e.status())?;
        }
    }
    Ok(file)
}

fn show(visit: &Visit, again: Again<Found>) -> Response {
    let (lang, loaded, seen) = (visit.lang, visit.internal.pack.current(), again.fields);
    let more = seen.mistakes.len().saturating_sub(LISTED);
    let page = ImportPage {
        frame: visit.frame("/people"),
        said: again.said,
        more: (more > 0).then(|| lang.fill("rules.workbook.more", &[("n", &more.to_string())])),
        mistakes: seen.mistakes.into_iter().take(LISTED).collect(),
        button: lang.fill("accounts.import.confirm", &[("n", &seen.rows.len().to_string())]),
        rows: serde_json::to_string(&seen.rows).unwrap_or_default(),
        preview: seen
            .rows
            .iter()
            .map(|row| Shown {
                name: row.name.clone(),
                login: row.login.clone(),
                phone: row.phone.as_deref().map(Phone::of),
                unit: words::unit_name(&loaded.pack, &row.unit),
                role: fields::role_name(lang, row.role),
            })
            .collect(),
    };
    render(again.status, &page)
}
