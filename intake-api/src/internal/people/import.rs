//! Many people at once, from a spreadsheet: down as a template, up again, looked at, and only then made.
//!
//! An upload saves nothing. It is shown as it was understood, or with each mistake named by its cell; what is confirmed is read
//! again by the same rules, so that a page that was tampered with gains nothing. Either all accounts are made or none.

mod sheet;

use askama::Template;
use axum::{
    Form,
    body::Bytes,
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use casework::pack::Pack;
use platform::{
    clock,
    store::{Created, NewAccount, StoreError, WayIn},
    text::Lang,
};
use serde::{Deserialize, Serialize};
use tracing::info;

use super::{
    fields,
    said::{Fresh, Said},
};
use crate::internal::{
    Internal,
    auth::{Actor, Admin, invitation::Code},
    detached,
    page::{Frame, Language, Phone, render},
    unavailable,
};
use sheet::{Mistake, Refused};

/// Most people of one file: their invitations are handed over one by one.
const MOST: usize = 200;

/// Largest file. A template with every unit of a county is 30 KiB.
const FILE_MAX: usize = 1024 * 1024;

/// Mistakes that a page lists.
const LISTED: usize = 100;

/// One person of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    name: String,
    login: String,
    phone: Option<String>,
    unit: String,
    role: String,
}

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

/// What a page shows besides the forms.
#[derive(Default)]
struct Seen {
    said: Said,
    mistakes: Vec<Mistake>,
    rows: Vec<Row>,
}

/// `GET /people/import`
pub(super) async fn page(State(internal): State<Internal>, actor: Admin, Language(lang): Language) -> Response {
    show(&internal, &actor, lang, StatusCode::OK, Seen::default())
}

/// `GET /people/import/people.xlsx`
pub(super) async fn template(State(internal): State<Internal>, _: Admin, Language(lang): Language) -> Response {
    let pack = internal.pack.current().pack.clone();
    let written = tokio::task::spawn_blocking(move || sheet::template(&pack, lang)).await;
    match written {
        Ok(Ok(file)) => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"people.xlsx\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, file).into_response()
        }
        Ok(Err(e)) => unavailable(&StoreError::Unreadable(format!("the template can't be written: {e}"))),
        Err(e) => unavailable(&StoreError::Unreadable(format!("the template can't be written: {e}"))),
    }
}

/// `POST /people/import`: shows what the file says; saves nothing.
pub(super) async fn upload(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let refuse = |status, key: &str| {
        let said = Said::error(lang.t(key));
        show(
            &internal,
            &actor,
            lang,
            status,
            Seen {
                said,
                ..Seen::default()
            },
        )
    };
    let file = match file(parts).await {
        Ok(file) if file.is_empty() => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "rules.workbook.no_file"),
        Ok(file) if file.len() > FILE_MAX => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "accounts.import.too_large"),
        Ok(file) => file,
        Err(status) => return refuse(status, "rules.workbook.no_file"),
    };
    let pack = internal.pack.current().pack.clone();
    // Another task may panic on a file that means harm without taking this one along.
    let read = tokio::task::spawn_blocking(move || sheet::read_people(&file, &pack, lang)).await;
    let (rows, places) = match read.unwrap_or(Err(Refused::Unreadable)) {
        Ok(found) => found,
        Err(Refused::Mistakes(mistakes)) => return mistaken(&internal, &actor, lang, mistakes),
        Err(Refused::Foreign) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "accounts.import.foreign"),
        Err(Refused::TooLarge) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "rules.workbook.swells"),
        Err(Refused::Empty) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "accounts.import.empty"),
        Err(Refused::Unreadable) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "accounts.import.unreadable"),
    };
    let logins: Vec<String> = rows.iter().map(|row| row.login.clone()).collect();
    let taken = match internal.people.logins_taken(&internal.county, &logins).await {
        Ok(taken) => taken,
        Err(e) => return unavailable(&e),
    };
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
        return mistaken(&internal, &actor, lang, mistakes);
    }
    show(
        &internal,
        &actor,
        lang,
        StatusCode::OK,
        Seen {
            rows,
            ..Seen::default()
        },
    )
}

fn mistaken(internal: &Internal, actor: &Actor, lang: Lang, mistakes: Vec<Mistake>) -> Response {
    let said = Said::error(lang.fill("accounts.import.mistakes", &[("n", &mistakes.len().to_string())]));
    let seen = Seen {
        said,
        mistakes,
        rows: Vec::new(),
    };
    show(internal, actor, lang, StatusCode::UNPROCESSABLE_ENTITY, seen)
}

/// What the confirming form sends.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    rows: String,
}

/// `POST /people/import/confirm`: makes all of them, or none.
pub(super) async fn confirm(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Form(form): Form<Confirmed>,
) -> Response {
    let refuse = |status, text: String, rows| {
        let said = Said::error(text);
        show(
            &internal,
            &actor,
            lang,
            status,
            Seen {
                said,
                rows,
                ..Seen::default()
            },
        )
    };
    let pack = internal.pack.current().pack.clone();
    let rows: Vec<Row> = serde_json::from_str(&form.rows).unwrap_or_default();
    if rows.is_empty() || rows.len() > MOST || !rows.iter().all(|row| is_sound(row, &pack)) {
        let text = lang.t("accounts.import.stale").to_owned();
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, text, Vec::new());
    }
    let now = clock::now();
    let codes: Vec<Code> = rows.iter().map(|_| Code::new(&mut rand::rng())).collect();
    let (within, by, making) = (internal.clone(), actor.person.account.clone(), rows.clone());
    let digests: Vec<Vec<u8>> = codes.iter().map(Code::digest).collect();
    let made = detached(async move {
        let accounts: Vec<NewAccount<'_>> = making
            .iter()
            .zip(&digests)
            .map(|(row, digest)| NewAccount {
                county: &within.county,
                login: &row.login,
                name: &row.name,
                phone: row.phone.as_deref(),
                way: WayIn::Invitation(digest),
                unit: &row.unit,
                role: &row.role,
                actor: Some(by.id),
                by: &by.name,
                detail: serde_json::json!({"why": "import"}),
            })
            .collect();
        within.people.accounts_create(&accounts, now).await
    });
    match made.await {
        Ok(Created::All(ids)) => {
            info!(
                accounts = ids.len(),
                by = actor.person.account.id,
                "accounts were imported"
            );
            let fresh = rows.into_iter().zip(&codes);
            let fresh = fresh.map(|(row, code)| Fresh::new(&internal, row.name, row.login, code));
            let text = lang.fill("accounts.import.made", &[("n", &ids.len().to_string())]);
            let said = Said::invited(text, fresh.collect(), lang, now);
            show(
                &internal,
                &actor,
                lang,
                StatusCode::CREATED,
                Seen {
                    said,
                    ..Seen::default()
                },
            )
        }
        Ok(Created::Taken(logins)) => {
            let text = lang.fill("accounts.import.taken_now", &[("logins", &logins.join(" "))]);
            refuse(StatusCode::CONFLICT, text, Vec::new())
        }
        Err(response) => response,
    }
}

fn is_sound(row: &Row, pack: &Pack) -> bool {
    fields::name(&row.name).as_ref() == Ok(&row.name)
        && fields::login(&row.login).as_ref() == Ok(&row.login)
        && fields::phone(row.phone.as_deref().unwrap_or_default()).as_ref() == Ok(&row.phone)
        && fields::role(pack, &row.unit, &row.role).is_ok()
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

fn show(internal: &Internal, actor: &Actor, lang: Lang, status: StatusCode, seen: Seen) -> Response {
    let loaded = internal.pack.current();
    let more = seen.mistakes.len().saturating_sub(LISTED);
    let page = ImportPage {
        frame: Frame::of(actor, lang, "/people"),
        said: seen.said,
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
                unit: fields::unit_name(&loaded.pack, &row.unit),
                role: fields::role_name(lang, &row.role),
            })
            .collect(),
    };
    render(status, &page)
}
